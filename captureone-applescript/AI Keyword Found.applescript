-- Gives the selected photos a keyword that a person says.
on run
	try
		set theIds to my selectedIds()
		if theIds is {} then return
		set theWord to text returned of (display dialog "A keyword for the " & (count of theIds) & " selected photos. A|B puts B beneath A." with title "photo-bridge" default answer "")
		if theWord is "" then return
		set theJob to item 1 of my bridge({"keyword", my writeFields(my photoFields(my whatIsSaidOf(theIds))), "--word", my writeFields({my oneField("keyword", theWord)}), "--tree", my writeFields(my treeFields())})
		my finish(theJob, theIds)
	on error theMessage number theNumber
		my failed(theMessage, theNumber)
	end try
end run
