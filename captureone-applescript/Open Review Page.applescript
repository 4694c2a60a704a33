-- Opens the review page in the browser.
on run
	try
		my bridge({"review"})
	on error theMessage number theNumber
		my failed(theMessage, theNumber)
	end try
end run
