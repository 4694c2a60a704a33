--- JSON with explicit arrays and nulls, since a Lua table tells neither an empty array from an empty object nor nil
-- from absent. Encoding: a table is an array where it came from `Json.array`, and an object otherwise; `Json.null` is
-- null. Decoding: arrays are such arrays, in which null is `Json.null`; a null member of an object is absent.
local Json = { null = {} }

local ARRAY = {}
local ESCAPES = { ["\b"] = "b", ["\f"] = "f", ["\n"] = "n", ["\r"] = "r", ["\t"] = "t", ['"'] = '"', ["\\"] = "\\" }
local UNESCAPES = { ["/"] = "/" }
for character, letter in pairs(ESCAPES) do UNESCAPES[letter] = character end

--- Marks a table as an array (and makes one of nothing).
function Json.array(values)
  return setmetatable(values or {}, ARRAY)
end

--- The array of what `make` returns for each value of a list.
function Json.map(list, make)
  local values = Json.array()
  for index, value in ipairs(list) do values[index] = make(value) end
  return values
end

local function quoted(text)
  return '"' .. text:gsub('[%c"\\]', function(character)
    return "\\" .. (ESCAPES[character] or ("u%04x"):format(character:byte()))
  end) .. '"'
end

local function encode_table(value)
  if getmetatable(value) == ARRAY then return "[" .. table.concat(Json.map(value, Json.encode), ",") .. "]" end
  local parts = {}
  for name, member in pairs(value) do
    if type(name) ~= "string" then error("JSON: mark arrays with Json.array", 0) end
    parts[#parts + 1] = quoted(name) .. ":" .. Json.encode(member)
  end
  table.sort(parts) -- the same text for the same value, so that it can be compared and replayed
  return "{" .. table.concat(parts, ",") .. "}"
end

--- The text of a value. Raises an error (a text) for what JSON cannot hold.
function Json.encode(value)
  local kind = type(value)
  if value == Json.null then
    return "null"
  elseif kind == "string" then
    return quoted(value)
  elseif kind == "boolean" then
    return tostring(value)
  elseif kind == "number" and value - value == 0 then
    return value % 1 == 0 and ("%.0f"):format(value) or ("%.14g"):format(value)
  end
  return kind == "table" and encode_table(value) or error("JSON has no " .. kind .. " of this value", 0)
end

local function broken(position)
  error("JSON: cannot be read at byte " .. position, 0)
end

local function utf8(code)
  local tail, lead, limit = "", 0, 0x80
  while code >= limit do
    tail, code = string.char(0x80 + code % 0x40) .. tail, math.floor(code / 0x40)
    lead = lead == 0 and 0xC0 or lead + (lead == 0xC0 and 0x20 or 0x10)
    limit = limit == 0x80 and 0x20 or limit / 2
  end
  return string.char(lead + code) .. tail
end

local function read_string(text, position)
  local parts = {}
  while true do
    local stop = text:find('["\\]', position) or broken(position)
    local letter = text:sub(stop + 1, stop + 1)
    parts[#parts + 1] = text:sub(position, stop - 1)
    if text:sub(stop, stop) == '"' then return table.concat(parts), stop + 1 end
    position = stop + 2
    if letter == "u" then
      local code = tonumber(text:match("^%x%x%x%x", position) or broken(stop), 16)
      position = position + 4
      local low = code >= 0xD800 and code < 0xDC00 and text:match("^\\u([dD][c-fC-F]%x%x)", position)
      if low then
        code, position = 0x10000 + (code - 0xD800) * 0x400 + tonumber(low, 16) - 0xDC00, position + 6
      end
      letter = utf8(code)
    else
      letter = UNESCAPES[letter] or broken(stop)
    end
    parts[#parts + 1] = letter
  end
end

--- The first character that is no space, at or after a position, and where it stands.
local function peek(text, position)
  position = text:find("[^ \t\r\n]", position) or #text + 1
  return text:sub(position, position), position
end

--- Where the text goes on after a mark that has to stand there.
local function past(text, mark, position)
  local found, at = peek(text, position)
  return found == mark and at + 1 or broken(at)
end

local read

--- Reads an array or object up to `closing` into `values`; `take(position)` reads one and returns where it ends.
local function members(text, position, closing, values, take)
  local mark, at = peek(text, position)
  while mark ~= closing do
    mark, at = peek(text, take(at))
    at = mark == closing and at or past(text, ",", at)
  end
  return values, at + 1
end

function read(text, position)
  local first, at = peek(text, position)
  local values, name, value = Json.array(), nil, nil
  if first == '"' then
    return read_string(text, at + 1)
  elseif first == "[" then
    return members(text, at + 1, "]", values, function(here)
      values[#values + 1], here = read(text, here)
      return here
    end)
  elseif first == "{" then
    values = {}
    return members(text, at + 1, "}", values, function(here)
      name, here = read_string(text, past(text, '"', here))
      value, here = read(text, past(text, ":", here))
      if value ~= Json.null then values[name] = value end
      return here
    end)
  end
  local word = text:match("^[%w+.-]+", at) or broken(at)
  if word == "true" or word == "false" then return word == "true", at + #word end
  return word == "null" and Json.null or word:find("^-?%d") and tonumber(word) or broken(at), at + #word
end

--- The value of a text. Raises an error (a text) where it is no JSON.
function Json.decode(text)
  local value, position = read(text, 1)
  if peek(text, position) ~= "" then broken(position) end
  return value
end

return Json
