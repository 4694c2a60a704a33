--- Stub until the next commit: all goes through the catalogue.
local Xmp = {}
function Xmp.apply(_, _, entries)
  return entries
end
return Xmp
