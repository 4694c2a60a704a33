-- What Capture One says of its photos. An event for each value of each photo is slow, so the selection is read in one
-- event a value; photos that are not the selection are read one by one.

on selectedIds()
	tell application "@APP@"
		if not (exists document 1) then error "No session or catalogue is open in Capture One."
		with timeout of 600 seconds
			set theIds to id of (every variant of document 1 whose selected is true)
		end timeout
	end tell
	if theIds is {} then display dialog "Select photos first." with title "photo-bridge" buttons {"OK"} default button "OK"
	return theIds
end selectedIds

-- {id, path, rating, colour, caption, title, words, the words above these} of each photo that is there.
on whatIsSaidOf(theIds)
	set theRows to {}
	tell application "@APP@"
		with timeout of 600 seconds
			set theChosen to a reference to (every variant of document 1 whose selected is true)
			set theNow to (get id of theChosen)
			if theNow is theIds then
				set thePaths to path of parent image of theChosen
				set theRatings to rating of theChosen
				set theColours to color tag of theChosen
				set theCaptions to content description of theChosen
				set theTitles to status title of theChosen
				set theWords to name of every keyword of theChosen
				set theParents to parent of every keyword of theChosen
				set theNow to (get id of theChosen)
				if theNow is not theIds then error "The selection changed meanwhile. Choose the action again."
				repeat with n from 1 to count of theIds
					set end of theRows to {item n of theIds, item n of thePaths, item n of theRatings, item n of theColours, item n of theCaptions, item n of theTitles, item n of theWords, item n of theParents}
				end repeat
			else
				repeat with theId in theIds
					if exists variant id (contents of theId) of document 1 then
						set theOne to variant id (contents of theId) of document 1
						set end of theRows to {contents of theId, path of parent image of theOne, rating of theOne, color tag of theOne, content description of theOne, status title of theOne, name of every keyword of theOne, parent of every keyword of theOne}
					end if
				end repeat
			end if
		end timeout
	end tell
	return theRows
end whatIsSaidOf

on photoFields(theRows)
	set theFields to {}
	repeat with theRow in theRows
		set end of theFields to my oneField("path", item 2 of theRow)
		set end of theFields to my oneField("id", item 1 of theRow)
		set end of theFields to my oneField("rating", item 3 of theRow)
		set end of theFields to my oneField("label", item 4 of theRow)
		set end of theFields to my oneField("caption", item 5 of theRow)
		set end of theFields to my oneField("title", item 6 of theRow)
		repeat with n from 1 to count of (item 7 of theRow)
			set end of theFields to my oneField("keyword", my plain(item n of (item 8 of theRow)) & (character id 31) & item n of (item 7 of theRow))
		end repeat
	end repeat
	return theFields
end photoFields

-- Every keyword of the document, with the one above it.
on treeFields()
	tell application "@APP@"
		with timeout of 600 seconds
			set theWords to name of every keyword of document 1
			set theParents to parent of every keyword of document 1
		end timeout
	end tell
	set theFields to {}
	repeat with n from 1 to count of theWords
		set end of theFields to my plain(item n of theParents) & (character id 31) & item n of theWords & (character id 0)
	end repeat
	return theFields
end treeFields
