--- The collections that searches and culls make: in sets of ours, each of them noted as ours, so that none of a
-- person's own is ever filled anew. Adobe's reference has no way to give a collection an order, or to choose how
-- Lightroom sorts it.
local LrTasks = import("LrTasks")

local Catalogue = require("Catalogue")
local Text = require("Text")

local Searches = {}

local NOTED = "searches" -- the property of the catalogue in which ours stand, by number: ",12,45,"
local LONGEST = 91
local SELECTED = 10
local TRIES = 15 -- looks, a fifth of a second apart, until Lightroom shows the collection

local function the_set(catalog, name)
  for _, set in ipairs(catalog:getChildCollectionSets()) do
    if set:getName() == name then return set end
  end
end

local function noted(catalog)
  return catalog:getPropertyForPlugin(_PLUGIN, NOTED) or ","
end

--- A collection of ours of that name, or nil and a name that is free. Lightroom takes "Dog" and "dog" for the same.
local function ours_or_name(catalog, set, wanted)
  local there, ours, name, count = {}, noted(catalog), wanted, 1
  for _, one in ipairs(set:getChildren()) do there[one:getName():lower()] = one end
  while there[name:lower()] do
    local one = there[name:lower()]
    local is_ours = one:type() == "LrCollection" and ours:find("," .. one.localIdentifier .. ",", 1, true)
    if is_ours and not one:isSmartCollection() then return one end
    count = count + 1
    name = ("%s (%d)"):format(wanted, count)
  end
  return nil, name
end

local function note(catalog, collection)
  -- Where it is not noted, the next search of that name makes another one.
  LrTasks.pcall(function()
    catalog:withPrivateWriteAccessDo(function()
      catalog:setPropertyForPlugin(_PLUGIN, NOTED, noted(catalog) .. collection.localIdentifier .. ",")
    end, { timeout = 10 })
  end)
end

local function gate(run, work)
  local why_not = Catalogue.gate(run, work)
  if why_not then run.rpc:fail({ message = why_not, hint = "No collection was made." }) end
end

--- The collection of that name in a set of ours, with these photos alone, in one step of Lightroom's Undo. The set is
-- made in a step of its own: what a gate makes can be filled in that gate, and is no parent there yet.
function Searches.fill(run, wanted, photos, of)
  local catalog = run.catalog
  if not the_set(catalog, of) then
    gate(run, function() catalog:createCollectionSet(of, nil, true) end)
  end
  local set = the_set(catalog, of)
  local collection, name = ours_or_name(catalog, set, Text.short(wanted, LONGEST))
  gate(run, function()
    if collection then
      collection:removeAllPhotos()
    else
      collection = catalog:createCollection(name, set, false)
    end
    -- One by one, best first: Lightroom's "Custom Order" begins with what came first, as far as is known.
    for _, photo in ipairs(photos) do collection:addPhotos({ photo }) end
  end)
  if name then note(catalog, collection) end
  return collection
end

--- Shows a collection with its best photos selected. Lightroom takes a moment before they can be.
function Searches.show(run, collection, photos)
  local others = {}
  for index = 2, math.min(SELECTED, #photos) do others[#others + 1] = photos[index] end
  run.catalog:setActiveSources({ collection })
  for _ = 1, TRIES do
    LrTasks.sleep(0.2)
    run.catalog:setSelectedPhotos(photos[1], others)
    local active = run.catalog:getTargetPhoto()
    if active and active.localIdentifier == photos[1].localIdentifier or run.canceled() then return end
  end
end

return Searches
