-- Keywords for the selected photos.
on run
	my analyse("keywords")
end run
