-- Judges the selected photos.
on run
	try
		set theIds to my selectedIds()
		if theIds is {} then return
		my bridge({"cull", my writeFields(my photoFields(my whatIsSaidOf(theIds)))})
	on error theMessage number theNumber
		my failed(theMessage, theNumber)
	end try
end run
