--- The way into right-click > Export: nothing is rendered, the photos go to the action that the preset names.
local LrView = import("LrView")

local Actions = require("Actions")

local ITEMS = {
  { title = "AI Keyword Selected", value = "keywords" },
  { title = "AI Caption Selected", value = "caption" },
  { title = "AI Cull Selected", value = "cull" },
}

local function sections(f)
  return { {
    title = "photo-bridge",
    f:row({
      f:static_text({ title = "Action" }),
      f:popup_menu({ value = LrView.bind("photoBridgeAction"), items = ITEMS }),
    }),
    f:static_text({ title = "No files are exported: the photos are looked at, and your catalogue gets the words." }),
  } }
end

local function process(context, export)
  local photos = {}
  for photo in export.exportSession:photosToExport() do photos[#photos + 1] = photo end
  for _, photo in ipairs(photos) do
    export.exportSession:removePhoto(photo) -- so that Lightroom renders none
  end
  Actions.run(export.propertyTable.photoBridgeAction or "keywords", photos, context)
end

return {
  hideSections = { "exportLocation", "fileNaming", "fileSettings", "imageSettings", "outputSharpening", "metadata",
    "video", "watermarking" },
  allowFileFormats = { "JPEG" },
  allowColorSpaces = { "sRGB" },
  canExportVideo = false,
  exportPresetFields = { { key = "photoBridgeAction", default = "keywords" } },
  sectionsForTopOfDialog = sections,
  processRenderedPhotos = process,
}
