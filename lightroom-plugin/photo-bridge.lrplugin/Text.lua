--- Pure texts: URIs of files, random names, a hash, times for people. No SDK.
local Text = {}

--- The absolute `file:` URI of a path, with every byte outside RFC 3986's unreserved set percent-encoded.
function Text.uri(path, windows)
  path = windows and path:gsub("\\", "/"):gsub("^(%a:)", "/%1") or path
  local encoded = path:gsub("[^%w%-%._~/]", function(byte) return ("%%%02X"):format(byte:byte()) end)
  return "file://" .. (windows and encoded:gsub("^/(%a)%%3A/", "/%1:/") or encoded) -- the drive keeps its colon
end

local made = 0

--- A name that is used once: 26 characters of [0-9a-f-].
function Text.unique(now)
  made = made + 1
  if made == 1 then
    math.randomseed((now * 1000) % 2147483647)
    math.random()
  end
  return ("%08x-%08x-%08x"):format(now % 4294967296, math.random(0, 2147483646), made)
end

--- Changes whenever the text does: two polynomials modulo primes, 64 bits. It is no protection, only a sign of change.
function Text.hash(text)
  local a, b = 7, 11
  for index = 1, #text do
    local byte = text:byte(index)
    a = (a * 257 + byte) % 4294967291
    b = (b * 263 + byte) % 4294967279
  end
  return ("%08x%08x"):format(a, b)
end

--- A text on one line and of at most so many bytes, cut between two characters.
function Text.short(text, most)
  text = text:gsub("%c", " ")
  if #text <= most then return text end
  while text:byte(most + 1) >= 0x80 and text:byte(most + 1) < 0xC0 do most = most - 1 end
  return text:sub(1, most)
end

--- How long for a person.
function Text.duration(seconds)
  return seconds < 60 and "less than a minute" or ("about %d min"):format(math.ceil(seconds / 60))
end

return Text
