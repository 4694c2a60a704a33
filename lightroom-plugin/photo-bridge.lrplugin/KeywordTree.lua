--- The catalogue's own keyword tree, sent to the daemon once per hash.
local LrTasks = import("LrTasks")

local Json = require("Json")
local Text = require("Text")

local KeywordTree = {}

local function walk(keywords, above, found, lines, canceled)
  for _, keyword in ipairs(keywords) do
    if canceled() then return end
    local path = Json.map(above, tostring)
    path[#path + 1] = keyword:getName()
    local synonyms = Json.map(keyword:getSynonyms() or {}, tostring)
    found[#found + 1] = { path = path, synonyms = synonyms }
    lines[#lines + 1] = table.concat(path, "\31") .. "\30" .. table.concat(synonyms, "\31")
    if #found % 100 == 0 then LrTasks.yield() end
    -- getChildren raises errors now and then (LrGeniusAI's MetadataManager.lua): then its branch is not known.
    local fine, children = LrTasks.pcall(keyword.getChildren, keyword)
    walk(fine and children or {}, path, found, lines, canceled)
  end
end

--- Lets the daemon know the tree. Returns its hash; nil where the run was cancelled meanwhile.
function KeywordTree.sync(run)
  local found, lines, rpc = Json.array(), {}, run.rpc
  walk(run.catalog:getKeywords(), {}, found, lines, run.canceled)
  if run.canceled() then return nil end
  table.sort(lines)
  local hash = Text.hash(table.concat(lines, "\29"))
  if not rpc:call("vocabulary.sync", { tree = hash }).known then
    rpc:call("vocabulary.sync", { tree = hash, keywords = found })
  end
  return hash
end

return KeywordTree
