--- What a menu item or an export preset starts. Every one runs in a task of its own, with an error dialog.
local LrApplication = import("LrApplication")
local LrDialogs = import("LrDialogs")
local LrFunctionContext = import("LrFunctionContext")
local LrHttp = import("LrHttp")
local LrProgressScope = import("LrProgressScope")
local LrTasks = import("LrTasks")

local KeywordTree = require("KeywordTree")
local Rpc = require("Rpc")
local Run = require("Run")
local Selection = require("Selection")
local SettingsDialog = require("SettingsDialog")
local Tally = require("Tally")
local Undo = require("Undo")

local Actions = {}

local RUNS = {
  keywords = { title = "AI Keyword Selected", method = "photos.analyze", want = "keywords" },
  caption = { title = "AI Caption Selected", method = "photos.analyze", want = "caption" },
  cull = { title = "AI Cull Selected", method = "cull.run", want = "all" },
}

--- Does `work(run)` with a daemon and a progress scope, and tells the text that it returns, or what went wrong.
local function with_daemon(title, context, work)
  local progress = LrProgressScope({ title = title, functionContext = context })
  progress:setCancelable(true)
  progress:setCaption("Starting")
  local run = { title = title, progress = progress, tally = Tally.new(), freed = {} }
  run.catalog, run.canceled = LrApplication.activeCatalog(), function() return progress:isCanceled() end
  local fine, said = LrTasks.pcall(function()
    run.rpc = Rpc.open(run)
    return work(run)
  end)
  progress:done()
  if not fine and (run.rpc or not run.canceled()) then
    local failure = run.failure or { message = tostring(said), hint = "This is a defect: please report it." }
    local began = run.tally.written + run.tally.unchanged + run.tally.failed > 0
    local counts = began and "\n\n" .. run.tally:text("written") or ""
    LrDialogs.message(title .. ": " .. failure.message, failure.hint .. counts, "critical")
  elseif fine and said then
    LrDialogs.message(title, said, run.tally.failed > 0 and "warning" or "info")
  end
end

--- Runs an action on photos, within a task.
function Actions.run(name, photos, context)
  local action = RUNS[name]
  with_daemon(action.title, context, function(run)
    run.progress:setCaption("Reading your keywords")
    run.action, run.tree = action, KeywordTree.sync(run)
    if not run.tree then return nil end
    run.entries, run.tally.videos = Selection.entries(run.catalog, photos)
    Run.new(run):go()
    return run.tally:text("written")
  end)
end

--- Starts a menu item's action.
function Actions.start(name)
  LrFunctionContext.postAsyncTaskWithContext(name, function(context)
    LrDialogs.attachErrorDialogToFunctionContext(context)
    if name == "undo" then
      with_daemon("Undo Last AI Run", context, Undo.go)
    elseif name == "review" then
      with_daemon("Open Review Page", context, function(run)
        LrHttp.openUrlInBrowser(run.rpc:call("review.open").url)
      end)
    elseif name == "settings" then
      SettingsDialog.show("Settings", context)
    else
      local photos = Selection.photos(RUNS[name].title)
      if photos then Actions.run(name, photos, context) end
    end
  end)
end

return Actions
