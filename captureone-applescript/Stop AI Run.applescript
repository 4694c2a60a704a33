-- Stops the run at work. What was written stays.
on run
	try
		my bridge({"cancel", "last"})
	on error theMessage number theNumber
		my failed(theMessage, theNumber)
	end try
end run
