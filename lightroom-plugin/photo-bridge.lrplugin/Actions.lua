--- What a menu item or an export preset starts. Every one runs in a task of its own, with an error dialog.
local LrApplication = import("LrApplication")
local LrDialogs = import("LrDialogs")
local LrFunctionContext = import("LrFunctionContext")
local LrHttp = import("LrHttp")
local LrProgressScope = import("LrProgressScope")

local KeywordTree = require("KeywordTree")
local Rpc = require("Rpc")
local Run = require("Run")
local Selection = require("Selection")
local Tally = require("Tally")

local Actions = {}

local RUNS = {
  keywords = { title = "AI Keyword Selected", method = "photos.analyze", want = "keywords" },
  caption = { title = "AI Caption Selected", method = "photos.analyze", want = "caption" },
  cull = { title = "AI Cull Selected", method = "cull.run", want = "all" },
}

local function tell(title, failure)
  LrDialogs.message(title .. ": " .. failure.message, failure.hint, "critical")
end

--- A progress scope of Lightroom with its `canceled` function.
local function scope(title, context)
  local progress = LrProgressScope({ title = title, functionContext = context })
  progress:setCancelable(true)
  return progress, function()
    return progress:isCanceled()
  end
end

--- Runs an action on photos, within a task.
function Actions.run(name, photos, context)
  local action = RUNS[name]
  local catalog = LrApplication.activeCatalog()
  local progress, canceled = scope(action.title, context)
  local tally = Tally.new()
  progress:setCaption("Starting")
  local rpc, failure = Rpc.open(canceled)
  if rpc then
    progress:setCaption("Reading your keywords")
    local tree
    tree, failure = KeywordTree.sync(rpc, catalog)
    if tree then
      local entries, videos = Selection.entries(catalog, photos)
      tally.videos = videos
      failure = Run.new({ rpc = rpc, catalog = catalog, tally = tally, title = action.title, canceled = canceled,
        action = action, entries = entries, progress = progress, tree = tree }):go()
    end
  end
  progress:done()
  if failure then
    tell(action.title, failure)
  end
  if tally.written + tally.unchanged + tally.failed + tally.cancelled + tally.videos > 0 then
    LrDialogs.message(action.title, tally:text("written"), tally.failed > 0 and "warning" or "info")
  end
end

local function review(title)
  local rpc, failure = Rpc.open()
  local answer
  if rpc then
    answer, failure = rpc:call("review.open")
  end
  if failure then
    tell(title, failure)
  elseif answer.url then
    LrHttp.openUrlInBrowser(answer.url)
  end
end

local function undo(title, context)
  local progress, canceled = scope(title, context)
  local tally = Tally.new()
  progress:setCaption("Starting")
  local rpc, failure = Rpc.open(canceled)
  local said
  if rpc then
    said, failure = require("Undo").go({ rpc = rpc, catalog = LrApplication.activeCatalog(), tally = tally,
      title = title, canceled = canceled, progress = progress })
  end
  progress:done()
  if failure then
    tell(title, failure)
  else
    LrDialogs.message(title, said, tally.failed > 0 and "warning" or "info")
  end
end

local function on_selection(name)
  return function(title, context)
    local photos = Selection.photos(title)
    if photos then
      Actions.run(name, photos, context)
    end
  end
end

local MENU = {
  keywords = { RUNS.keywords.title, on_selection("keywords") },
  caption = { RUNS.caption.title, on_selection("caption") },
  cull = { RUNS.cull.title, on_selection("cull") },
  undo = { "Undo Last AI Run", undo },
  review = { "Open Review Page", review },
  settings = { "Settings", function(_, context) require("SettingsDialog").show(context) end },
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
