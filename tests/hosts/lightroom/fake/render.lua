-- Pixels: photo:requestJpegThumbnail and LrExportSession, with real JPEG bytes of the record's `render` file.

local catalog = require "catalog"
local photo = require "photo"
local strict = require "strict"
local tasks = require "tasks"

local render = {
    -- How the next thumbnails come, in turn; the last is that of all others. late: seconds; cached: inside the call;
    -- never; twice; fails: (nil, text).
    thumbnails = { "late" },
    late = 0.3,
    requests = {}, -- {uuid, width, height, how, answered}
    exports = {}, -- {uuid, ok, settings}
}

local Request = strict.class("LrThumbnailRequest", {}, {})

-- Lightroom can render what is there, or what has a smart preview.
local function pixels(record)
    if not photo.exists(record.path) and not record.smart then return nil end
    local file = assert(io.open(record.render or record.smart or record.path, "rb"))
    local bytes = file:read("*a")
    file:close()
    return bytes
end

function photo.request_thumbnail(self, width, height, callback)
    local record = photo.record(self)
    strict.type_of(width, "number", "the width of a thumbnail")
    strict.type_of(height, "number", "the height of a thumbnail")
    strict.type_of(callback, "function", "the callback of a thumbnail")
    local how = #render.thumbnails > 1 and table.remove(render.thumbnails, 1) or render.thumbnails[1]
    local entry = { uuid = record.uuid, width = width, height = height, how = how, answered = 0 }
    render.requests[#render.requests + 1] = entry
    local function answer()
        entry.answered = entry.answered + 1
        local bytes = how ~= "fails" and pixels(record) or nil
        photo.in_callback = true
        local ok, err = pcall(callback, bytes, not bytes and "no preview could be made" or nil)
        photo.in_callback = false
        if not ok then tasks.errors[#tasks.errors + 1] = tostring(err) end
    end
    local request = strict.object(Request, {})
    if how == "cached" then
        answer()
        return request
    end
    -- A request that nobody holds any more is collected, and its callback never comes.
    local held = setmetatable({ request }, { __mode = "v" })
    local due = tasks.now() + render.late
    if how ~= "never" then
        tasks.spawn(function()
            tasks.wait("a thumbnail", function() return tasks.now() >= due end, due)
            for _ = 1, how == "twice" and 2 or 1 do
                collectgarbage()
                if held[1] then answer() else entry.how = "collected" end
            end
        end, "thumbnail")
    end
    return request
end

-- -- LrExportSession ----------------------------------------------------------------------------------------------

local SETTINGS = {}
for name in ([[LR_format LR_jpeg_quality LR_jpeg_useLimitSize LR_jpeg_limitSize LR_size_doConstrain LR_size_resizeType
    LR_size_maxHeight LR_size_maxWidth LR_size_units LR_size_resolution LR_size_resolutionUnits LR_size_doNotEnlarge
    LR_size_percentage LR_size_megapixels LR_collisionHandling LR_export_destinationType
    LR_export_destinationPathPrefix LR_export_destinationPathSuffix LR_export_useSubfolder LR_export_colorSpace
    LR_export_bitDepth LR_minimizeEmbeddedMetadata LR_embeddedMetadataOption LR_metadata_keywordOptions
    LR_removeLocationMetadata LR_removeFaceMetadata LR_reimportExportedPhoto LR_exportServiceProvider
    LR_useWatermark LR_outputSharpeningOn LR_outputSharpeningLevel LR_outputSharpeningMedia
    LR_includeVideoFiles LR_export_videoFileHandling LR_tokens LR_tokenCustomString LR_renamingTokensOn
    LR_extensionCase LR_initialSequenceNumber LR_export_postProcessing LR_reimport_stackWithOriginal]]):gmatch("%S+") do
    SETTINGS[name] = true
end

local Rendition = strict.class("LrExportRendition", {
    waitForRender = function(self)
        local own = strict.data(self, render.Rendition, "the rendition")
        tasks.wait("rendition:waitForRender", function() return tasks.now() >= own.due end, own.due)
        local bytes = pixels(own.record)
        render.exports[#render.exports + 1] = { uuid = own.record.uuid, ok = bytes ~= nil, settings = own.settings }
        if not bytes then return false, "The file could not be found." end
        local file = assert(io.open(own.path, "wb"))
        file:write(bytes)
        file:close()
        return true, own.path
    end,
    skipRender = function() end,
    uploadFailed = function(self, why)
        strict.type_of(why, "string", "why an upload failed")
        strict.data(self, render.Rendition, "the rendition").failed = why
    end,
    renditionIsDone = function() end,
}, {
    photo = function(own) return photo.object(own.record) end,
    destinationPath = function(own) return own.path end,
    wasSkipped = function() return false end,
})
render.Rendition = Rendition

local Session = strict.class("LrExportSession", {
    countRenditions = function(self) return #strict.data(self, render.Session, "the export session").photos end,
    photosToExport = function(self)
        local at, photos = 0, strict.data(self, render.Session, "the export session").photos
        return function()
            at = at + 1
            return photos[at]
        end
    end,
    renditions = function(self)
        local own = strict.data(self, render.Session, "the export session")
        tasks.require_task("exportSession:renditions")
        local at = 0
        return function()
            at = at + 1
            local object = own.photos[at]
            if not object then return nil end
            local record = photo.record(object)
            local folder = own.settings.LR_export_destinationPathPrefix or catalog.temp
            local name = (record.path:match("([^/]*)%.[^./]*$") or record.uuid) .. "-" .. record.id .. ".jpg"
            return at, strict.object(Rendition, {
                record = record, settings = own.settings, path = folder .. "/" .. name, due = tasks.now() + 0.05,
            })
        end
    end,
    doExportOnCurrentTask = function(self)
        for _, rendition in self:renditions() do rendition:waitForRender() end
    end,
    removePhoto = function(self, object)
        local own = strict.data(self, render.Session, "the export session")
        for index, other in ipairs(own.photos) do
            if other == object then return table.remove(own.photos, index) end
        end
    end,
}, {})
render.Session = Session

function render.knows(name) return SETTINGS[name] end

function render.session(photos, settings)
    for _, object in ipairs(photos) do photo.record(object) end
    for key in pairs(settings) do
        if type(key) == "string" and key:find("^LR_") then
            strict.check(SETTINGS[key], "there is no export setting %s", key)
        end
    end
    return strict.object(Session, { photos = photos, settings = settings })
end

render.LrExportSession = strict.namespace("LrExportSession", {
    __call = function(_, args)
        strict.type_of(args.photosToExport, "table", "photosToExport")
        strict.type_of(args.exportSettings, "table", "exportSettings")
        return render.session(args.photosToExport, args.exportSettings)
    end,
})

return render
