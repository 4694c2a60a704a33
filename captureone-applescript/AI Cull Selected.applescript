-- Judges the selected photos, says how many are to be picked and rejected, and sets what a person then wants of that.
property colourTags : "colour tags"

on run
	try
		set theIds to my selectedIds()
		if theIds is {} then return
		set thePresets to {}
		repeat with theLine in my bridge({"presets"})
			set theParts to my splitText((contents of theLine) & tab & tab, tab)
			if item 1 of theParts is "preset" then set end of thePresets to my unescaped(item 2 of theParts) & ": " & my unescaped(item 3 of theParts)
		end repeat
		set theChoice to choose from list thePresets with title "photo-bridge" with prompt "Judge the " & (count of theIds) & " selected photos as:"
		if theChoice is false then return
		set thePreset to item 1 of my splitText(item 1 of theChoice, ": ")
		set theJob to item 1 of my bridge({"cull", my writeFields(my photoFields(my whatIsSaidOf(theIds))), "--preset", thePreset})
		if my follow(theJob) is "cancelled" then return
		my setVerdict(theJob)
	on error theMessage number theNumber
		my failed(theMessage, theNumber)
	end try
end run

on setVerdict(theJob)
	set theSaid to {}
	set theCount to 0
	repeat with theLine in my bridge({"verdict", theJob})
		set theParts to my splitText((contents of theLine) & tab & tab, tab)
		if item 1 of theParts is "counts" then set theCount to ((item 2 of theParts) as integer) + ((item 3 of theParts) as integer)
		if item 1 of theParts is "said" then set end of theSaid to my unescaped(item 2 of theParts)
	end repeat
	set theText to my joinText(theSaid, return)
	if theCount is 0 then
		display dialog theText with title "photo-bridge" buttons {"OK"} default button "OK"
		return
	end if
	set theChoice to choose from list {colourTags, "ratings"} with title "photo-bridge" with prompt theText & return & "Set them? What you gave yourself stays."
	if theChoice is false then return
	set theWay to "rating"
	if item 1 of theChoice is colourTags then set theWay to "label"
	set theIds to {}
	repeat with theLine in my bridge({"flag", theJob, "--as", theWay})
		set theParts to my splitText((contents of theLine) & tab, tab)
		if item 1 of theParts is "run" then set theRun to my unescaped(item 2 of theParts)
		if item 1 of theParts is "photo" then set end of theIds to my unescaped(item 2 of theParts)
	end repeat
	my finish(theRun, theIds)
end setVerdict
