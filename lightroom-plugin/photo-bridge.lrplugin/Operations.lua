--- Carries out the operations of a plan on one photo, inside a write gate. What to do was decided by the daemon; here
-- it is only compared with what the photo says at this moment.
local LrTasks = import("LrTasks")

local Json = require("Json")
local Known = require("Known")

local Operations = {}
Operations.__index = Operations

--- One for each write gate, since its cache of keywords holds for that gate alone. Keywords of ours that were taken
-- from a photo are added to `freed`.
function Operations.new(catalog, freed)
  local new = { catalog = catalog, freed = freed, cache = {}, has_alt_text = Known.has_alt_text() }
  return setmetatable(new, Operations)
end

local function add_synonyms(keyword, synonyms)
  local all, there = Json.array(), {}
  for _, list in ipairs({ keyword:getSynonyms() or {}, synonyms }) do
    for _, synonym in ipairs(list) do
      if not there[synonym] then
        all[#all + 1], there[synonym] = synonym, true
      end
    end
  end
  keyword:setAttributes({ synonyms = all })
end

--- The keyword of a path, made where it is missing; `fresh` where this gate made it, `made` where this very call did.
function Operations:_keyword(path, synonyms)
  local parent, key, found, made = nil, "", nil, false
  for index, name in ipairs(path) do
    local own = index == #path and synonyms or {}
    key = key .. "\31" .. name:lower()
    found, made = self.cache[key], false
    if not found then
      local keyword = self.catalog:createKeyword(name, own, true, parent, false)
      made = keyword and true or false
      -- Made in this gate, it would be refused (false) when asked for again, and is not readable before the gate ends.
      found = { keyword = keyword or self.catalog:createKeyword(name, {}, true, parent, true), fresh = made }
      if not found.keyword then error("Lightroom did not make the keyword " .. table.concat(path, " > "), 0) end
      self.cache[key] = found
      -- createKeyword ignores synonyms for a keyword that exists.
      if #own > 0 and not made then add_synonyms(found.keyword, own) end
    end
    parent = found.keyword
  end
  return found.keyword, found.fresh, made
end

local function own_keywords(photo)
  local by_id, by_path, seen = {}, {}, {}
  for _, keyword in ipairs(photo:getRawMetadata("keywords") or {}) do
    by_id[keyword.localIdentifier] = true
    by_path[table.concat(Known.path(keyword, seen), "\31")] = keyword
  end
  return { by_id = by_id, by_path = by_path }
end

--- Each returns whether it was carried out and, for an added keyword, whether the keyword itself had to be made.
local KINDS = {}

KINDS["keyword.add"] = function(self, photo, operation, own)
  local keyword, fresh, made = self:_keyword(operation.path, operation.synonyms or {})
  if not fresh and own.by_id[keyword.localIdentifier] then return false end
  photo:addKeyword(keyword)
  return true, made
end

KINDS["keyword.remove"] = function(self, photo, operation, own)
  local keyword = own.by_path[table.concat(operation.path, "\31")]
  if not keyword then return false end
  photo:removeKeyword(keyword)
  self.freed[#self.freed + 1] = operation.created and keyword or nil
  return true
end

--- Sets `key` where the photo's value is the operation's old one; `none` is how Lightroom says that there is none.
local function setter(key, read, none, can)
  return function(self, photo, operation)
    local new = operation.new
    if can and not can(self, new) then return false end
    local present = photo[read](photo, key)
    if (present == nil and none or present) ~= (operation.old == nil and none or operation.old) then
      return false
    end
    if new == nil or new == none then
      new = key ~= "rating" and none or nil -- no stars are nil, and read as nil or 0
    end
    photo:setRawMetadata(key, new)
    return true
  end
end

local COLOURS = { red = true, yellow = true, green = true, blue = true, purple = true, none = true }

KINDS["title.set"] = setter("title", "getFormattedMetadata", "")
KINDS["caption.set"] = setter("caption", "getFormattedMetadata", "")
KINDS["alt_text.set"] = setter("altTextAccessibility", "getFormattedMetadata", "",
  function(self) return self.has_alt_text end)
-- What others call a rating of -1 is a flag in Lightroom, and orange is no colour of it.
KINDS["rating.set"] = setter("rating", "getRawMetadata", 0, function(_, new) return (new or 0) >= 0 end)
KINDS["pick.set"] = setter("pickStatus", "getRawMetadata", 0)
KINDS["label.set"] = setter("colorNameForLabel", "getRawMetadata", "none",
  function(_, new) return COLOURS[new or "none"] end)

--- Carries the operations out in their order. Returns `{applied, created, reason}`: the 0-based indexes of those that
-- were carried out and of those that made a keyword, and the text of the error that ended it, if one did.
function Operations:apply(photo, operations)
  local outcome = { applied = Json.array(), created = Json.array() }
  local fine, message = LrTasks.pcall(function()
    local own = own_keywords(photo)
    for index, operation in ipairs(operations) do
      local kind = KINDS[operation.op] or function() return false end -- a later daemon may know more
      local done, made = kind(self, photo, operation, own)
      outcome.applied[#outcome.applied + 1] = done and index - 1 or nil
      outcome.created[#outcome.created + 1] = made and index - 1 or nil
    end
  end)
  -- Where in our code it was raised says nothing to a photographer.
  outcome.reason = not fine and "Lightroom refused: " .. tostring(message):gsub("^.*%.lua:%d+: ", "") or nil
  return outcome
end

return Operations
