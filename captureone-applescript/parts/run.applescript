-- A run: the photos go to photo-bridge, its progress is shown, and what it says is written into Capture One.

property batchSize : 500

on analyse(theWant)
	try
		set theIds to my selectedIds()
		if theIds is {} then return
		set theJob to item 1 of my bridge({"submit", theWant, my writeFields(my photoFields(my whatIsSaidOf(theIds))), "--tree", my writeFields(my treeFields())})
		my finish(theJob, theIds)
	on error theMessage number theNumber
		my failed(theMessage, theNumber)
	end try
end analyse

on finish(theJob, theIds)
	if my follow(theJob) is not "cancelled" then my applyAll(theJob, theIds, {})
	my showSummary(theJob, {})
end finish

-- How the run ended. Whoever interrupts the script cancels the run.
on follow(theJob)
	try
		repeat
			set theParts to my splitText(item 1 of my bridge({"poll", theJob}), tab)
			my showProgress("photo-bridge", my unescaped(item 6 of theParts), (item 2 of theParts) as integer, (item 3 of theParts) as integer)
			if item 1 of theParts is not "open" then exit repeat
			delay 2
		end repeat
		my showProgress("", "", 0, 0)
	on error theMessage number theNumber
		my showProgress("", "", 0, 0)
		if theNumber is not -128 then error theMessage number theNumber
		my bridge({"cancel", theJob})
		return "cancelled"
	end try
	return item 1 of theParts
end follow

on showProgress(theText, theMore, theCount, theTotal)
	tell application "@APP@"
		set progress total units to theTotal
		set progress completed units to theCount
		set progress text to theText
		set progress additional text to theMore
	end tell
end showProgress

-- Batch by batch: what is said now, what is to be done, do it, say what was done.
on applyAll(theJob, theIds, theFlags)
	repeat with theStart from 1 to count of theIds by batchSize
		set theStop to theStart + batchSize - 1
		if theStop > (count of theIds) then set theStop to count of theIds
		my showProgress("photo-bridge writes into Capture One", "", theStart - 1, count of theIds)
		set theRows to my whatIsSaidOf(items theStart thru theStop of theIds)
		if theRows is not {} then
			set theLibrary to my freshPath() & ".txt"
			set theLines to my bridge({"results", theJob, my writeFields(my photoFields(theRows)), "--tree", my writeFields(my treeFields()), "--grouped", "--library", theLibrary} & theFlags)
			my importWords(theLibrary)
			set theDone to my applyLines(theLines)
			if theDone is not {} then my bridge({"confirm", theJob, my writeFields(theDone)} & theFlags)
		end if
	end repeat
	my showProgress("", "", 0, 0)
end applyAll

-- What was done, as fields: the plans first, then each operation that was carried out or why it was not.
on applyLines(theLines)
	set theDone to {}
	set theWord to ""
	set theMarks to {}
	set theIds to {}
	set theChanged to {}
	repeat with theLine in theLines
		set theParts to {}
		repeat with thePart in my splitText((contents of theLine) & tab, tab)
			set end of theParts to my unescaped(contents of thePart)
		end repeat
		set theKind to item 1 of theParts
		set theNext to ""
		if theKind is "keyword.add" then set theNext to my joinText(items 5 thru -2 of theParts, character id 31)
		considering case
			if theWord is not "" and theWord is not theNext then
				set theDone to theDone & my marked(theMarks, my addWord(my splitText(theWord, character id 31), theIds))
				set theMarks to {}
				set theIds to {}
			end if
		end considering
		set theWord to theNext
		if theKind is "photo" then
			if item 4 of theParts is not "" then
				set end of theDone to my oneField("plan", item 4 of theParts)
				set end of theChanged to item 2 of theParts
			end if
		else if theKind is "keyword.add" then
			set end of theMarks to {item 2 of theParts, item 3 of theParts}
			set end of theIds to item 4 of theParts
		else if theKind is "keyword.remove" then
			set theDone to theDone & my marked({{item 2 of theParts, item 3 of theParts}}, my removeWord(items 6 thru -2 of theParts, item 4 of theParts))
		else if theKind ends with ".set" then
			set theDone to theDone & my marked({{item 2 of theParts, item 3 of theParts}}, my setField(theKind, item 4 of theParts, item 5 of theParts, item 6 of theParts))
		end if
	end repeat
	my syncAll(theChanged)
	return theDone
end applyLines

-- Each {plan, operation} as carried out, or the reason why not.
on marked(theMarks, theReason)
	set theFields to {}
	repeat with theMark in theMarks
		set end of theFields to my oneField("plan", item 1 of theMark)
		if theReason is "" then
			set end of theFields to my oneField("applied", item 2 of theMark)
		else
			set end of theFields to my oneField("reason", theReason)
		end if
	end repeat
	return theFields
end marked
