--- What a menu item or an export preset starts. Every one runs in a task of its own, with an error dialog.
local LrApplication = import("LrApplication")
local LrDialogs = import("LrDialogs")
local LrFunctionContext = import("LrFunctionContext")
local LrHttp = import("LrHttp")
local LrProgressScope = import("LrProgressScope")
local LrTasks = import("LrTasks")

local Cull = require("Cull")
local Find = require("Find")
local FindDialogs = require("FindDialogs")
local Index = require("Index")
local Json = require("Json")
local KeywordTree = require("KeywordTree")
local Rpc = require("Rpc")
local Run = require("Run")
local Selection = require("Selection")
local SettingsDialog = require("SettingsDialog")
local Sources = require("Sources")
local Tally = require("Tally")
local Text = require("Text")
local Undo = require("Undo")

local Actions = {}

local RUNS = {
  keywords = { title = "AI Keyword Selected", method = "photos.analyze", want = "keywords" },
  caption = { title = "AI Caption Selected", method = "photos.analyze", want = "caption" },
}
local CULL = "AI Cull Selected"

--- Does `work(run)` with a daemon and a progress scope, and tells the text that it returns, or what went wrong.
local function with_daemon(title, context, work)
  local progress = LrProgressScope({ title = title, functionContext = context })
  progress:setCancelable(true)
  progress:setCaption("Starting")
  local run = { title = title, progress = progress, tally = Tally.new(), freed = {}, context = context }
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

--- Has photos judged, and what the person wants of that set.
local function cull(photos, context)
  with_daemon(CULL, context, function(run)
    run.progress:setCaption("Reading your photos")
    run.entries, run.tally.videos = Selection.entries(run.catalog, photos)
    return Cull.go(run)
  end)
end

--- Runs an action on photos, within a task.
function Actions.run(name, photos, context)
  if name == "cull" then return cull(photos, context) end
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

local FIND, SIMILAR, ADD = "Find photos by text", "Find similar to this photo", "Add keyword to found photos"

--- What a person looks for, as Find.go takes it; nil where they left it.
local function wish_of(name, context)
  local catalog = LrApplication.activeCatalog()
  local photo = catalog:getTargetPhoto()
  local wish = { plain = Json.array(), selected = photo and catalog:getTargetPhotos() or {} } -- what is shown changes
  if name == "find" then
    local source = Sources.active(catalog)
    local within
    wish.title = FIND
    wish.text, wish.most, within = FindDialogs.text(FIND, context, source)
    wish.name, wish.source = wish.text, within and source or nil
    return wish.text and wish
  end
  if not photo then return LrDialogs.message(SIMILAR, "Choose a photo first.", "info") end
  local path = photo:getRawMetadata("path")
  wish.title, wish.like, wish.most = SIMILAR, Text.uri(path, WIN_ENV), FindDialogs.most()
  wish.name = "like " .. photo:getFormattedMetadata("fileName")
  return wish
end

--- Finds photos, and has photos indexed where the person wants that.
local function find(name, context)
  local wish, index = wish_of(name, context), false
  if not wish then return end
  with_daemon(wish.title, context, function(run) index = Find.go(run, wish) end)
  local what = index and FindDialogs.what_to_index("Index photos", #wish.selected)
  if what then
    with_daemon("Index photos", context, function(run)
      return Index.go(run, what == "all" and run.catalog:getAllPhotos() or wish.selected)
    end)
  end
end

--- Gives the selected photos a keyword that a person says: a run like any other, which can be taken back.
local function add_keyword(context)
  local photos = Selection.photos(ADD)
  local keyword = photos and FindDialogs.keyword(ADD, context, #photos)
  if not keyword then return end
  with_daemon(ADD, context, function(run)
    run.progress:setCaption("Reading your keywords")
    run.action, run.tree = { method = "photos.keyword", keyword = keyword }, KeywordTree.sync(run)
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
    if name == "find" or name == "similar" then
      find(name, context)
    elseif name == "keyword" then
      add_keyword(context)
    elseif name == "undo" then
      with_daemon("Undo Last AI Run", context, Undo.go)
    elseif name == "review" then
      with_daemon("Open Review Page", context, function(run)
        -- As a URL: LrShell.openFilesInApp asks for the path of a program, and which browser there is, is not known.
        LrHttp.openUrlInBrowser(run.rpc:call("review.open").uri)
      end)
    elseif name == "settings" then
      SettingsDialog.show("Settings", context)
    else
      local photos = Selection.photos(name == "cull" and CULL or RUNS[name].title)
      if photos then Actions.run(name, photos, context) end
    end
  end)
end

return Actions
