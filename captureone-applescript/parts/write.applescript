-- Single changes. Each handler returns "" where it was carried out, else why it was not.

-- Capture One 16.8 makes no keyword for a script; it attaches those that are there. New ones come in by an import into
-- the keyword library of that name, where a person has made one; older versions make them.
property libraryName : "photo-bridge"

on importWords(theFile)
	try
		if (get eof of (POSIX file theFile)) > 0 then
			tell application "@APP@"
				if exists keyword library libraryName then import keyword library libraryName source {theFile}
			end tell
		end if
	end try
	my removeFile(theFile)
end importWords

on addWord(theLevels, theIds)
	try
		tell application "@APP@"
			set theVariants to {}
			repeat with theId in theIds
				set end of theVariants to variant id (contents of theId) of document 1
			end repeat
			set theWord to my foundWord(theLevels)
			if theWord is not missing value then
				with timeout of 600 seconds
					apply keyword theWord to theVariants
				end timeout
			else if (count of theLevels) is 1 then
				repeat with theVariant in theVariants
					tell contents of theVariant to make new keyword with properties {name:item 1 of theLevels}
				end repeat
			else
				return "Capture One has no keyword " & my joinText(theLevels, " > ") & ": export the keyword library and import it, then run again."
			end if
		end tell
		return ""
	on error theMessage
		return "Capture One did not take the keyword " & my joinText(theLevels, " > ") & ": " & theMessage
	end try
end addWord

on foundWord(theLevels)
	set theName to item -1 of theLevels
	tell application "@APP@"
		set theWords to every keyword of document 1 whose name is theName
		if exists keyword library libraryName then set theWords to theWords & (every keyword of keyword library libraryName whose name is theName)
	end tell
	repeat with theWord in theWords
		if my isWord(contents of theWord, theLevels) then return contents of theWord
	end repeat
	return missing value
end foundWord

on isWord(theWord, theLevels)
	tell application "@APP@"
		set theName to name of theWord
		set theParent to my plain(parent of theWord)
	end tell
	if theName is not item -1 of theLevels then return false
	if (count of theLevels) is 1 then return theParent is ""
	return theParent is item -2 of theLevels or theParent ends with ("|" & item -2 of theLevels)
end isWord

on removeWord(theLevels, theId)
	try
		tell application "@APP@"
			set theWords to every keyword of variant id theId of document 1
			repeat with n from (count of theWords) to 1 by -1
				if my isWord(item n of theWords, theLevels) then delete item n of theWords
			end repeat
		end tell
		return ""
	on error theMessage
		return "Capture One did not take off the keyword " & my joinText(theLevels, " > ") & ": " & theMessage
	end try
end removeWord

on setField(theKind, theId, theOld, theNew)
	set theChange to "It was changed in Capture One while the run was at work, and stays."
	try
		tell application "@APP@"
			set theVariant to variant id theId of document 1
			if theKind is "caption.set" then
				if not (my sameText(content description of theVariant, theOld)) then return theChange
				set content description of theVariant to theNew
			else if theKind is "title.set" then
				if not (my sameText(status title of theVariant, theOld)) then return theChange
				set status title of theVariant to theNew
			else if theKind is "rating.set" then
				if rating of theVariant is not (("0" & theOld) as integer) then return theChange
				set rating of theVariant to (("0" & theNew) as integer)
			else if theKind is "label.set" then
				if color tag of theVariant is not (theOld as integer) then return theChange
				set color tag of theVariant to (theNew as integer)
			else
				return "Capture One has no field for " & theKind & "."
			end if
		end tell
		return ""
	on error theMessage
		return "Capture One did not take it: " & theMessage
	end try
end setField

-- A session has no catalogue that other programs could ask: its metadata goes to the files.
on syncAll(theIds)
	tell application "@APP@"
		if kind of document 1 is session then
			repeat with theId in theIds
				try
					sync metadata variant id (contents of theId) of document 1
				end try
			end repeat
		end if
	end tell
end syncAll

on reloadAll(theIds)
	tell application "@APP@"
		repeat with theId in theIds
			try
				reload metadata variant id (contents of theId) of document 1
			end try
		end repeat
	end tell
end reloadAll

on removeFile(thePath)
	do shell script "/bin/rm -f " & quoted form of thePath
end removeFile
