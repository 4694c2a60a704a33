package.path = "./?.lua"
local Lists = require("Lists")

local function chunks(list, ...)
  local parts = {}
  for chunk in Lists.chunks(list, ...) do
    parts[#parts + 1] = table.concat(chunk, "")
  end
  return table.concat(parts, " ")
end

assert(chunks({}, 3) == "")
assert(chunks({ 1, 2, 3 }, 3) == "123")
assert(chunks({ 1, 2, 3, 4 }, 3) == "123 4")
assert(chunks({ 1, 2, 3, 4, 5, 6 }, 3, 1) == "1 234 56", "the first may be smaller, so that the model begins at once")

local rest = { "before" }
local kept = Lists.keep({ 1, 2, 3, 4 }, rest, function(number) return number % 2 == 0 end)
assert(table.concat(kept, "") == "24")
assert(table.concat(rest, " ") == "before 1 3")
