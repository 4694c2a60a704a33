--- Applying through the catalogue: plan with what the catalogue says now, one write gate, confirm.
local LrDate = import("LrDate")
local LrTasks = import("LrTasks")

local Json = require("Json")
local Known = require("Known")
local Operations = require("Operations")

local Catalogue = {}

local GATE_SECONDS = 60
local TRY_SECONDS = 2
local BUSY = "Lightroom was busy and did not let its catalogue be changed. Run the same command again."
local STOPPED = "The run was cancelled."

--- Runs `work` in one write gate, which is one step of Lightroom's own Undo. Returns nothing, or why nothing of it was
-- done. Lightroom is asked in short tries, so that a cancel is seen while it is busy.
function Catalogue.gate(run, work)
  local deadline, given_up, ran = LrDate.currentTime() + GATE_SECONDS, false, false
  local function inside()
    if not given_up then
      work()
      ran = true
    end
  end
  repeat
    local fine, result =
      LrTasks.pcall(run.catalog.withWriteAccessDo, run.catalog, run.title, inside, { timeout = TRY_SECONDS })
    if not fine then
      given_up = true
      return tostring(result) -- an error inside a gate rolls all of it back
    end
    while result == "queued" and not ran and LrDate.currentTime() < deadline and not run.canceled() do
      LrTasks.sleep(0.1)
    end
    if ran then return nil end
    LrTasks.sleep(0.1)
  until LrDate.currentTime() >= deadline or run.canceled()
  given_up = true
  return run.canceled() and STOPPED or BUSY
end

--- The plans that have something to do, as `{entry, plan}`; the others are counted.
local function plan(run, job, entries, undo)
  local items, there = Known.items(run, entries)
  local plans = #items > 0 and run.rpc:call("metadata.plan", { job = job, items = items, undo = undo }).plans or {}
  local work = {}
  for index, one in ipairs(plans) do
    run.tally:note(one.warnings)
    if one.error then
      run.tally:fail(one.error.message, one.error.hint)
    elseif one.plan_id and #one.operations > 0 then
      work[#work + 1] = { entry = there[index], plan = one }
    else
      run.tally:count(there[index].in_file and "written" or "unchanged")
    end
  end
  return work
end

--- Plans, applies and confirms up to 500 photos of a job. `run`: `{rpc, catalog, tally, title, canceled, freed}`.
-- An entry that is `in_file` was written by the daemon; what the catalogue still lacks then fell back.
function Catalogue.apply(run, job, entries, undo)
  local work, outcomes = plan(run, job, entries, undo), {}
  if #work == 0 then return end
  local why_not = Catalogue.gate(run, function()
    local operations = Operations.new(run.catalog, run.freed)
    for index, one in ipairs(work) do
      outcomes[index] = operations:apply(one.entry.photo, one.plan.operations)
    end
  end)
  local plans = Json.array()
  for index, one in ipairs(work) do
    local outcome = not why_not and outcomes[index] or { applied = Json.array(), created = Json.array() }
    outcome.reason, outcome.plan_id = why_not or outcome.reason, one.plan.plan_id
    plans[index] = outcome
    if outcome.reason and outcome.reason ~= STOPPED then
      run.tally:fail(outcome.reason)
    else
      local wrote = one.entry.in_file or #outcome.applied > 0
      run.tally:count(outcome.reason and "cancelled" or wrote and "written" or "unchanged")
      if one.entry.in_file then run.tally:count("fell_back") end
    end
  end
  run.rpc:call("metadata.confirm", { plans = plans })
end

return Catalogue
