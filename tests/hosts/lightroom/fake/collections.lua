-- LrCollection, LrCollectionSet and LrFolder, and what Lightroom shows. Names and signatures: the SDK's API reference.

local catalog = require "catalog"
local photo = require "photo"
local strict = require "strict"
local tasks = require "tasks"

local collections = {}
local Collection, Set, Folder

local SHOWS_LATE = 0.5 -- seconds until a source that a plug-in sets is shown

local function object(record)
    return strict.object(record.kind == "set" and Set or Collection, { id = record.id })
end

local function record_of(self, class, what)
    local own = strict.data(self, class, "the collection")
    tasks.require_task("collection:" .. what)
    local record = catalog.collections[own.id]
    strict.check(record, "%s of a collection that is not in the catalogue", what)
    return record
end

local function known(self, class, what)
    local record = record_of(self, class, what)
    strict.check(not record.pending, "collection:%s of %q, which was made in this gate", what, record.name)
    return record
end

local function inside(parent, of)
    local found = {}
    for id, record in pairs(catalog.collections) do
        if record.parent == parent and not record.pending and of(record) then found[#found + 1] = id end
    end
    table.sort(found)
    for index, id in ipairs(found) do found[index] = object(catalog.collections[id]) end
    return found
end

local function is_set(record) return record.kind == "set" end
local function is_collection(record) return record.kind ~= "set" end
local function any() return true end

local function fillable(self, what)
    local record = record_of(self, Collection, what)
    catalog.require_gate("collection:" .. what)
    if record.kind == "smart" then error("collection:" .. what .. " of a smart collection", 3) end
    return record
end

local function replace(record, photos)
    catalog.set(record, "photos", photos)
end

Collection = strict.class("LrCollection", {
    getName = function(self) return known(self, Collection, "getName").name end,
    isSmartCollection = function(self) return known(self, Collection, "isSmartCollection").kind == "smart" end,
    getPhotos = function(self)
        local found = {}
        for index, uuid in ipairs(known(self, Collection, "getPhotos").photos) do
            found[index] = photo.object(catalog.by_uuid[uuid])
        end
        return found
    end,
    addPhotos = function(self, photos)
        local record = fillable(self, "addPhotos")
        strict.type_of(photos, "table", "the photos of a collection")
        local now, there = {}, {}
        for index, uuid in ipairs(record.photos) do now[index], there[uuid] = uuid, true end
        for _, one in ipairs(photos) do
            local uuid = photo.record(one).uuid
            if not there[uuid] then now[#now + 1], there[uuid] = uuid, true end
        end
        replace(record, now)
    end,
    removeAllPhotos = function(self) replace(fillable(self, "removeAllPhotos"), {}) end,
}, {
    localIdentifier = function(own)
        strict.check(not catalog.collections[own.id].pending, "localIdentifier of a collection made in this gate")
        return own.id
    end,
}, function(a, b) return a.id == b.id end)

Set = strict.class("LrCollectionSet", {
    getName = function(self) return known(self, Set, "getName").name end,
    getChildCollections = function(self) return inside(known(self, Set, "getChildren").id, is_collection) end,
    getChildCollectionSets = function(self) return inside(known(self, Set, "getChildren").id, is_set) end,
    getChildren = function(self) return inside(known(self, Set, "getChildren").id, any) end,
}, {
    localIdentifier = function(own) return own.id end,
}, function(a, b) return a.id == b.id end)

Folder = strict.class("LrFolder", {
    getName = function(self) return strict.data(self, Folder, "the folder").path:match("[^/]*$") end,
    getPath = function(self) return strict.data(self, Folder, "the folder").path end,
}, {})

-- A new one, or nil where the name is taken (a prior one where that is asked for).
local function create(name, parent, prior, kind)
    catalog.require_gate("createCollection")
    strict.type_of(name, "string", "the name of a collection")
    strict.check(name:find("%S") and not name:find("%c"), "%q is no name of a collection", name)
    local above = parent and known(parent, Set, "being a parent").id or nil
    for _, record in pairs(catalog.collections) do
        if record.parent == above and record.name:lower() == name:lower() then
            return prior and object(record) or nil
        end
    end
    local record = { id = catalog.next_id, name = name, parent = above, kind = kind, photos = {}, pending = true }
    catalog.next_id = catalog.next_id + 1
    catalog.change(function() catalog.collections[record.id] = record end,
        function() catalog.collections[record.id] = nil end)
    return object(record)
end

local function shown()
    if catalog.next_sources and tasks.now() >= catalog.next_sources.at then
        catalog.sources, catalog.next_sources = catalog.next_sources.sources, nil
    end
    return catalog.sources
end

local function holds(source, one)
    if source.folder then return one.path:sub(1, #source.folder + 1) == source.folder .. "/" end
    for _, uuid in ipairs(catalog.collections[source.collection].photos) do
        if uuid == one.uuid then return true end
    end
    return false
end

-- The photos that the filmstrip shows, in the order of the catalogue: no plug-in chooses another.
function collections.visible()
    local sources, found = shown(), {}
    for _, one in ipairs(catalog.photos) do
        local seen = not sources
        for _, source in ipairs(sources or {}) do seen = seen or holds(source, one) end
        if seen then found[#found + 1] = one end
    end
    return found
end

collections.methods = {
    createCollection = function(_, name, parent, prior) return create(name, parent, prior, "plain") end,
    createCollectionSet = function(_, name, parent, prior) return create(name, parent, prior, "set") end,
    getChildCollections = function()
        tasks.require_task("catalog:getChildCollections")
        return inside(nil, is_collection)
    end,
    getChildCollectionSets = function()
        tasks.require_task("catalog:getChildCollectionSets")
        return inside(nil, is_set)
    end,
    getActiveSources = function()
        tasks.require_task("catalog:getActiveSources")
        local found = {}
        for index, source in ipairs(shown() or {}) do
            found[index] = source.folder and strict.object(Folder, { path = source.folder })
                or object(catalog.collections[source.collection])
        end
        return shown() and found or { "kAllPhotos" }
    end,
    setActiveSources = function(_, sources)
        tasks.require_task("catalog:setActiveSources")
        strict.check(not tasks.gate, "setActiveSources inside a write gate")
        local meant = {}
        for index, source in ipairs(sources) do
            meant[index] = { collection = known(source, Collection, "being shown").id }
        end
        catalog.next_sources = { sources = meant, at = tasks.now() + SHOWS_LATE }
    end,
    setPropertyForPlugin = function(_, plugin, field, value)
        strict.check(tasks.gate, "catalog:setPropertyForPlugin outside of a gate")
        strict.type_of(plugin, "table", "the plug-in")
        strict.type_of(field, "string", "the property")
        strict.check(type(value) ~= "table" and type(value) ~= "function", "a property cannot be a %s", type(value))
        catalog.properties[field] = value
    end,
    getPropertyForPlugin = function(_, plugin, field)
        strict.type_of(plugin, "table", "the plug-in")
        strict.type_of(field, "string", "the property")
        tasks.require_task("catalog:getPropertyForPlugin")
        return catalog.properties[field]
    end,
    withPrivateWriteAccessDo = function(_, ...) return catalog.with_private_write_access(...) end,
}

return collections
