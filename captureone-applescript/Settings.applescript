-- Shows the settings of photo-bridge, and changes one.
on run
	try
		set theRows to {}
		repeat with theLine in my bridge({"settings"})
			set theParts to my splitText((contents of theLine) & tab, tab)
			if (count of theParts) is 3 then set end of theRows to (item 1 of theParts) & " = " & my unescaped(item 2 of theParts)
		end repeat
		set theChoice to choose from list theRows with title "photo-bridge" with prompt "Choose a setting to change it:"
		if theChoice is false then return
		set theParts to my splitText(item 1 of theChoice, " = ")
		set theName to item 1 of theParts
		set theValue to my joinText(items 2 thru -1 of theParts, " = ")
		set theAnswer to text returned of (display dialog theName with title "photo-bridge" default answer theValue)
		set theParts to my splitText(item 1 of my bridge({"change", theName, theAnswer}), tab)
		display dialog (item 1 of theParts) & " = " & my unescaped(item 2 of theParts) & return & item 3 of theParts with title "photo-bridge" buttons {"OK"} default button "OK"
	on error theMessage number theNumber
		my failed(theMessage, theNumber)
	end try
end run
