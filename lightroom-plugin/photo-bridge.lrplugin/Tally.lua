--- Counts how photos ended, and tells it. Pure.
local Tally = {}
Tally.__index = Tally

local SHOWN = 5

function Tally.new()
  local counts = { written = 0, unchanged = 0, failed = 0, cancelled = 0, fell_back = 0, videos = 0 }
  counts.causes, counts.notes = {}, {}
  return setmetatable(counts, Tally)
end

local function add(list, text)
  local known = list[text]
  if not known then
    known = { text = text, count = 0 }
    list[text] = known
    list[#list + 1] = known
  end
  known.count = known.count + 1
end

function Tally:count(how)
  self[how] = self[how] + 1
end

function Tally:fail(message, hint)
  self:count("failed")
  add(self.causes, hint and hint ~= "" and message .. " " .. hint or message)
end

function Tally:note(warnings)
  for _, warning in ipairs(warnings or {}) do
    add(self.notes, warning)
  end
end

function Tally:is_empty()
  return self.written + self.unchanged + self.failed + self.cancelled == 0
end

local function lines(list, into)
  for index = 1, math.min(#list, SHOWN) do
    into[#into + 1] = ("%d: %s"):format(list[index].count, list[index].text)
  end
  if #list > SHOWN then
    into[#into + 1] = ("and %d more kinds"):format(#list - SHOWN)
  end
end

--- The sum for a person. `verb`: what was done to a photo, "written" or "restored".
function Tally:text(verb)
  local said = { ("%d %s, %d unchanged, %d failed"):format(self.written, verb, self.unchanged, self.failed) }
  if self.cancelled > 0 then
    said[#said + 1] = ("%d not done: the run was cancelled. What was written stays; Undo Last AI Run takes it back.")
      :format(self.cancelled)
  end
  if self.fell_back > 0 then
    said[#said + 1] = ("%d of them in the catalogue and not in the file (XMP was not safe or not possible)")
      :format(self.fell_back)
  end
  if self.videos > 0 then
    said[#said + 1] = ("%d videos left out"):format(self.videos)
  end
  if #self.causes > 0 then
    said[#said + 1] = "\nFailed:"
    lines(self.causes, said)
  end
  if #self.notes > 0 then
    said[#said + 1] = "\nNotes:"
    lines(self.notes, said)
  end
  return table.concat(said, "\n")
end

return Tally
