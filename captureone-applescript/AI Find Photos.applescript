-- Finds photos by a text, and puts them into an album, best first.
on run
	try
		set theText to text returned of (display dialog "What is to be seen in the photos? For example: bride laughing during ceremony" with title "photo-bridge" default answer "")
		if theText is not "" then my findPhotos(theText)
	on error theMessage number theNumber
		my failed(theMessage, theNumber)
	end try
end run
