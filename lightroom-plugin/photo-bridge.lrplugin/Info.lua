-- A pure table: Lightroom reads it where neither `import` nor `require` exist.
local ITEMS = {
  { title = "AI Keyword Selected", file = "MenuKeyword.lua", enabledWhen = "photosAvailable" },
  { title = "AI Caption Selected", file = "MenuCaption.lua", enabledWhen = "photosAvailable" },
  { title = "AI Cull Selected…", file = "MenuCull.lua", enabledWhen = "photosAvailable" },
  { title = "Find photos by text…", file = "MenuFind.lua" },
  { title = "Find similar to this photo", file = "MenuSimilar.lua", enabledWhen = "photosSelected" },
  { title = "Add keyword to found photos…", file = "MenuAddKeyword.lua", enabledWhen = "photosAvailable" },
  { title = "Undo Last AI Run", file = "MenuUndo.lua" },
  { title = "Open Review Page", file = "MenuReview.lua" },
  { title = "Settings", file = "MenuSettings.lua" },
}

return {
  LrSdkVersion = 14.0,
  LrSdkMinimumVersion = 10.0,
  LrToolkitIdentifier = "org.photobridge.lightroom",
  LrPluginName = "photo-bridge",
  VERSION = { major = 0, minor = 1, revision = 0 },
  LrLibraryMenuItems = ITEMS, -- Library > Plug-in Extras
  LrExportMenuItems = ITEMS, -- File > Plug-in Extras
  -- The SDK has no way into a context menu; built-in presets of an export service stand under right-click > Export.
  LrExportServiceProvider = { title = "photo-bridge", file = "ExportProvider.lua", builtInPresetsDir = "presets" },
}
