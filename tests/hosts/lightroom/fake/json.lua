-- What the fake writes for the tests to read. Encodes only; a table with [1] or marked by json.list is a list.

local json = {}
local LIST = {}
local ESCAPES = { ['"'] = '\\"', ["\\"] = "\\\\", ["\n"] = "\\n", ["\r"] = "\\r", ["\t"] = "\\t" }

function json.list(items) return setmetatable(items or {}, LIST) end

local function text(value)
    local escaped = value:gsub('[%c"\\\127]', function(char)
        return ESCAPES[char] or string.format("\\u%04x", char:byte())
    end)
    return '"' .. escaped .. '"'
end

local function encode(value, out)
    local kind = type(value)
    if kind == "string" then
        out[#out + 1] = text(value)
    elseif kind == "number" then
        out[#out + 1] = string.format(value % 1 == 0 and math.abs(value) < 1e15 and "%d" or "%.17g", value)
    elseif kind == "boolean" or kind == "nil" then
        out[#out + 1] = kind == "nil" and "null" or tostring(value)
    elseif kind == "table" and (value[1] ~= nil or getmetatable(value) == LIST) then
        out[#out + 1] = "["
        for index = 1, #value do
            if index > 1 then out[#out + 1] = "," end
            encode(value[index], out)
        end
        out[#out + 1] = "]"
    elseif kind == "table" then
        local keys = {}
        for key in pairs(value) do keys[#keys + 1] = key end
        table.sort(keys, function(a, b) return tostring(a) < tostring(b) end)
        out[#out + 1] = "{"
        for index, key in ipairs(keys) do
            out[#out + 1] = (index > 1 and "," or "") .. text(tostring(key)) .. ":"
            encode(value[key], out)
        end
        out[#out + 1] = "}"
    else
        error("cannot be encoded: " .. kind)
    end
end

function json.encode(value)
    local out = {}
    encode(value, out)
    return table.concat(out)
end

return json
