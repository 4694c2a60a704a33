--- Culling: the photos are measured, the person sees how many are to be picked and rejected, and what they then want is
--- set by a run like any other, which can be taken back.
local LrDate = import("LrDate")

local CullDialogs = require("CullDialogs")
local Known = require("Known")
local Lists = require("Lists")
local Run = require("Run")
local Searches = require("Searches")
local Text = require("Text")

local Cull = {}

local BATCH = 500 -- photos a call
local PAGE = 500 -- results a call
local SET = "photo-bridge culling"
local PAUSED = { message = "The run is paused.", hint = "In a terminal, photo-bridge jobs shows why." }

--- Waits for the end of a run that measures. Returns its status; nil where it was cancelled.
local function followed(run, job)
  local status
  repeat
    status = run.rpc:call("jobs.status", { job = job, wait_ms = 1000 })
    local ended = status.done + status.skipped + status.failed + status.cancelled
    local left = status.waiting and ". " .. status.waiting.message
      or status.seconds_left and ", " .. Text.duration(status.seconds_left) .. " left" or ""
    run.progress:setPortionComplete(ended, math.max(1, status.total))
    run.progress:setCaption(("%d of %d"):format(ended, status.total) .. left)
    if status.state == "paused" then
      local why = status.error or PAUSED
      run.rpc:fail({ message = why.message, hint = why.hint })
    end
  until status.state ~= "open" or run.canceled()
  if status.state == "open" then run.rpc:try("jobs.cancel", { job = job }) end
  return not run.canceled() and status.state == "done" and status or nil
end

--- All photos join one run, since they are compared with one another. Returns the run, nil where there are none.
local function submitted(run, preset)
  local session, job = Text.unique(LrDate.currentTime()), nil
  for some in Lists.chunks(run.entries, BATCH) do
    local items = Known.items(run, some)
    if #items > 0 and not run.canceled() then
      job = run.rpc:call("cull.run", { items = items, preset = preset, session = session }).job
    end
  end
  return job
end

--- The causes of those that could not be judged.
local function failures(run, job)
  local found, answer = {}, { next = 0 }
  repeat
    answer = run.rpc:call("jobs.results", { job = job, after = answer.next, limit = 200, wait_ms = 0 })
    for _, result in ipairs(answer.results) do
      found[#found + 1] = result.status == "failed" and (result.error or { message = "It failed." }) or nil
    end
  until #answer.results == 0
  return found
end

--- What a run says of each photo, by the photo's id.
local function verdicts(run, job)
  local found, answer = {}, { next = 0 }
  repeat
    answer = run.rpc:call("cull.results", { job = job, after = answer.next, limit = PAGE })
    for _, result in ipairs(answer.results) do found[result.id] = result end
  until answer.ended
  return found
end

--- A collection of what is to be picked, and one for each reason of what is to be rejected.
local function show(run, said)
  local names, photos = {}, {}
  local function add(name, entry)
    if not photos[name] then names[#names + 1], photos[name] = name, {} end
    table.insert(photos[name], entry.photo)
  end
  for _, entry in ipairs(run.entries) do
    local verdict = said[entry.id] or { pick = 0 }
    if verdict.pick > 0 then add("to pick", entry) end
    for _, reason in ipairs(verdict.pick < 0 and verdict.reasons or {}) do
      add("to reject, " .. reason.code:gsub("_", " "), entry)
    end
  end
  for _, name in ipairs(names) do Searches.fill(run, "AI Cull: " .. name, photos[name], SET) end
end

--- Shows what was found as often as the person wants. Returns whether it is to be set.
local function agreed(run, summary, failed, said)
  local choice
  repeat
    choice = CullDialogs.sum(run.title, summary, failed)
    if choice == "other" then show(run, said) end
  until choice ~= "other"
  return choice == "ok"
end

--- Culls `run.entries`; returns what to tell, nil where the person left it. `run` as Catalogue.apply takes it, with
--- `context`, `entries` and `progress`.
function Cull.go(run)
  local wish = CullDialogs.wish(run.title, run.context, run.rpc:call("cull.presets").presets)
  if not wish then return nil end
  local job = submitted(run, wish.preset)
  if not job then return run.tally:text("marked") end
  local status = followed(run, job)
  if not status then return nil end
  local summary, failed = run.rpc:call("cull.summary", { job = job }), status.failed > 0 and failures(run, job) or {}
  if summary.picked + summary.rejected == 0 then
    for _, why in ipairs(failed) do run.tally:fail(why.message, why.hint) end
    return CullDialogs.nothing(summary) .. "\n" .. run.tally:text("marked")
  end
  local said = verdicts(run, job)
  if not agreed(run, summary, #failed, said) then return nil end
  run.action = { method = "cull.flag", job = job, flags = wish.flags }
  run.entries = Lists.keep(run.entries, {}, function(entry) return said[entry.id] and said[entry.id].pick ~= 0 end)
  Run.new(run):go()
  for _, why in ipairs(failed) do run.tally:fail(why.message, why.hint) end
  return run.tally:text("marked")
end

return Cull
