--- photo-bridge in darktable: buttons under "actions on selection" and shortcuts. All that is decided, is decided by the
--- daemon; here the selection is read, handed over, and what comes back is applied through darktable's own API.
-- Put here, and taken out, by: photo-bridge install darktable, photo-bridge uninstall darktable (version @VERSION@).

local dt = require "darktable"

-- The luarc is also run by darktable-cli, which has no selection and nothing to show a message on.
if not dt.configuration.has_gui then
  return
end

local TRIED = 9 -- the major version of the Lua API, of darktable 4.2 (9.0.0) and later
local version = dt.configuration.api_version_major
if version ~= TRIED then
  local told = version < TRIED and "needs darktable 4.2 or later" or "does not know this darktable yet: update photo-bridge"
  dt.print_error("photo-bridge " .. told .. " (Lua API " .. dt.configuration.api_version_string .. ")")
  dt.print("photo-bridge " .. told)
  return
end

local command = require "photo-bridge/command"
local run = require "photo-bridge/run"

local LABEL = "photo-bridge"
local HELP = "The model, the number of keywords and all else is set in photo-bridge itself: the button \"AI Settings\" "
  .. "under \"actions on selection\" shows what is set, and how to change it."

local function show(...)
  run.say(command.call { ... })
end

local ACTIONS = {
  {
    name = "photo_bridge_keywords", label = "AI Keyword Selected",
    help = "add keywords, by a model on this machine",
    act = function(images) run.analyze("AI keywords", "keywords", images) end,
  },
  {
    name = "photo_bridge_captions", label = "AI Caption Selected",
    help = "add a title and a description where there is none, by a model on this machine",
    act = function(images) run.analyze("AI captions", "caption", images) end,
  },
  {
    name = "photo_bridge_cull", label = "AI Cull Selected",
    help = "mark the sharp and the failed, by a model on this machine",
    act = function(images) run.cull(images) end,
  },
  {
    name = "photo_bridge_undo", label = "Undo Last AI Run",
    help = "take back what the last run set, whatever is selected; what you changed since stays",
    act = function() run.undo() end,
  },
  {
    name = "photo_bridge_review", label = "Open Review Page",
    help = "open photo-bridge's own page",
    act = function() show("review") end,
  },
  {
    name = "photo_bridge_settings", label = "AI Settings",
    help = "what is set, and how to change it",
    act = function() show("settings") end,
  },
}

for _, action in ipairs(ACTIONS) do
  dt.gui.libs.image.register_action(action.name, action.label, function(_, images)
    run.guarded(action.act, images)
  end, action.help)
  dt.register_event(action.name, "shortcut", function()
    run.guarded(action.act, dt.gui.selection())
  end, action.label)
end

dt.preferences.register(LABEL, "help", "lua", LABEL, HELP, "", dt.new_widget("label") { label = HELP }, function() end)
