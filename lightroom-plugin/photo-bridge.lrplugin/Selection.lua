--- The photos that the person means, as entries `{photo, id, uri, path, virtual, edited}`; videos are counted.
local LrApplication = import("LrApplication")
local LrDialogs = import("LrDialogs")
local LrTasks = import("LrTasks")

local Lists = require("Lists")
local Text = require("Text")

local Selection = {}

local CHUNK = 500
local KEYS = { "path", "uuid", "isVirtualCopy", "fileFormat", "isCropped" }

--- The entries of the photos, in their order, and how many videos were left out.
function Selection.entries(catalog, photos)
  local entries, videos = {}, 0
  for chunk in Lists.chunks(photos, CHUNK) do
    local read = catalog:batchGetRawMetadata(chunk, KEYS)
    for _, photo in ipairs(chunk) do
      local raw = read[photo]
      if raw and raw.fileFormat == "VIDEO" then
        videos = videos + 1
      elseif raw and raw.uuid and raw.path then
        entries[#entries + 1] = {
          photo = photo, id = raw.uuid, path = raw.path, uri = Text.uri(raw.path, WIN_ENV),
          virtual = raw.isVirtualCopy == true, edited = raw.isCropped == true,
        }
      end
    end
    LrTasks.yield()
  end
  return entries, videos
end

--- The selected photos, or nil where there are none, or the person thought better of it.
function Selection.photos(title)
  local catalog = LrApplication.activeCatalog()
  local photos = catalog:getTargetPhotos()
  if #photos == 0 then return LrDialogs.message(title, "There are no photos here.", "info") end
  -- With nothing selected, Lightroom means the whole filmstrip.
  local question = ("No photo is selected. Run on all %d photos of the filmstrip?"):format(#photos)
  local certain = catalog:getTargetPhoto() ~= nil
    or LrDialogs.confirm(question, "Nothing that you wrote is replaced.", "Run on all", "Cancel") == "ok"
  return certain and photos or nil
end

return Selection
