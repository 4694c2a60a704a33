-- Objects and namespaces as Lightroom's: what they do not have is an error, not nil. Every misuse is noted as well,
-- since a plug-in that catches all errors would hide it.

local strict = {
    violations = {}, -- what the SDK forbids; a test that sees one fails
    probes = {}, -- names that were asked for in vain and that a careful plug-in may ask for
}

-- Undocumented or of later versions: asking inside LrTasks.pcall is how a plug-in finds out.
local MAY_BE_ASKED = { deleteKeyword = true, isAvailableForEditing = true, saveMetadata = true, readMetadata = true }

function strict.violation(text, level)
    strict.violations[#strict.violations + 1] = text
    error(text, (level or 1) + 1)
end

function strict.check(condition, ...)
    if not condition then strict.violation(string.format(...), 2) end
    return condition
end

function strict.type_of(value, expected, what)
    if type(value) ~= expected then
        strict.violation(string.format("%s must be a %s, not a %s", what, expected, type(value)), 2)
    end
end

local function missing(kind, key)
    local text = string.format("%s has no %q", kind, tostring(key))
    if MAY_BE_ASKED[key] then
        strict.probes[#strict.probes + 1] = text
        error(text, 3)
    end
    strict.violation(text, 3)
end

-- A namespace: a fixed set of functions and values.
function strict.namespace(name, members)
    return setmetatable({}, {
        __index = function(_, key)
            local value = members[key]
            if value == nil then missing(name, key) end
            return value
        end,
        __newindex = function() strict.violation(name .. " cannot be written to", 2) end,
        __call = members.__call,
        __tostring = function() return name end,
    })
end

-- An object: methods, and properties that are computed. `own` is the fake's own data, reached by strict.data(object).
local data = setmetatable({}, { __mode = "k" })

function strict.object(class, own)
    local object = {}
    data[object] = own
    return setmetatable(object, class.meta)
end

function strict.class(name, methods, properties, equal)
    local class = { name = name, methods = methods }
    methods.type = methods.type or function() return name end
    class.meta = {
        __index = function(object, key)
            local method = methods[key]
            if method ~= nil then return method end
            local property = properties and properties[key]
            if property == nil then missing(name, key) end
            return property(data[object])
        end,
        __newindex = function(_, key) strict.violation(name .. "." .. tostring(key) .. " cannot be set", 2) end,
        __eq = equal and function(a, b) return equal(data[a], data[b]) end or nil,
        __tostring = function() return name end,
        __class = class,
    }
    return class
end

-- The data of an object that is to be of this class.
function strict.data(object, class, what)
    local meta = type(object) == "table" and getmetatable(object)
    if not meta or meta.__class ~= class then
        strict.violation(string.format("%s must be a %s (was it called with '.' instead of ':'?)", what, class.name), 2)
    end
    return data[object]
end

return strict
