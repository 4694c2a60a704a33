-- A caption and a title for the selected photos that have none.
on run
	my analyse("caption")
end run
