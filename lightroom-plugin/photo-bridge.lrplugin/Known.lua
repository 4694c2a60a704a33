--- What the catalogue says of photos now, in the words of the wire.
local LrApplication = import("LrApplication")
local LrTasks = import("LrTasks")

local Json = require("Json")

local Known = {}

local RAW = { "keywords", "rating", "colorNameForLabel", "pickStatus", "lastEditTime" }
local COLOURS = { red = true, yellow = true, green = true, blue = true, purple = true }

--- Alt text came with Lightroom 13.2; older ones raise an error for a key that they do not know.
function Known.has_alt_text()
  local version = LrApplication.versionTable()
  return version.major > 13 or version.major == 13 and (version.minor or 0) >= 2
end

--- The names from the root to a keyword. `seen` holds the paths that were asked for before.
function Known.path(keyword, seen)
  if seen[keyword.localIdentifier] then return seen[keyword.localIdentifier] end
  local parent = keyword:getParent()
  local path = Json.map(parent and Known.path(parent, seen) or {}, tostring)
  path[#path + 1], seen[keyword.localIdentifier] = keyword:getName(), path
  return path
end

local function known(raw, formatted, seen)
  local keywords = Json.map(raw.keywords or {}, function(keyword) return Known.path(keyword, seen) end)
  table.sort(keywords, function(one, other)
    return table.concat(one, "\31") < table.concat(other, "\31")
  end)
  return {
    keywords = keywords,
    title = formatted.title,
    caption = formatted.caption,
    alt_text = formatted.altTextAccessibility,
    rating = raw.rating ~= 0 and raw.rating or nil,
    label = COLOURS[raw.colorNameForLabel] and raw.colorNameForLabel or nil,
    pick = raw.pickStatus,
  }
end

local function read_batch(catalog, entries, into)
  local photos, seen, texts = {}, {}, { "title", "caption", Known.has_alt_text() and "altTextAccessibility" or nil }
  for index, entry in ipairs(entries) do photos[index] = entry.photo end
  local raw = catalog:batchGetRawMetadata(photos, RAW)
  local formatted = catalog:batchGetFormattedMetadata(photos, texts)
  for _, entry in ipairs(entries) do
    local own = raw[entry.photo]
    if own then
      into[entry.id] = { known = known(own, formatted[entry.photo] or {}, seen), edited = own.lastEditTime }
    end
  end
end

--- By the id of each entry `{known, edited}`: what the catalogue says, and when the photo was last edited. A photo
-- that is in the catalogue no more is absent.
function Known.read(catalog, entries)
  local found = {}
  if #entries > 0 and not LrTasks.pcall(read_batch, catalog, entries, found) then
    for _, entry in ipairs(entries) do
      LrTasks.pcall(read_batch, catalog, { entry }, found)
    end
  end
  return found
end

--- The entries that are still there, each as the wire's item with what is known of it; the others count as failed.
function Known.items(run, entries, more)
  local found, items, there = Known.read(run.catalog, entries), Json.array(), {}
  for _, entry in ipairs(entries) do
    if found[entry.id] then
      there[#there + 1] = entry
      items[#there] = { uri = entry.uri, id = entry.id, known = found[entry.id].known, proxy = more and more(entry) }
    else
      run.tally:fail("It is in the catalogue no more.")
    end
  end
  return items, there
end

--- Whether nothing was changed between two readings, be it a word or the picture's development.
function Known.same(one, other)
  return one and other and one.edited == other.edited and Json.encode(one.known) == Json.encode(other.known)
end

return Known
