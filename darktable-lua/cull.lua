--- Culling: photos are judged and the sum is said; what was found is set when the person asks for that.

local dt = require "darktable"
local command = require "photo-bridge/command"
local run = require "photo-bridge/run"

local cull = { SET = "AI Cull: Set What Was Found" }

local OURS = "photo_bridge"
local WAYS = { ratings = "rating", ["colour labels"] = "label" }

local last -- {run =, images =}: the photos that were judged last, where there is anything to be set

--- What a run says that has judged these photos, which are kept to be set where there is anything to be set.
local function verdict(judged, images)
  local said, count = {}, 0
  for _, row in ipairs(command.rows { "verdict", judged }) do
    if row[1] == "counts" then
      count = tonumber(row[2]) + tonumber(row[3])
    elseif row[1] == "said" then
      said[#said + 1] = row[2]
    end
  end
  if count > 0 then
    last = { run = judged, images = images }
    said[#said + 1] = "Nothing is set yet. To set them: " .. cull.SET
  end
  return table.concat(said, "\n")
end

--- Has photos judged, and says how many are to be picked and rejected.
function cull.judge(images)
  last = nil
  return run.cull(dt.preferences.read(OURS, "cull_preset", "string"), images, function(judged)
    return verdict(judged, images)
  end)
end

--- Sets what was found last.
function cull.set()
  if not last then command.fail("There is nothing to set.", "Choose AI Cull Selected first.") end
  return run.flag(last.run, WAYS[dt.preferences.read(OURS, "cull_marks", "enum")], last.images)
end

--- What a person can choose, in darktable's Lua options.
function cull.register()
  dt.preferences.register(OURS, "cull_preset", "string", "photo-bridge: AI Cull judges photos as",
    "default, wedding, sport, wildlife, landscape or portrait", "default")
  dt.preferences.register(OURS, "cull_marks", "enum", "photo-bridge: AI Cull sets",
    "ratings: stars and darktable's reject; colour labels: green and red", "ratings", "ratings", "colour labels")
end

return cull
