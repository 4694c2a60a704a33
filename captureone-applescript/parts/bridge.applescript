-- The command of photo-bridge, its answers, and what a person is told.

property bridgeCommand : "@COMMAND@"

-- The lines that a command prints. What it complains of comes as an error.
on bridge(theWords)
	set theLine to bridgeCommand & " host captureone"
	repeat with theWord in theWords
		set theLine to theLine & " " & quoted form of (contents of theWord)
	end repeat
	return my splitText(do shell script theLine without altering line endings, linefeed)
end bridge

-- A file of fields for photo-bridge, which removes it.
on writeFields(theFields)
	set thePath to my freshPath()
	set theFile to open for access (POSIX file thePath) with write permission
	try
		set eof of theFile to 0
		write my joinText(theFields, "") to theFile as «class utf8»
		close access theFile
	on error theMessage number theNumber
		close access theFile
		error theMessage number theNumber
	end try
	return thePath
end writeFields

on freshPath()
	return (POSIX path of (path to temporary items from user domain)) & "photo-bridge-" & (random number from 100000 to 999999)
end freshPath

on oneField(theName, theValue)
	return theName & "=" & my plain(theValue) & (character id 0)
end oneField

on plain(theValue)
	if theValue is missing value then return ""
	return theValue as text
end plain

on splitText(theText, theMark)
	set theBefore to AppleScript's text item delimiters
	set AppleScript's text item delimiters to theMark
	set theParts to text items of theText
	set AppleScript's text item delimiters to theBefore
	return theParts
end splitText

on joinText(theParts, theMark)
	set theBefore to AppleScript's text item delimiters
	set AppleScript's text item delimiters to theMark
	set theText to theParts as text
	set AppleScript's text item delimiters to theBefore
	return theText
end joinText

on unescaped(theText)
	if theText does not contain "\\" then return theText
	set theParts to {}
	repeat with thePart in my splitText(theText, "\\\\")
		set thePlain to my joinText(my splitText(contents of thePart, "\\t"), tab)
		set thePlain to my joinText(my splitText(thePlain, "\\n"), linefeed)
		set end of theParts to my joinText(my splitText(thePlain, "\\r"), return)
	end repeat
	return my joinText(theParts, "\\")
end unescaped

-- Programs change line ends.
on sameText(theOne, theOther)
	considering case
		return (paragraphs of my plain(theOne)) is (paragraphs of my plain(theOther))
	end considering
end sameText

on failed(theMessage, theNumber)
	if theNumber is -128 then return
	if theNumber is 126 or theNumber is 127 then set theMessage to "photo-bridge is not where it was. In Terminal, say: photo-bridge install captureone"
	display dialog theMessage with title "photo-bridge" buttons {"OK"} default button "OK" with icon caution
end failed

on showSummary(theJob, theFlags)
	set theLines to my bridge({"summary", theJob} & theFlags)
	display dialog my joinText(theLines, return) with title "photo-bridge" buttons {"OK"} default button "OK"
end showSummary
