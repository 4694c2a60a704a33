--- Carries out the operations of a plan on one photo, inside a write gate. What to do was decided by the daemon; here
-- it is only compared with what the photo says at this moment.
local LrTasks = import("LrTasks")

local Json = require("Json")
local Known = require("Known")

local Operations = {}
Operations.__index = Operations

--- One for each write gate, since its cache of keywords holds for that gate alone.
function Operations.new(catalog)
  return setmetatable({ catalog = catalog, cache = {}, has_alt_text = Known.has_alt_text() }, Operations)
end

local function add_synonyms(keyword, synonyms)
  local all, there, more = {}, {}, false
  for _, synonym in ipairs(keyword:getSynonyms() or {}) do
    all[#all + 1] = synonym
    there[synonym] = true
  end
  for _, synonym in ipairs(synonyms) do
    if not there[synonym] then
      all[#all + 1] = synonym
      there[synonym], more = true, true
    end
  end
  if more then
    keyword:setAttributes({ synonyms = all })
  end
end

--- The keyword of a path, made where it is missing; `fresh` where this gate made it, `made` where this very call did.
function Operations:_keyword(path, synonyms)
  local parent, key, found, made = nil, "", nil, false
  for index, name in ipairs(path) do
    local leaf = index == #path
    key = key .. "\31" .. name:lower()
    found, made = self.cache[key], false
    if not found then
      local keyword = self.catalog:createKeyword(name, leaf and synonyms or {}, true, parent, false)
      made = keyword and true or false
      -- createKeyword ignores synonyms for a keyword that exists: they are added below, by setAttributes.
      keyword = keyword or self.catalog:createKeyword(name, {}, true, parent, true)
      if not keyword then
        error(("Lightroom did not make the keyword %s."):format(table.concat(path, " > ")), 0)
      end
      -- Made in this gate, it is refused (false) when asked for again, and not readable before the gate ends.
      found = { keyword = keyword, fresh = made }
      self.cache[key] = found
    end
    parent = found.keyword
  end
  if #synonyms > 0 and not found.fresh and not found.synonyms then
    found.synonyms = true
    add_synonyms(found.keyword, synonyms)
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
  if not fresh and own.by_id[keyword.localIdentifier] then
    return false
  end
  photo:addKeyword(keyword)
  return true, made
end

KINDS["keyword.remove"] = function(_, photo, operation, own)
  local keyword = own.by_path[table.concat(operation.path, "\31")]
  if keyword then
    photo:removeKeyword(keyword)
  end
  return keyword ~= nil
end

local function text_setter(key)
  return function(self, photo, operation)
    if key == "altTextAccessibility" and not self.has_alt_text then
      return false
    end
    if (photo:getFormattedMetadata(key) or "") ~= (operation.old or "") then
      return false
    end
    photo:setRawMetadata(key, operation.new or "")
    return true
  end
end

KINDS["title.set"] = text_setter("title")
KINDS["caption.set"] = text_setter("caption")
KINDS["alt_text.set"] = text_setter("altTextAccessibility")

KINDS["rating.set"] = function(_, photo, operation)
  local new = operation.new ~= 0 and operation.new or nil
  -- Lightroom has stars or none; what others call a rating of -1 is a flag here.
  if (photo:getRawMetadata("rating") or 0) ~= (operation.old or 0) or (new and new < 0) then
    return false
  end
  photo:setRawMetadata("rating", new)
  return true
end

KINDS["pick.set"] = function(_, photo, operation)
  if (photo:getRawMetadata("pickStatus") or 0) ~= (operation.old or 0) then
    return false
  end
  photo:setRawMetadata("pickStatus", operation.new or 0)
  return true
end

local COLOURS = { red = true, yellow = true, green = true, blue = true, purple = true, none = true }

KINDS["label.set"] = function(_, photo, operation)
  local present, new = photo:getRawMetadata("colorNameForLabel") or "none", operation.new or "none"
  if (present == "" and "none" or present) ~= (operation.old or "none") or not COLOURS[new] then
    return false
  end
  photo:setRawMetadata("colorNameForLabel", new)
  return true
end

--- Carries the operations out in their order. Returns `{applied, created, reason}`: the 0-based indexes of those that
-- were carried out and of those that made a keyword, and the text of the error that ended it, if one did.
function Operations:apply(photo, operations)
  local outcome = { applied = Json.array(), created = Json.array() }
  local fine, message = LrTasks.pcall(function()
    local own = own_keywords(photo)
    for index, operation in ipairs(operations) do
      local kind = KINDS[operation.op]
      if kind then
        local done, made = kind(self, photo, operation, own)
        if done then
          outcome.applied[#outcome.applied + 1] = index - 1
        end
        if made then
          outcome.created[#outcome.created + 1] = index - 1
        end
      end
    end
  end)
  if not fine then
    outcome.reason = tostring(message)
  end
  return outcome
end

return Operations
