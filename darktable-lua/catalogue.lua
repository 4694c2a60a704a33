--- What darktable knows of a photo, and how it is told otherwise: through its API alone, since its database wins over
--- the sidecars that it writes.

local dt = require "darktable"
local records = require "photo-bridge/records"

local catalogue = {}

local COLOURS = { "red", "yellow", "green", "blue", "purple" }
local INTERNAL = "^darktable|" -- tags that darktable keeps for itself: format, changed, exported …

--- The levels of a tag as photo-bridge writes them; nil for darktable's own.
local function levels(name)
  return not name:find(INTERNAL) and name:gsub("|", records.LEVEL) or nil
end

local function label(image)
  for _, colour in ipairs(COLOURS) do
    if image[colour] then
      return colour
    end
  end
  return "none"
end

--- The fields of one photo as darktable has it now. Several colours can be set at once: the first speaks. Raises where
--- the photo was removed from the library: darktable answers from its memory, and would tag what is not there.
function catalogue.read(image)
  assert(dt.database.get_image(image.id))
  local fields = {
    records.field("path", image.path .. "/" .. image.filename),
    records.field("id", tostring(image.id)),
    records.field("title", image.title),
    records.field("caption", image.description),
    records.field("rating", tostring(image.rating)),
    records.field("label", label(image)),
  }
  for _, tag in ipairs(image:get_tags()) do
    local keyword = levels(tag.name)
    fields[#fields + 1] = keyword and records.field("keyword", keyword)
  end
  return table.concat(fields)
end

--- Every tag of the person's, for the daemon to speak in their words.
function catalogue.tree()
  local fields = {}
  -- By number: ipairs(dt.tags) never ends in darktable 4.2.
  for index = 1, #dt.tags do
    local keyword = levels(dt.tags[index].name)
    fields[#fields + 1] = keyword and keyword .. "\0"
  end
  return table.concat(fields)
end

--- The photo of that number in this library, if it is still the same file; else nil.
function catalogue.find(id, path)
  local image = dt.database.get_image(tonumber(id))
  return image and image.path .. "/" .. image.filename == path and image or nil
end

local function attached(image, name)
  for _, tag in ipairs(image:get_tags()) do
    if tag.name == name then
      return tag
    end
  end
  return nil
end

local APPLY = {}
local spare = {} -- tags that were made for us, and are not needed by a photo any more

--- Each answers: was it applied, was a tag made for it, why not.
APPLY["keyword.add"] = function(image, ...)
  local name = table.concat({ ... }, "|")
  if name:find(INTERNAL) then return false, false, "darktable keeps that name for itself" end
  if attached(image, name) then return false end
  local there = dt.tags.find(name)
  image:attach_tag(there or dt.tags.create(name))
  return true, not there
end

APPLY["keyword.remove"] = function(image, made, ...)
  local tag = attached(image, table.concat({ ... }, "|"))
  if not tag then return false end
  image:detach_tag(tag)
  if made == "1" then
    table.insert(spare, tag.name)
  end
  return true
end

--- `put` the new value where `get` still says the old one.
local function setting(what, get, put)
  return function(image, old, new)
    if get(image) ~= old then return false, false, "it has another " .. what .. " by now" end
    put(image, new)
    return true
  end
end

for kind, member in pairs { ["title.set"] = "title", ["caption.set"] = "description" } do
  APPLY[kind] = setting("text", function(image)
    return (image[member]:gsub("\r\n?", "\n"))
  end, function(image, new)
    image[member] = new
  end)
end

APPLY["rating.set"] = setting("rating", function(image)
  return tostring(image.rating)
end, function(image, new)
  image.rating = tonumber(new) or 0
end)
APPLY["label.set"] = setting("colour", label, function(image, new)
  for _, colour in ipairs(COLOURS) do
    if image[colour] ~= (colour == new) then
      image[colour] = colour == new
    end
  end
end)

--- Apply the operations of a plan in their order, each alone. Returns the indexes of those that were applied, and of
--- those for which a tag was made, as confirm takes them, and why others were not.
function catalogue.apply(image, operations)
  local applied, created, reason = {}, {}, nil
  for _, operation in ipairs(operations) do
    local kind, index = operation[1], operation[2]
    local act = dt.database.get_image(image.id) and APPLY[kind]
    local fine, done, made, why = pcall(act or error, image, table.unpack(operation, 3))
    if fine and done then
      applied[#applied + 1] = index
      created[#created + 1] = made and index or nil
    else
      reason = not act and "darktable has no place for it" or not fine and tostring(done) or why or reason
    end
  end
  return table.concat(applied, ","), table.concat(created, ","), reason
end

--- At the end of a run: forget the tags that were made for us and that no photo has any more.
function catalogue.tidy()
  for _, name in ipairs(spare) do
    local tag = dt.tags.find(name)
    if tag and #tag == 0 then
      tag:delete()
    end
  end
  spare = {}
end

return catalogue
