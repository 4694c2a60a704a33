--- The catalogue's own keyword tree, sent to the daemon once per hash.
local LrTasks = import("LrTasks")

local Json = require("Json")
local Text = require("Text")

local KeywordTree = {}

local function walk(keywords, above, found, lines)
  for _, keyword in ipairs(keywords) do
    local path = Json.array()
    for index, name in ipairs(above) do
      path[index] = name
    end
    path[#path + 1] = keyword:getName()
    local synonyms = Json.array()
    for index, synonym in ipairs(keyword:getSynonyms() or {}) do
      synonyms[index] = synonym
    end
    found[#found + 1] = { path = path, synonyms = synonyms }
    lines[#lines + 1] = table.concat(path, "\31") .. "\30" .. table.concat(synonyms, "\31")
    if #found % 100 == 0 then
      LrTasks.yield()
    end
    -- getChildren raises errors now and then (LrGeniusAI's MetadataManager.lua): then its branch is not known.
    local fine, children = LrTasks.pcall(keyword.getChildren, keyword)
    walk(fine and children or {}, path, found, lines)
  end
end

--- The keywords `{path, synonyms}` and the hash of them all.
function KeywordTree.read(catalog)
  local found, lines = Json.array(), {}
  walk(catalog:getKeywords(), {}, found, lines)
  table.sort(lines)
  return found, Text.hash(table.concat(lines, "\29"))
end

--- Lets the daemon know the tree. Returns its hash, or nil and a failure.
function KeywordTree.sync(rpc, catalog)
  local keywords, hash = KeywordTree.read(catalog)
  local answer, failure = rpc:call("vocabulary.sync", { tree = hash })
  if answer and not answer.known then
    answer, failure = rpc:call("vocabulary.sync", { tree = hash, keywords = keywords })
  end
  return answer and hash, failure
end

return KeywordTree
