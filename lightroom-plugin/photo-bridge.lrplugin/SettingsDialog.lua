--- Settings: how words are applied (kept here), and the model (kept by the daemon).
local LrBinding = import("LrBinding")
local LrDialogs = import("LrDialogs")
local LrPrefs = import("LrPrefs")
local LrProgressScope = import("LrProgressScope")
local LrTasks = import("LrTasks")
local LrView = import("LrView")

local Rpc = require("Rpc")

local SettingsDialog = {}

local CATALOGUE = "Lightroom itself adds the words, at once, with its own Undo; they reach your files when you save "
  .. "metadata."
local XMP = "Lightroom saves, photo-bridge merges into the file or sidecar, Lightroom reads it back; a photo that you "
  .. "edit meanwhile is done in the catalogue. Slower."

--- What can be chosen: what is ready, with what it writes, and what is chosen now.
local function model_items(models, present)
  local items, listed = { { title = "auto (the best that is ready)", value = "auto" } }, { auto = true }
  for _, model in ipairs(models) do
    local title = ("%s (%s)"):format(model.name, table.concat(model.capabilities, ", "))
    if model.state == "ready" then items[#items + 1] = { title = title, value = model.name } end
    listed[model.name] = model.state == "ready"
  end
  items[#items + 1] = not listed[present] and { title = present, value = present } or nil
  return items
end

local function contents(f, props, models, failure)
  local bind = LrView.bind
  local wide = function(text) return f:static_text({ title = text, width_in_chars = 60, height_in_lines = -1 }) end
  return f:column({
    bind_to_object = props, spacing = f:control_spacing(),
    f:static_text({ title = "How words are applied" }),
    f:radio_button({ title = "Catalogue", value = bind("way"), checked_value = "catalogue" }), wide(CATALOGUE),
    f:radio_button({ title = "XMP + Read Metadata", value = bind("way"), checked_value = "xmp" }), wide(XMP),
    f:static_text({ title = "Model" }),
    models and f:popup_menu({ value = bind("model"), items = model_items(models, props.model) })
      or wide(failure.message .. " " .. failure.hint),
  })
end

--- Shows the dialog and keeps what was chosen. Without a daemon it says why there are no models to choose from.
function SettingsDialog.show(title, context)
  local prefs, props = LrPrefs.prefsForPlugin(), LrBinding.makePropertyTable(context)
  local progress = LrProgressScope({ title = "photo-bridge: asking for models", functionContext = context })
  local run, models = { canceled = function() return progress:isCanceled() end }, nil
  LrTasks.pcall(function()
    run.rpc = Rpc.open(run)
    models, props.model = run.rpc:call("models.list"), run.rpc:call("settings.get").model or "auto"
  end)
  progress:done()
  local before = props.model
  props.way = prefs.way == "xmp" and "xmp" or "catalogue"
  local view = contents(LrView.osFactory(), props, models, run.failure)
  if LrDialogs.presentModalDialog({ title = "photo-bridge", contents = view }) ~= "ok" then return end
  prefs.way = props.way
  if models and props.model ~= before then
    local _, refused = run.rpc:try("settings.set", { name = "model", value = props.model })
    if refused then LrDialogs.message(title .. ": " .. refused.message, refused.hint, "critical") end
  end
end

return SettingsDialog
