--- What Lightroom shows now, as far as a search can be kept to it: folders, or collections.
local LrTasks = import("LrTasks")

local Sources = {}

local function named(list)
  local names = {}
  for index, one in ipairs(list) do names[index] = one:getName() end
  return table.concat(names, ", ")
end

--- `{title, folders}` (paths, with what is below them), `{title, photos}` (a set of local identifiers), or nil where it
-- is all photos, or what a plug-in cannot tell.
function Sources.active(catalog)
  local fine, sources = LrTasks.pcall(catalog.getActiveSources, catalog)
  if not fine or type(sources) ~= "table" or #sources == 0 then return nil end
  local folders, photos, of_folders, of_collections = {}, {}, 0, 0
  for _, source in ipairs(sources) do
    local kind = type(source) == "table" and source:type()
    if kind == "LrFolder" then
      of_folders = of_folders + 1
      folders[of_folders] = source:getPath()
    elseif kind == "LrCollection" then
      of_collections = of_collections + 1
      for _, photo in ipairs(source:getPhotos()) do photos[photo.localIdentifier] = true end
    end
  end
  if of_folders == #sources then return { title = named(sources), folders = folders } end
  return of_collections == #sources and { title = named(sources), photos = photos } or nil
end

return Sources
