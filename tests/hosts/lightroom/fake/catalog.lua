-- The catalogue: photos, the keyword tree, write gates that are undo steps, and what is selected.

local strict = require "strict"
local tasks = require "tasks"

local catalog = {
    photos = {}, -- records in the order of the filmstrip, see photo.lua
    by_uuid = {},
    keywords = {}, -- records by id: {id, name, parent, synonyms, export}
    selected = {}, -- uuids; empty = nothing is selected
    gates = {}, -- every gate that was asked for: {name, result, changes}
    undo = {}, -- executed gates with changes: {name, log}
    faults = {}, -- by the number of the gate: {busy = seconds} or {fails = true}
    listeners = {}, -- called with "gate start", "gate end"
    busy_till = 0,
    next_id = 1,
    collections = {}, -- records by id: {id, name, parent, kind = "set", "plain" or "smart", photos = uuids in order}
    properties = {}, -- what plug-ins keep in the catalogue
    sources = nil, -- what is shown: nil = all photos; else {{folder = path} or {collection = id}, …}
    deletes_keywords = true, -- undocumented, but used by public plug-ins
}

-- -- changes and their undoing ------------------------------------------------------------------------------------

-- Every change of the catalogue goes through here, with what takes it back.
function catalog.change(forward, back)
    forward()
    if catalog.log then catalog.log[#catalog.log + 1] = back end
end

function catalog.set(record, field, value)
    local before = record[field]
    catalog.change(function() record[field] = value end, function() record[field] = before end)
end

local function take_back(log)
    for index = #log, 1, -1 do log[index]() end
end

-- Edit > Undo of the person.
function catalog.undo_last()
    local step = table.remove(catalog.undo)
    if step then take_back(step.log) end
    return step and step.name
end

function catalog.require_gate(what)
    strict.check(tasks.gate and not catalog.private, "%s must be called inside catalog:withWriteAccessDo", what)
end

-- -- keywords -----------------------------------------------------------------------------------------------------

local function same(a, b)
    return a:lower() == b:lower() -- ASCII only, which is enough here
end

function catalog.find_keyword(name, parent)
    for _, keyword in pairs(catalog.keywords) do
        if keyword.parent == parent and same(keyword.name, name) then return keyword end
    end
end

function catalog.add_keyword(name, parent, synonyms, export)
    local keyword = { id = catalog.next_id, name = name, parent = parent, synonyms = synonyms or {}, export = export }
    keyword.pending = tasks.gate ~= nil
    catalog.next_id = catalog.next_id + 1
    catalog.change(function() catalog.keywords[keyword.id] = keyword end,
        function() catalog.keywords[keyword.id] = nil end)
    return keyword
end

-- The keyword at a path of names, made where it is missing: what reading a file does, and the person.
function catalog.keyword_at(path)
    local parent
    for _, name in ipairs(path) do
        local found = catalog.find_keyword(name, parent) or catalog.add_keyword(name, parent, {}, true)
        parent = found.id
    end
    return catalog.keywords[parent]
end

function catalog.path_of(id)
    local path = {}
    while id do
        local keyword = catalog.keywords[id]
        table.insert(path, 1, keyword.name)
        id = keyword.parent
    end
    return path
end

-- -- gates --------------------------------------------------------------------------------------------------------

local function tell(event, what)
    for _, listener in ipairs(catalog.listeners) do listener(event, what) end
end

local function execute(name, func, entry)
    tell("gate start", name)
    tasks.gate, catalog.log = name, {}
    local ok, err = pcall(tasks.with_context_in_gate, name, func)
    local log = catalog.log
    tasks.gate, catalog.log = nil, nil
    for _, keyword in pairs(catalog.keywords) do keyword.pending = false end
    for _, collection in pairs(catalog.collections) do collection.pending = nil end
    if not ok then
        take_back(log)
        entry.result = "rolled back"
        error(err, 0)
    end
    entry.changes = #log
    if #log > 0 then catalog.undo[#catalog.undo + 1] = { name = name, log = log } end
    tell("gate end", name)
end

-- For a plug-in's own properties alone: no step of Lightroom's Undo.
function catalog.with_private_write_access(func, params)
    strict.type_of(func, "function", "what a gate runs")
    tasks.require_task("catalog:withPrivateWriteAccessDo")
    strict.check(not tasks.gate, "withPrivateWriteAccessDo inside a gate")
    strict.check(params and type(params.timeout) == "number", "withPrivateWriteAccessDo without a timeout")
    tasks.gate, catalog.private = "private", true
    local ok, err = pcall(tasks.with_context_in_gate, "private", func)
    tasks.gate, catalog.private = nil, nil
    if not ok then error(err, 0) end
    return "executed"
end

function tasks.with_context_in_gate(name, func)
    -- No coroutine around it: waiting inside is refused by tasks.wait, and plain errors go through.
    local current = tasks.current
    tasks.current = nil
    local ok, err = pcall(tasks.with_context, name, function(context)
        tasks.current = current
        func(context)
    end)
    tasks.current = current
    if not ok then error(err, 0) end
end

function catalog.with_write_access(name, func, params)
    strict.type_of(name, "string", "the name of an undo step")
    strict.type_of(func, "function", "what a gate runs")
    tasks.require_task("catalog:withWriteAccessDo")
    strict.check(not tasks.gate, "withWriteAccessDo inside withWriteAccessDo")
    local entry = { name = name, result = "executed", changes = 0, at = tasks.wall() }
    catalog.gates[#catalog.gates + 1] = entry
    local fault = catalog.faults[#catalog.gates] or {}
    if fault.fails then
        entry.result = "failed"
        error("the catalogue could not be written", 0)
    end
    if fault.busy then catalog.busy_till = tasks.now() + fault.busy end
    if catalog.busy_till <= tasks.now() then
        execute(name, func, entry)
        return "executed"
    end
    if not params then
        entry.result = "refused"
        error("LrCatalog:withWriteAccessDo: could not execute action '" .. name .. "'. It was blocked by another write "
            .. "access call, and no timeout parameters were provided.", 2)
    end
    strict.type_of(params.timeout, "number", "timeoutParams.timeout")
    for key in pairs(params) do
        strict.check(key == "timeout" or key == "callback" or key == "asynchronous", "timeoutParams.%s", tostring(key))
    end
    local till = tasks.now() + params.timeout
    local function free_or_late() return catalog.busy_till <= tasks.now() or tasks.now() >= till end
    local function finish()
        if catalog.busy_till <= tasks.now() then
            execute(name, func, entry)
            return "executed"
        end
        entry.result = "aborted"
        if params.callback then params.callback() end
        return "aborted"
    end
    if params.asynchronous then
        entry.result = "queued"
        tasks.spawn(function()
            tasks.wait("the queued gate " .. name, free_or_late, math.min(till, catalog.busy_till))
            entry.result = "executed"
            finish()
        end, name)
        return "queued"
    end
    tasks.wait("the gate " .. name, free_or_late, math.min(till, catalog.busy_till))
    return finish()
end

return catalog
