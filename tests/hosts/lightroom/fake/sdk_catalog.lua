-- LrCatalog and LrKeyword, over catalog.lua. Names and signatures: the SDK's API reference 11.4.

local catalog = require "catalog"
local collections = require "collections"
local photo = require "photo"
local strict = require "strict"
local tasks = require "tasks"

local sdk = {}
local Catalog, Keyword

-- -- LrKeyword ----------------------------------------------------------------------------------------------------

-- Each call gives a fresh object: two of one keyword are equal, but are not one key of a table.
function sdk.keyword(id) return strict.object(Keyword, { id = id }) end

local function known(object, what)
    local own = strict.data(object, Keyword, "the keyword")
    tasks.require_task("keyword:" .. what)
    local record = catalog.keywords[own.id]
    strict.check(record, "keyword:%s of a keyword that is not in the catalogue", what)
    strict.check(not record.pending, "keyword:%s of %q, which was made in this gate: it cannot be read before the "
        .. "gate has ended", what, record.name)
    return record
end

local function listed(of)
    local found = {}
    for id, record in pairs(catalog.keywords) do
        if of(record) and not record.pending then found[#found + 1] = id end
    end
    table.sort(found)
    for index, id in ipairs(found) do found[index] = sdk.keyword(id) end
    return found
end

local function check_name(name)
    strict.type_of(name, "string", "the name of a keyword")
    -- Not strict.violation: Lightroom raises, and a plug-in may let the one photo fail.
    if not name:find("%S") then error("createKeyword: the name is empty", 3) end
    if name:find("[,|]") then error("createKeyword: a name cannot hold ',' or '|': " .. name, 3) end
    return (name:gsub("^%s+", ""):gsub("%s+$", ""))
end

local function copy(list)
    local made = {}
    for index, value in ipairs(list) do made[index] = value end
    return made
end

Keyword = strict.class("LrKeyword", {
    getName = function(self) return known(self, "getName").name end,
    getParent = function(self)
        local parent = known(self, "getParent").parent
        return parent and sdk.keyword(parent) or nil
    end,
    getChildren = function(self)
        local record = known(self, "getChildren")
        return listed(function(other) return other.parent == record.id end)
    end,
    getSynonyms = function(self) return copy(known(self, "getSynonyms").synonyms) end,
    getPhotos = function(self)
        local record = known(self, "getPhotos")
        local found = {}
        for _, one in ipairs(catalog.photos) do
            if one.keywords[record.id] then found[#found + 1] = photo.object(one) end
        end
        return found
    end,
    getAttributes = function(self)
        local record = known(self, "getAttributes")
        return { keywordName = record.name, synonyms = copy(record.synonyms), includeOnExport = record.export }
    end,
    setAttributes = function(self, info)
        catalog.require_gate("keyword:setAttributes")
        local record = known(self, "setAttributes")
        for key, value in pairs(info) do
            if key == "keywordName" then
                local other = catalog.find_keyword(check_name(value), record.parent)
                if other and other ~= record then return false end
                catalog.set(record, "name", check_name(value))
            elseif key == "synonyms" then
                catalog.set(record, "synonyms", copy(value))
            elseif key == "includeOnExport" then
                catalog.set(record, "export", value)
            else
                strict.violation("keyword:setAttributes has no " .. tostring(key))
            end
        end
        return true
    end,
}, {
    localIdentifier = function(own) return own.id end,
    catalog = function() return sdk.active end,
}, function(a, b) return a.id == b.id end)

-- -- LrCatalog ----------------------------------------------------------------------------------------------------

local function objects(uuids)
    local found = {}
    for index, uuid in ipairs(uuids) do found[index] = photo.object(catalog.by_uuid[uuid]) end
    return found
end

local function everything(records)
    local found = {}
    for index, record in ipairs(records) do found[index] = photo.object(record) end
    return found
end

local function batch(what, read, keys)
    return function(self, photos, wanted)
        strict.data(self, Catalog, "the catalogue")
        tasks.require_task("catalog:" .. what)
        strict.type_of(photos, "table", "the photos of " .. what)
        local found = {}
        for _, object in ipairs(photos) do
            local values = {}
            for _, key in ipairs(wanted or keys()) do values[key] = read(object, key) end
            found[object] = values
        end
        return found
    end
end

Catalog = strict.class("LrCatalog", {
    withWriteAccessDo = function(self, ...)
        strict.data(self, Catalog, "the catalogue")
        return catalog.with_write_access(...)
    end,
    assertHasWriteAccess = function(_, name) catalog.require_gate(name or "this") end,
    getTargetPhoto = function() return objects(catalog.selected)[1] end,
    getTargetPhotos = function()
        return #catalog.selected > 0 and objects(catalog.selected) or everything(collections.visible())
    end,
    getMultipleSelectedOrAllPhotos = function()
        return #catalog.selected > 1 and objects(catalog.selected) or everything(collections.visible())
    end,
    getAllPhotos = function()
        tasks.require_task("catalog:getAllPhotos")
        return everything(catalog.photos)
    end,
    findPhotoByUuid = function(self, uuid)
        strict.data(self, Catalog, "the catalogue")
        tasks.require_task("catalog:findPhotoByUuid")
        local record = catalog.by_uuid[uuid]
        return record and photo.object(record) or nil
    end,
    -- What the second argument may be is not in the reference; false is what plug-ins in use give.
    findPhotoByPath = function(self, path, with_case)
        strict.data(self, Catalog, "the catalogue")
        tasks.require_task("catalog:findPhotoByPath")
        strict.type_of(path, "string", "the path of a photo")
        strict.check(with_case == nil or with_case == false, "caseSensitivity %s", tostring(with_case))
        for _, record in ipairs(catalog.photos) do
            local same = record.path == path or with_case == false and record.path:lower() == path:lower()
            if same and not record.copy_of then return photo.object(record) end
        end
    end,
    batchGetRawMetadata = batch("batchGetRawMetadata", photo.raw, photo.raw_keys),
    batchGetFormattedMetadata = batch("batchGetFormattedMetadata", photo.formatted, photo.formatted_keys),
    getKeywords = function()
        tasks.require_task("catalog:getKeywords")
        return listed(function(record) return record.parent == nil end)
    end,
    getKeywordsByLocalId = function(_, ids)
        tasks.require_task("catalog:getKeywordsByLocalId")
        local found = {}
        for _, id in ipairs(ids) do
            if catalog.keywords[id] then found[#found + 1] = sdk.keyword(id) end
        end
        return found
    end,
    getLabelMapToColorName = function()
        tasks.require_task("catalog:getLabelMapToColorName")
        return { red = "Rot", yellow = "Gelb", green = "Grün", blue = "Blau", purple = "Lila" }
    end,
    getPath = function() return catalog.path end,
    setSelectedPhotos = function(self, active, others)
        strict.data(self, Catalog, "the catalogue")
        local seen, wanted = {}, { photo.record(active).uuid }
        for _, record in ipairs(collections.visible()) do seen[record.uuid] = true end
        for _, other in ipairs(others) do
            local uuid = photo.record(other).uuid
            if uuid ~= wanted[1] then table.insert(wanted, uuid) end
        end
        if not seen[wanted[1]] then return end -- what is not shown cannot be selected
        catalog.selected = {}
        for _, uuid in ipairs(wanted) do
            if seen[uuid] then table.insert(catalog.selected, uuid) end
        end
    end,
    createKeyword = function(self, name, synonyms, export, parent, existing)
        strict.data(self, Catalog, "the catalogue")
        catalog.require_gate("catalog:createKeyword")
        strict.type_of(synonyms, "table", "the synonyms of a keyword")
        strict.type_of(export, "boolean", "includeOnExport")
        local parent_id = parent ~= nil and strict.data(parent, Keyword, "the parent").id or nil
        name = check_name(name)
        local found = catalog.find_keyword(name, parent_id)
        -- One that was made in this gate is not found again, but its name is taken (public code, and issue 4).
        if found then return existing and not found.pending and sdk.keyword(found.id) or false end
        return sdk.keyword(catalog.add_keyword(name, parent_id, copy(synonyms), export).id)
    end,
    deleteKeyword = function(self, keyword)
        strict.data(self, Catalog, "the catalogue")
        if not catalog.deletes_keywords then error('LrCatalog has no "deleteKeyword"', 2) end
        catalog.require_gate("catalog:deleteKeyword")
        local record = known(keyword, "deleteKeyword")
        for _, other in pairs(copy(listed(function(child) return child.parent == record.id end))) do
            self:deleteKeyword(other)
        end
        for _, one in ipairs(catalog.photos) do
            if one.keywords[record.id] then photo.detach(one, record.id) end
        end
        catalog.change(function() catalog.keywords[record.id] = nil end,
            function() catalog.keywords[record.id] = record end)
    end,
    createCollection = collections.methods.createCollection,
    createCollectionSet = collections.methods.createCollectionSet,
    getChildCollections = collections.methods.getChildCollections,
    getChildCollectionSets = collections.methods.getChildCollectionSets,
    getActiveSources = collections.methods.getActiveSources,
    setActiveSources = collections.methods.setActiveSources,
    getPropertyForPlugin = collections.methods.getPropertyForPlugin,
    setPropertyForPlugin = collections.methods.setPropertyForPlugin,
    withPrivateWriteAccessDo = collections.methods.withPrivateWriteAccessDo,
}, {
    hasWriteAccess = function() return tasks.gate ~= nil end,
    kAllPhotos = function() return "kAllPhotos" end,
})

sdk.active = strict.object(Catalog, {})
sdk.Keyword = Keyword
photo.keyword_object = sdk.keyword
photo.keyword_id = function(object) return strict.data(object, Keyword, "the keyword").id end

return sdk
