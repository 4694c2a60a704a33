package.path = "./?.lua"
local Text = require("Text")

-- A hash says only whether a text changed.
local seen = {}
for _, text in ipairs({ "", "a", "b", "ab", "ba", "a\31b", "a\30b", "Nature\31Sea", "Nature\31See" }) do
  local hash = Text.hash(text)
  assert(hash:find("^%x+$") and #hash == 16, hash)
  assert(not seen[hash], text)
  seen[hash] = true
  assert(Text.hash(text) == hash)
end

local names = {}
for _ = 1, 1000 do
  local name = Text.unique(812345678.5)
  assert(#name >= 16 and #name <= 64 and not name:find("[^%w-]"), name)
  assert(not names[name], "twice")
  names[name] = true
end

assert(Text.duration(59) == "less than a minute")
assert(Text.duration(61) == "about 2 min")

assert(Text.short("a dog", 80) == "a dog")
assert(Text.short("a\tdog\n", 80) == "a dog ")
assert(Text.short(("ä"):rep(5), 5) == ("ä"):rep(2), "cut between two characters")
assert(Text.short("日本", 3) == "日" and Text.short("日本", 5) == "日")
