--- What culling asks a person: how to judge, and whether what was found is to be set.
local LrBinding = import("LrBinding")
local LrDialogs = import("LrDialogs")
local LrPrefs = import("LrPrefs")
local LrView = import("LrView")

local CullDialogs = {}

local WAYS = {
  { title = "pick flags", value = "pick" },
  { title = "colour labels", value = "label" },
  { title = "ratings", value = "rating" },
}
local PROMISE = "You see how many there are first: nothing is set before you say so, and nothing is deleted. Flags, "
  .. "labels and ratings that you gave stay."

local function wide(f, text)
  return f:static_text({ title = text, width_in_chars = 60, height_in_lines = -1 })
end

local function row(f, title, key, items)
  return f:row({ f:static_text({ title = title }), f:popup_menu({ value = LrView.bind(key), items = items }) })
end

local function offered(items, value)
  for _, item in ipairs(items) do
    if item.value == value then return true end
  end
  return false
end

--- `{preset, flags}` as cull.run and cull.flag take them; nil where the person left it. `presets`: of cull.presets.
function CullDialogs.wish(title, context, presets)
  local f, prefs, props, items = LrView.osFactory(), LrPrefs.prefsForPlugin(), LrBinding.makePropertyTable(context), {}
  for index, preset in ipairs(presets) do
    items[index] = { title = ("%s (%s)"):format(preset.name, preset.about), value = preset.name }
  end
  props.preset = offered(items, prefs.cullPreset) and prefs.cullPreset or presets[1].name
  props.flags = offered(WAYS, prefs.cullFlags) and prefs.cullFlags or WAYS[1].value
  local pressed = LrDialogs.presentModalDialog({
    title = title, actionVerb = "Judge",
    contents = f:column({
      bind_to_object = props, spacing = f:control_spacing(),
      row(f, "Photos are judged as", "preset", items), row(f, "Set, if you then want it, as", "flags", WAYS),
      wide(f, PROMISE),
    }),
  })
  if pressed ~= "ok" then return nil end
  prefs.cullPreset, prefs.cullFlags = props.preset, props.flags
  return { preset = props.preset, flags = props.flags }
end

--- Tells how many are to be picked and rejected (of cull.summary). Returns "ok" to set them, "other" to show them as
--- collections, "cancel" to leave it.
function CullDialogs.sum(title, summary, failed)
  local said = ("%d to pick, %d to reject, %d undecided; set the flags?"):format(summary.picked, summary.rejected,
    summary.undecided)
  local more = failed > 0 and ("%d could not be judged.\n"):format(failed) or ""
  return LrDialogs.confirm(title .. ": " .. said, more .. PROMISE, "Set", "Leave", "Show as collections")
end

--- Where there is nothing to set.
function CullDialogs.nothing(summary)
  return ("Nothing to pick and nothing to reject, %d undecided."):format(summary.undecided)
end

return CullDialogs
