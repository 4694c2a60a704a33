--- How photo-bridge and its hosts write things down (bridge/hosts/records.py): fields ended by NUL there, lines of fields
--- parted by tabs here.

local records = {}

records.LEVEL = "\31" -- between the levels of a keyword

local ESCAPED = { ["\\"] = "\\", t = "\t", n = "\n", r = "\r" }

--- One field of a file that the command reads. No value can hold a NUL: darktable's texts end at one.
function records.field(name, value)
  return name .. "=" .. value .. "\0"
end

--- The lines of what the command wrote, each as the list of its fields.
function records.parse(text)
  local rows = {}
  for line in text:gmatch("([^\n]*)\n") do
    local row = {}
    for field in (line .. "\t"):gmatch("([^\t]*)\t") do
      row[#row + 1] = (field:gsub("\\(.)", ESCAPED))
    end
    rows[#rows + 1] = row
  end
  return rows
end

return records
