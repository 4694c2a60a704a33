-- A search: what is found among the photos that Capture One shows becomes an album, best first. Nothing is taken out of
-- an album, since a script cannot do that without taking the photo out of the catalogue: a search makes a new one.

property mostFound : 100
property groupName : "photo-bridge searches"
property albumName : "AI Search: "

-- Again and again, while a person takes words that were understood as filters for plain ones.
on findPhotos(theText)
	set thePlain to {}
	repeat
		set thePlaces to my placeFields()
		set theFields to {my oneField("most", mostFound), my oneField("text", theText)}
		repeat with thePhrase in thePlain
			set end of theFields to my oneField("plain", contents of thePhrase)
		end repeat
		set theLines to my bridge({"search", my writeFields(theFields), "--among", my writeFields(thePlaces)})
		set theIds to {}
		set thePhrases to {}
		set theSaid to {}
		repeat with theLine in theLines
			set theParts to my splitText((contents of theLine) & tab & tab, tab)
			if item 1 of theParts is "result" then set end of theIds to my unescaped(item 2 of theParts)
			if item 1 of theParts is "said" then set end of theSaid to my unescaped(item 2 of theParts)
			if item 1 of theParts is "filter" then
				if item 4 of theParts is not "" then
					set thePhrase to my unescaped(item 4 of theParts)
					set end of thePhrases to thePhrase
					set end of theSaid to "Understood: " & thePhrase & " as " & my unescaped(item 2 of theParts) & " = " & my unescaped(item 3 of theParts)
				end if
			end if
		end repeat
		if theIds is not {} then set end of theSaid to "Album: " & my makeAlbum(albumName & my nameOf(theText), theIds)
		display dialog my joinText(theSaid, return) with title "photo-bridge" buttons {"OK"} default button "OK"
		if thePhrases is {} then return
		set theChoice to choose from list thePhrases with title "photo-bridge" with prompt "To search again with one of these as plain words, choose it:"
		if theChoice is false then return
		set end of thePlain to item 1 of theChoice
	end repeat
end findPhotos

-- Every photo of what Capture One shows, in one event a value.
on placeFields()
	tell application "@APP@"
		if not (exists document 1) then error "No session or catalogue is open in Capture One."
		with timeout of 600 seconds
			set theIds to id of every variant of document 1
			set thePaths to path of parent image of every variant of document 1
		end timeout
	end tell
	if (count of theIds) is not (count of thePaths) then error "Capture One shows other photos now. Choose the action again."
	set theFields to {}
	repeat with n from 1 to count of theIds
		set end of theFields to my oneField("path", item n of thePaths)
		set end of theFields to my oneField("id", item n of theIds)
	end repeat
	return theFields
end placeFields

on nameOf(theText)
	return my joinText(my splitText(my joinText(paragraphs of theText, " "), tab), " ")
end nameOf

-- A new album of our group, in the order of the list, shown. Returns its name.
on makeAlbum(theName, theIds)
	tell application "@APP@"
		if not (exists collection groupName of document 1) then
			tell document 1 to make new collection with properties {kind:group, name:groupName}
			my waitFor(groupName, "")
		end if
		set theAlbum to theName
		set theNumber to 1
		repeat
			if not (exists collection theAlbum of collection groupName of document 1) then exit repeat
			set theNumber to theNumber + 1
			set theAlbum to theName & " (" & theNumber & ")"
		end repeat
		tell collection groupName of document 1 to make new collection with properties {kind:album, name:theAlbum}
		my waitFor(groupName, theAlbum)
		with timeout of 600 seconds
			repeat with theId in theIds
				add inside collection theAlbum of collection groupName of document 1 variants {variant id (contents of theId) of document 1}
			end repeat
		end timeout
		try
			set sorting order of collection theAlbum of collection groupName of document 1 to by manual
			set current collection of document 1 to collection theAlbum of collection groupName of document 1
		end try
	end tell
	return theAlbum
end makeAlbum

-- What was made is there a moment later.
on waitFor(theGroup, theAlbum)
	tell application "@APP@"
		repeat with n from 1 to 20
			if exists collection theGroup of document 1 then
				if theAlbum is "" then return
				if exists collection theAlbum of collection theGroup of document 1 then return
			end if
			delay 1
		end repeat
	end tell
end waitFor
