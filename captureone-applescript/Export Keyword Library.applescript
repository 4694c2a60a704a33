-- The keywords of the last runs, as a text file for Capture One's own import of keyword libraries.
on run
	try
		set theFile to choose file name with prompt "Save the keywords as:" default name "photo-bridge keywords.txt"
		my bridge({"library", "--out", POSIX path of theFile})
		display dialog "Now import it: Keyword Library, the three dots, Import Keywords." with title "photo-bridge" buttons {"OK"} default button "OK"
	on error theMessage number theNumber
		my failed(theMessage, theNumber)
	end try
end run
