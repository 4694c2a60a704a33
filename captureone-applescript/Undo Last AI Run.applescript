-- Takes back what the newest run from Capture One wrote, whatever is selected.
on run
	try
		set theRun to ""
		set theFileJob to ""
		set theIds to {}
		repeat with theLine in my bridge({"undo"})
			set theParts to my splitText((contents of theLine) & tab, tab)
			if item 1 of theParts is "run" then set theRun to item 2 of theParts
			if item 1 of theParts is "job" then set theFileJob to item 2 of theParts
			if item 1 of theParts is "photo" then set end of theIds to my unescaped(item 2 of theParts)
		end repeat
		if theFileJob is not "" then
			my follow(theFileJob)
			my reloadAll(theIds)
		end if
		my applyAll(theRun, theIds, {"--undo"})
		my showSummary(theRun, {"--undo"})
	on error theMessage number theNumber
		my failed(theMessage, theNumber)
	end try
end run
