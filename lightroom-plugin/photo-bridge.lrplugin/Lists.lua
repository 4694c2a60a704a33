--- Lists in parts. Pure.
local Lists = {}

--- Iterates over a list in lists of at most `size`; the first has at most `first`, where that is given.
function Lists.chunks(list, size, first)
  local start, width = 1, first or size
  return function()
    if start > #list then return nil end
    local chunk = {}
    for index = start, math.min(start + width - 1, #list) do
      chunk[#chunk + 1] = list[index]
    end
    start, width = start + #chunk, size
    return chunk
  end
end

--- The values for which `stays` is true; the others are added to `rest`.
function Lists.keep(list, rest, stays)
  local kept = {}
  for _, value in ipairs(list) do
    local into = stays(value) and kept or rest
    into[#into + 1] = value
  end
  return kept
end

return Lists
