package.path = "./?.lua"
local Tally = require("Tally")

local tally = Tally.new()
assert(tally:text("written") == "0 written, 0 unchanged, 0 failed")

for _ = 1, 3 do
  tally:count("written")
end
tally:count("unchanged")
for _ = 1, 2 do
  tally:fail("The file is gone.", "Connect its drive.")
end
tally:fail("It is locked.", "")
tally:note({ "A word was too long.", "A word was too long." })
tally.cancelled, tally.videos, tally.fell_back = 4, 1, 2
local text = tally:text("restored")
for _, line in ipairs({ "3 restored, 1 unchanged, 3 failed", "2: The file is gone. Connect its drive.",
  "1: It is locked.", "2: A word was too long.", "4 not done", "1 videos left out", "2 went through the catalogue" }) do
  assert(text:find(line, 1, true), line .. " is not in:\n" .. text)
end

for cause = 1, 9 do
  tally:fail("cause " .. cause)
end
text = tally:text("written")
assert(text:find("and 6 more kinds", 1, true), text)
assert(not text:find("cause 9", 1, true), "a message that fills the screen is not read")
