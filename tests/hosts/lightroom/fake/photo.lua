-- LrPhoto over a record of the catalogue. A record: {uuid, id, path, format, keywords = {[id] = true}, title, caption,
-- alt, rating, color, label, pick, develop, cropped, locked, copy_of, copy_name, smart, render, edited_at}.

local catalog = require "catalog"
local strict = require "strict"
local tasks = require "tasks"

local photo = { sdk = 14 }
local Photo
local interned = setmetatable({}, { __mode = "v" })

-- One object a photo, as Lightroom's are keys of the tables that batchGetRawMetadata returns.
function photo.object(record)
    interned[record.uuid] = interned[record.uuid] or strict.object(Photo, record)
    return interned[record.uuid]
end

function photo.record(object) return strict.data(object, Photo, "the photo") end

function photo.exists(path)
    local file = io.open(path, "rb")
    if file then file:close() end
    return file ~= nil
end

-- -- reading ------------------------------------------------------------------------------------------------------

local function copies_of(record)
    local found = {}
    for _, other in ipairs(catalog.photos) do
        if other.copy_of == record.uuid then found[#found + 1] = photo.object(other) end
    end
    return found
end

local RAW = {
    uuid = function(r) return r.uuid end,
    path = function(r) return r.path end,
    fileFormat = function(r) return r.format end,
    isVideo = function(r) return r.format == "VIDEO" end,
    isVirtualCopy = function(r) return r.copy_of ~= nil end,
    masterPhoto = function(r) return r.copy_of and photo.object(catalog.by_uuid[r.copy_of]) or nil end,
    virtualCopies = copies_of,
    countVirtualCopies = function(r) return #copies_of(r) end,
    isCropped = function(r) return r.cropped or false end,
    rating = function(r) return r.rating end,
    pickStatus = function(r) return r.pick end,
    colorNameForLabel = function(r) return r.color end,
    lastEditTime = function(r) return r.edited_at end,
    editCount = function(r) return r.develop end,
    dimensions = function() return { width = 320, height = 240 } end,
    croppedDimensions = function(r) return { width = r.cropped and 160 or 320, height = r.cropped and 120 or 240 } end,
    width = function() return 320 end,
    height = function() return 240 end,
    fileSize = function() return 12345 end,
    dateTimeOriginalISO8601 = function() return "2026-06-01T12:00:00" end,
    smartPreviewInfo = function(r)
        return r.smart and { smartPreviewPath = r.smart, smartPreviewSize = 12345 } or (r.id % 2 == 0 and {} or nil)
    end,
    keywords = function(r)
        local ids, found = {}, {}
        for id in pairs(r.keywords) do ids[#ids + 1] = id end
        table.sort(ids)
        for index, id in ipairs(ids) do found[index] = photo.keyword_object(id) end
        return found
    end,
}

-- The SDK does not say whether "no text" is nil or empty: both come, by photo.
local function text_of(field)
    return function(r)
        if r[field] == "" and r.id % 2 == 0 then return nil end
        return r[field]
    end
end

local function leaf(path) return path:match("[^/]*$") end

local FORMATTED = {
    title = text_of("title"),
    caption = text_of("caption"),
    fileName = function(r) return leaf(r.path) end,
    copyName = function(r) return r.copy_name end,
    folderName = function(r) return leaf(r.path:match("^(.*)/")) end,
    label = function(r) return r.label end,
    rating = function(r) return r.rating end,
    fileType = function(r) return r.format end,
    keywordTags = function(r)
        local names = {}
        for id in pairs(r.keywords) do names[#names + 1] = catalog.keywords[id].name end
        table.sort(names)
        return table.concat(names, ", ")
    end,
    headline = function() return "" end,
    dateTimeOriginal = function() return "2026-06-01 12:00:00" end,
}
local ALT = text_of("alt")

local function reader(kind, known)
    return function(object, key)
        local record = photo.record(object)
        tasks.require_task("photo metadata")
        strict.check(not photo.in_callback, "metadata read inside a thumbnail callback: nothing may wait there")
        local read = known[key]
        if known == FORMATTED and key == "altTextAccessibility" and photo.sdk >= 13.2 then read = ALT end
        strict.check(read, "photo:get%sMetadata has no key %q", kind, tostring(key))
        return read(record)
    end
end

local function keys_of(known)
    return function()
        local found = {}
        for key in pairs(known) do found[#found + 1] = key end
        return found
    end
end

photo.raw, photo.raw_keys = reader("Raw", RAW), keys_of(RAW)
photo.formatted, photo.formatted_keys = reader("Formatted", FORMATTED), keys_of(FORMATTED)

-- -- writing ------------------------------------------------------------------------------------------------------

local function writable(object, what)
    local record = photo.record(object)
    catalog.require_gate("photo:" .. what)
    if record.locked then error("The photo cannot be edited: it is locked for AI processing.", 3) end
    return record
end

local function text(field, most)
    return function(record, value)
        strict.type_of(value, "string", field)
        strict.check(#value <= most, "%s is too long", field)
        catalog.set(record, field, value)
    end
end

local COLORS = { red = "Rot", yellow = "Gelb", green = "Grün", blue = "Blau", purple = "Lila", none = "" }
local WRITE = {
    title = text("title", 64000),
    caption = text("caption", 64000),
    rating = function(record, value)
        strict.check(value == nil or (type(value) == "number" and value % 1 == 0 and value >= 1 and value <= 5),
            "rating must be nil or 1..5, not %s", tostring(value))
        catalog.set(record, "rating", value)
    end,
    pickStatus = function(record, value)
        strict.check(value == -1 or value == 0 or value == 1, "pickStatus must be -1, 0 or 1, not %s", tostring(value))
        catalog.set(record, "pick", value)
    end,
    colorNameForLabel = function(record, value)
        strict.check(COLORS[value], "colorNameForLabel cannot be %s", tostring(value))
        catalog.set(record, "color", value)
        catalog.set(record, "label", COLORS[value])
    end,
}
local WRITE_ALT = text("alt", 64000)

function photo.attach(record, id)
    if record.keywords[id] then return end
    catalog.change(function() record.keywords[id] = true end, function() record.keywords[id] = nil end)
end

function photo.detach(record, id)
    if not record.keywords[id] then return end
    catalog.change(function() record.keywords[id] = nil end, function() record.keywords[id] = true end)
end

Photo = strict.class("LrPhoto", {
    getRawMetadata = photo.raw,
    getFormattedMetadata = photo.formatted,
    setRawMetadata = function(self, key, value)
        local record = writable(self, "setRawMetadata")
        local write = WRITE[key]
        if key == "altTextAccessibility" and photo.sdk >= 13.2 then write = WRITE_ALT end
        strict.check(write, "photo:setRawMetadata has no key %q", tostring(key))
        write(record, value)
    end,
    addKeyword = function(self, keyword)
        local record = writable(self, "addKeyword")
        local id = photo.keyword_id(keyword)
        strict.check(catalog.keywords[id], "addKeyword of a keyword that is not in the catalogue")
        photo.attach(record, id)
    end,
    removeKeyword = function(self, keyword)
        local record = writable(self, "removeKeyword")
        photo.detach(record, photo.keyword_id(keyword))
    end,
    checkPhotoAvailability = function(self)
        tasks.require_task("photo:checkPhotoAvailability")
        return photo.exists(photo.record(self).path)
    end,
    isAvailableForEditing = function(self)
        if photo.sdk < 15.3 then error('LrPhoto has no "isAvailableForEditing"', 2) end
        return not photo.record(self).locked
    end,
    requestJpegThumbnail = function(...) return photo.request_thumbnail(...) end,
    saveMetadata = function(...) return photo.save(...) end, -- these two: found in use, in no reference
    readMetadata = function(...) return photo.read(...) end,
}, {
    localIdentifier = function(record) return record.id end,
    catalog = function() return require("sdk_catalog").active end,
})

-- A Lightroom that does not have what its reference does not name.
function photo.without_undocumented() Photo.methods.saveMetadata, Photo.methods.readMetadata = nil, nil end

return photo
