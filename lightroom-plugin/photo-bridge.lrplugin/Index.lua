--- Has photos indexed, so that they are found: in the background, a thousand after another.
local Json = require("Json")
local Lists = require("Lists")
local Selection = require("Selection")
local Text = require("Text")

local Index = {}

local BATCH = 1000
local PAUSED = { message = "The run is paused.", hint = "In a terminal, photo-bridge jobs shows why." }

local function uris_of(entries)
  local uris, seen = {}, {}
  for _, entry in ipairs(entries) do
    if not seen[entry.uri] then uris[#uris + 1], seen[entry.uri] = entry.uri, true end
  end
  return uris
end

--- The causes of those that failed, and the counts.
local function count(run, job)
  local answer = { next = 0 }
  repeat
    answer = run.rpc:call("jobs.results", { job = job, after = answer.next, limit = 200, wait_ms = 0 })
    for _, result in ipairs(answer.results) do
      if result.status == "failed" then
        run.tally:fail(result.error and result.error.message or "It failed.", result.error and result.error.hint)
      elseif result.status == "cancelled" then
        run.tally:count("cancelled")
      else
        run.tally:count(result.status == "done" and "written" or "unchanged")
      end
    end
  until #answer.results == 0
end

--- Follows one run to its end; `done` of `all` were before it.
local function follow(run, job, done, all)
  local status
  repeat
    status = run.rpc:call("jobs.status", { job = job, wait_ms = 1000 })
    local ended = status.done + status.skipped + status.failed + status.cancelled
    local left = status.waiting and ". " .. status.waiting.message
      or status.seconds_left and all <= BATCH and ", " .. Text.duration(status.seconds_left) .. " left" or ""
    run.progress:setPortionComplete(math.min(all, done + ended), all)
    run.progress:setCaption(("%d of %d"):format(done + ended, all) .. left)
    if status.state == "paused" then
      local why = status.error or PAUSED
      run.rpc:fail({ message = why.message, hint = why.hint })
    end
  until status.state ~= "open" or run.canceled()
  if status.state == "open" then run.rpc:try("jobs.cancel", { job = job }) end
  count(run, job)
end

--- Indexes photos; returns what to tell.
function Index.go(run, photos)
  run.progress:setCaption("Reading")
  local entries, videos = Selection.entries(run.catalog, photos)
  local uris, done = uris_of(entries), 0
  run.tally.videos = videos
  for batch in Lists.chunks(uris, BATCH) do
    if run.canceled() then break end
    local job = run.rpc:call("index.add", { uris = Json.map(batch, tostring) }).job
    if job then follow(run, job, done, #uris) end
    done = done + #batch
  end
  local tally = run.tally
  tally.cancelled = #uris - tally.written - tally.unchanged - tally.failed
  return tally:text("indexed")
end

return Index
