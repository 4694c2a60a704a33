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
  local run = { title = title, progress = progress, tally = Tally.new(), catalog = LrApplication.activeCatalog() }
  run.canceled = function() return progress:isCanceled() end
  local rpc, failure = Rpc.open(run.canceled)
  local fine, said = true, nil
  if rpc then
    run.rpc = rpc
    fine, said = LrTasks.pcall(work, run)
  end
  if not fine then
    failure = rpc.failure or { message = tostring(said), hint = "This is a defect: please report it." }
  end
  progress:done()
  if failure then
    local counts = run.tally:is_empty() and "" or "\n\n" .. run.tally:text("written")
    LrDialogs.message(title .. ": " .. failure.message, failure.hint .. counts, "critical")
  elseif said then
    LrDialogs.message(title, said, run.tally.failed > 0 and "warning" or "info")
  end
end

--- Runs an action on photos, within a task.
function Actions.run(name, photos, context)
  local action = RUNS[name]
  with_daemon(action.title, context, function(run)
    run.progress:setCaption("Reading your keywords")
    run.action, run.tree = action, KeywordTree.sync(run.rpc, run.catalog)
    run.entries, run.tally.videos = Selection.entries(run.catalog, photos)
    Run.new(run):go()
    return run.tally:text("written")
  end)
end

local function on_selection(name)
  return function(title, context)
    local photos = Selection.photos(title)
    if photos then
      Actions.run(name, photos, context)
    end
  end
end

local function undo(title, context)
  with_daemon(title, context, Undo.go)
end

local function review(title, context)
  with_daemon(title, context, function(run)
    LrHttp.openUrlInBrowser(run.rpc:call("review.open").url)
  end)
end

local MENU = {
  keywords = { RUNS.keywords.title, on_selection("keywords") },
  caption = { RUNS.caption.title, on_selection("caption") },
  cull = { RUNS.cull.title, on_selection("cull") },
  undo = { "Undo Last AI Run", undo },
  review = { "Open Review Page", review },
  settings = { "Settings", SettingsDialog.show },
}

--- Starts a menu item's action.
function Actions.start(name)
  local title, action = MENU[name][1], MENU[name][2]
  LrFunctionContext.postAsyncTaskWithContext(title, function(context)
    LrDialogs.attachErrorDialogToFunctionContext(context)
    action(title, context)
  end)
end

return Actions
