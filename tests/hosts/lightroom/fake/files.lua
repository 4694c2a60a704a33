-- photo:saveMetadata and photo:readMetadata: asynchronous, undocumented, and truly between catalogue and file. The
-- files are read and written by a server of the test (metadata_files.py), many in one question.

local socket = require "socket"
local catalog = require "catalog"
local json = require "json"
local photo = require "photo"
local strict = require "strict"
local tasks = require "tasks"

local files = {
    port = nil, -- of the server
    save_after = 0.2, -- seconds until a save lands
    read_after = 0.2,
    modes = {}, -- by uuid: "late", "never", "raises"; otherwise it lands
    late = 3,
    saves = {}, -- {uuid, at, landed}
    reads = {},
    listeners = {},
}
local pending = {}

local function tell(event, uuid)
    for _, listener in ipairs(files.listeners) do listener(event, uuid) end
end

local function ask(what)
    files.connection = files.connection or assert(socket.connect("127.0.0.1", files.port))
    assert(files.connection:send(json.encode(what) .. "\n"))
    local size = assert(files.connection:receive("*l"))
    local source = assert(files.connection:receive(tonumber(size)))
    return assert(loadstring(source))()
end

-- What Lightroom writes of a photo: full paths, and flat the words, their ancestors and their synonyms.
local function described(record)
    local paths, flat = json.list(), json.list()
    local seen = {}
    local function add(word)
        if not seen[word] then
            seen[word] = true
            flat[#flat + 1] = word
        end
    end
    local ids = {}
    for id in pairs(record.keywords) do ids[#ids + 1] = id end
    table.sort(ids)
    for _, id in ipairs(ids) do
        local path = catalog.path_of(id)
        paths[#paths + 1] = json.list(path)
        for _, word in ipairs(path) do add(word) end
        for _, word in ipairs(catalog.keywords[id].synonyms) do add(word) end
    end
    return {
        path = record.path, keywords = paths, flat = flat, title = record.title, caption = record.caption,
        alt = record.alt, rating = record.rating or 0, label = record.label, develop = record.develop,
    }
end

local function land(due)
    local written = json.list()
    for _, entry in ipairs(due) do written[#written + 1] = described(catalog.by_uuid[entry.uuid]) end
    ask({ save = written })
    for _, entry in ipairs(due) do
        entry.landed = tasks.now()
        tell("save landed", entry.uuid)
    end
end

-- Whether a flat word is a level or a synonym of what the photo has.
local function is_told(record, word)
    for id in pairs(record.keywords) do
        for _, level in ipairs(catalog.path_of(id)) do
            if level == word then return true end
        end
        for _, synonym in ipairs(catalog.keywords[id].synonyms) do
            if synonym == word then return true end
        end
    end
    return false
end

-- The catalogue takes the file's values, whatever it had: unsaved edits are gone.
local function take(due)
    local paths = json.list()
    for _, entry in ipairs(due) do paths[#paths + 1] = catalog.by_uuid[entry.uuid].path end
    local found = ask({ read = paths })
    for index, entry in ipairs(due) do
        local record, value = catalog.by_uuid[entry.uuid], found[index]
        record.keywords = {}
        for _, path in ipairs(value.keywords) do record.keywords[catalog.keyword_at(path).id] = true end
        for _, word in ipairs(value.flat) do
            if not is_told(record, word) then record.keywords[catalog.keyword_at({ word }).id] = true end
        end
        record.title, record.caption, record.alt = value.title, value.caption, value.alt
        record.rating = value.rating > 0 and value.rating or nil
        record.label, record.color = value.label, photo.color_of(value.label)
        record.develop = value.develop
        entry.landed = tasks.now()
        tell("read done", entry.uuid)
    end
end

table.insert(tasks.idle_hooks, function()
    local saves, reads, later = {}, {}, {}
    for _, entry in ipairs(pending) do
        local due = entry.due <= tasks.now() and (entry.kind == "save" and saves or reads) or later
        due[#due + 1] = entry
    end
    pending = later
    if #saves > 0 then land(saves) end
    if #reads > 0 then take(reads) end
end)

table.insert(tasks.due_hooks, function()
    local first
    for _, entry in ipairs(pending) do first = math.min(first or entry.due, entry.due) end
    return first
end)

local function start(kind, list, object, after, mode)
    local record = photo.record(object)
    tasks.require_task("photo:" .. kind .. "Metadata")
    strict.check(not tasks.gate, "photo:%sMetadata inside a write gate", kind)
    if record.format == "VIDEO" or record.copy_of then
        strict.violation("photo:" .. kind .. "Metadata of a video or a virtual copy: it does nothing")
    end
    local entry = { kind = kind, uuid = record.uuid, at = tasks.now() }
    list[#list + 1] = entry
    tell(kind .. " asked", record.uuid)
    if mode == "raises" then error("Lightroom could not " .. kind .. " the metadata.", 3) end
    if mode == "never" or not photo.exists(record.path) then return end
    entry.due = tasks.now() + (mode == "late" and files.late or after)
    pending[#pending + 1] = entry
end

function photo.save(object)
    start("save", files.saves, object, files.save_after, files.modes[photo.record(object).uuid])
end

function photo.read(object) start("read", files.reads, object, files.read_after) end

-- Lets everything land that is under way: Lightroom goes on when the plug-in has ended.
function files.settle()
    while #pending > 0 do
        tasks.jump()
        for _, hook in ipairs(tasks.idle_hooks) do hook() end
    end
end

return files
