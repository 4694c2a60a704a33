--- photo-bridge in darktable: buttons under "actions on selection" and shortcuts. All that is decided, is decided by the
--- daemon; here the selection is handed over, and what comes back is applied through darktable's own API.
-- Put here, and taken out, by: photo-bridge install darktable, photo-bridge uninstall darktable (version @VERSION@).

local dt = require "darktable"

-- The luarc is also run by darktable-cli, which has no selection and nothing to show a message on.
if not dt.configuration.has_gui then
  return
end

local version = dt.configuration.api_version_major
if version ~= 9 then -- of the Lua API: 9.0.0 is darktable 4.2
  local told = version < 9 and "needs darktable 4.2 or later" or "does not know this darktable yet: update photo-bridge"
  dt.print_error("photo-bridge " .. told .. " (Lua API " .. dt.configuration.api_version_string .. ")")
  dt.print("photo-bridge " .. told)
  return
end

local cull = require "photo-bridge/cull"
local find = require "photo-bridge/find"
local run = require "photo-bridge/run"

local ACTIONS = {
  { "keywords", "AI Keyword Selected", "add keywords, by a model on this machine", function(images)
    return run.analyze("AI keywords", "keywords", images)
  end },
  { "captions", "AI Caption Selected", "add a title and a description, where there is none", function(images)
    return run.analyze("AI captions", "caption", images)
  end },
  { "cull", "AI Cull Selected", "say which photos to pick and which to reject; sets nothing yet", cull.judge },
  { "flag", cull.SET, "set what AI Cull Selected found; what you gave yourself stays", cull.set },
  { "undo", "Undo Last AI Run", "take back what the last run set; what you changed since stays", run.undo },
  { "review", "Open Review Page", "open photo-bridge's own page", run.review },
  { "settings", "AI Settings", "what is set, and how to change it", run.settings },
}

-- Not at once: in darktable 4.2 a script that adds a button before the main loop runs can hold darktable up for ever.
dt.control.dispatch(function()
  dt.control.sleep(1000)
  for _, action in ipairs(ACTIONS) do
    local name, label, help, act = "photo_bridge_" .. action[1], table.unpack(action, 2)
    dt.gui.libs.image.register_action(name, label, function(_, images)
      run.guarded(act, images)
    end, help)
    dt.register_event(name, "shortcut", function()
      run.guarded(act, dt.gui.selection())
    end, label)
  end
  dt.preferences.register("photo_bridge", "help", "lua", "photo-bridge: model and all else", run.HELP, "",
    dt.new_widget("label") { label = run.HELP }, function() end)
  cull.register()
  find.register()
  dt.print_log("photo-bridge is there")
end)
dt.register_event("photo_bridge_exit", "exit", run.leave)
