--- Counts how photos ended, and tells it. Pure.
local Tally = {}
Tally.__index = Tally

local SHOWN = 5

function Tally.new()
  local counts = { written = 0, unchanged = 0, failed = 0, cancelled = 0, fell_back = 0, videos = 0 }
  counts.causes, counts.notes = {}, {}
  return setmetatable(counts, Tally)
end

function Tally:count(how)
  self[how] = self[how] + 1
end

local function add(list, text)
  if not list[text] then
    list[text] = { text = text, count = 0 }
    list[#list + 1] = list[text]
  end
  list[text].count = list[text].count + 1
end

function Tally:fail(message, hint)
  self:count("failed")
  add(self.causes, hint and hint ~= "" and message .. " " .. hint or message)
end

function Tally:note(warnings)
  for _, warning in ipairs(warnings or {}) do add(self.notes, warning) end
end

--- The sum for a person. `verb`: what was done to a photo, "written" or "restored".
function Tally:text(verb)
  local said = { ("%d %s, %d unchanged, %d failed"):format(self.written, verb, self.unchanged, self.failed) }
  local function say(count, text)
    said[#said + 1] = count > 0 and text:format(count) or nil
  end
  say(self.cancelled, "%d not done: the run ended early. What was done stays; Undo Last AI Run takes it back.")
  say(self.fell_back, "%d went through the catalogue and not into the file: XMP was not safe or not possible.")
  say(self.videos, "%d videos left out")
  for index, list in ipairs({ self.causes, self.notes }) do
    say(#list, index == 1 and "\nFailed:" or "\nNotes:")
    for place = 1, math.min(#list, SHOWN) do
      said[#said + 1] = ("%d: %s"):format(list[place].count, list[place].text)
    end
    say(#list - SHOWN, "and %d more kinds")
  end
  return table.concat(said, "\n")
end

return Tally
