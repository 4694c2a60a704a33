--- A search: what was asked goes to the daemon, what it found becomes a collection, best first.
local LrTasks = import("LrTasks")

local FindDialogs = require("FindDialogs")
local Json = require("Json")
local Searches = require("Searches")
local Text = require("Text")

local Find = {}

local MOST = 1000 -- results of one call
local SET, NAME = "photo-bridge searches", "AI Search: "

--- A photo of the catalogue; a virtual copy's master. How a second argument is to be said the reference leaves open;
-- plug-ins that are in use give false for "without regard to case".
local function photo_at(catalog, path)
  local fine, photo = LrTasks.pcall(catalog.findPhotoByPath, catalog, path)
  if fine and photo then return photo end
  fine, photo = LrTasks.pcall(catalog.findPhotoByPath, catalog, path, false)
  return fine and photo or nil
end

--- The answer, and how many photos the daemon knows and has indexed, in the folders that are searched.
local function ask(run, wish)
  local source = wish.source or {}
  local folders = Json.map(source.folders or {}, function(path) return Text.uri(path, WIN_ENV) end)
  local answer = run.rpc:call("search.photos", {
    texts = Json.array({ wish.text }), like = wish.like or Json.null, k = source.photos and MOST or wish.most,
    filters = Json.map(folders, function(uri) return "folder=" .. uri end), plain = Json.map(wish.plain, tostring),
  })
  return answer, run.rpc:try("index.status", { uris = folders }) or {}
end

--- The photos, best first, and how many results are not in this catalogue.
local function photos_of(run, answer, wish)
  local within, photos, seen, elsewhere = wish.source and wish.source.photos, {}, {}, 0
  for _, result in ipairs(answer.results) do
    local photo = #photos < wish.most and photo_at(run.catalog, result.path)
    local id = photo and photo.localIdentifier
    if not photo then
      elsewhere = elsewhere + (#photos < wish.most and 1 or 0)
    elseif not seen[id] and (not within or within[id]) then
      photos[#photos + 1], seen[id] = photo, true
    end
    if run.canceled() then break end
  end
  return photos, elsewhere
end

--- Searches until the person is content. `wish`: `{text or like, name, most, source, plain}`. Returns whether photos
-- are to be indexed.
function Find.go(run, wish)
  local choice
  repeat
    run.progress:setCaption("Searching")
    local answer, status = ask(run, wish)
    local photos, elsewhere = photos_of(run, answer, wish)
    if run.canceled() then return false end
    if #photos > 0 then Searches.show(run, Searches.fill(run, NAME .. wish.name, photos, SET), photos) end
    local tally = { shown = #photos, elsewhere = elsewhere, photos = status.photos, indexed = status.indexed }
    choice, wish.plain = FindDialogs.found(run, wish, answer, tally)
  until choice ~= "again"
  return choice == "index"
end

return Find
