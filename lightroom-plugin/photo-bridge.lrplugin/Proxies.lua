--- Pictures that only Lightroom can render: offline originals, virtual copies, crops.
local LrDate = import("LrDate")
local LrExportSession = import("LrExportSession")
local LrFileUtils = import("LrFileUtils")
local LrPathUtils = import("LrPathUtils")
local LrTasks = import("LrTasks")

local Text = require("Text")

local Proxies = {}

local THUMBNAIL_SECONDS = 20

--- A preview. The callback may come at once, late, or more than once; the request lives as long as it is held.
local function thumbnail(photo, edge, canceled)
  local bytes, answered
  local request = photo:requestJpegThumbnail(edge, edge, function(jpeg)
    bytes, answered = answered and bytes or jpeg, true
  end)
  local deadline = LrDate.currentTime() + THUMBNAIL_SECONDS
  while not answered and request and LrDate.currentTime() < deadline and not canceled() do
    LrTasks.sleep(0.05)
  end
  return bytes
end

--- The second way: a real export into a folder of its own.
local function export(photo, edge)
  local name = "photo-bridge-" .. Text.unique(LrDate.currentTime())
  local folder, bytes = LrPathUtils.child(LrPathUtils.getStandardFilePath("temp"), name), nil
  LrFileUtils.createAllDirectories(folder)
  local session = LrExportSession({ photosToExport = { photo }, exportSettings = {
    LR_exportServiceProvider = "com.adobe.ag.export.file", LR_export_destinationType = "specificFolder",
    LR_export_destinationPathPrefix = folder, LR_export_useSubfolder = false, LR_reimportExportedPhoto = false,
    LR_export_postProcessing = "doNothing", LR_collisionHandling = "rename", LR_renamingTokensOn = false,
    LR_extensionCase = "lowercase", LR_format = "JPEG", LR_jpeg_quality = 0.85, LR_jpeg_useLimitSize = false,
    LR_export_colorSpace = "sRGB", LR_size_doConstrain = true, LR_size_doNotEnlarge = true,
    LR_size_resizeType = "longEdge", LR_size_maxHeight = edge, LR_size_maxWidth = edge, LR_size_units = "pixels",
    LR_size_resolution = 72, LR_size_resolutionUnits = "inch", LR_outputSharpeningOn = false,
    LR_useWatermark = false, LR_minimizeEmbeddedMetadata = false,
  } })
  for _, rendition in session:renditions() do
    local fine, path = rendition:waitForRender()
    local file = fine and io.open(path, "rb")
    if file then
      bytes = file:read("*a")
      file:close()
      LrFileUtils.delete(path)
    end
  end
  LrFileUtils.delete(folder)
  return bytes
end

--- The bytes of a JPEG of the photo as Lightroom shows it, its longest edge at least `edge` where Lightroom has it so
-- large; nil where Lightroom renders none.
function Proxies.render(photo, edge, canceled)
  for _, way in ipairs({ thumbnail, export }) do
    local fine, bytes = LrTasks.pcall(way, photo, edge, canceled)
    if canceled() or fine and bytes and bytes ~= "" then return fine and bytes or nil end
  end
end

return Proxies
