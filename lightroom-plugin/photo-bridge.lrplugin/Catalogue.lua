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
local LEFT = "It is in the catalogue no more."

--- Runs `work` in one write gate, which is one step of Lightroom's own Undo. Returns true, or nil and why not: then
-- nothing of it was done. Lightroom is asked in short tries, so that a cancel is seen while it is busy.
function Catalogue.gate(catalog, title, work, canceled)
  local deadline, given_up, ran = LrDate.currentTime() + GATE_SECONDS, false, false
  local function inside()
    if not given_up then
      work()
      ran = true
    end
  end
  repeat
    local fine, result = LrTasks.pcall(catalog.withWriteAccessDo, catalog, title, inside, { timeout = TRY_SECONDS })
    if not fine then
      given_up = true
      return nil, tostring(result) -- an error inside a gate rolls all of it back
    end
    while result == "queued" and not ran and LrDate.currentTime() < deadline and not canceled() do
      LrTasks.sleep(0.1)
    end
    if ran then
      return true
    end
    LrTasks.sleep(0.1)
  until LrDate.currentTime() >= deadline or canceled()
  given_up = true
  return nil, canceled() and STOPPED or BUSY
end

--- The plans, and the entries that they are of, in the same order; or nil and a failure.
local function plan(run, job, entries, undo)
  local found, items, asked = Known.read(run.catalog, entries), Json.array(), {}
  for _, entry in ipairs(entries) do
    if found[entry.id] then
      items[#items + 1] = { uri = entry.uri, id = entry.id, known = found[entry.id].known }
      asked[#asked + 1] = entry
    else
      run.tally:fail(LEFT)
    end
  end
  if #items == 0 then
    return {}, asked
  end
  local answer, failure = run.rpc:call("metadata.plan", { job = job, items = items, undo = undo })
  return answer and answer.plans, answer and asked or failure
end

local function confirm(run, outcomes)
  local plans = Json.array()
  for _, outcome in ipairs(outcomes) do
    plans[#plans + 1] = { plan_id = outcome.plan_id, applied = outcome.applied, created = outcome.created,
      reason = outcome.failure or Json.null }
  end
  return run.rpc:call("metadata.confirm", { plans = plans })
end

local function count(run, outcome)
  if outcome.failure == STOPPED then
    run.tally.cancelled = run.tally.cancelled + 1
  elseif outcome.failure then
    run.tally:fail(outcome.failure)
  elseif #outcome.applied > 0 then
    run.tally.written = run.tally.written + 1
  else
    run.tally.unchanged = run.tally.unchanged + 1
  end
end

--- Plans, applies and confirms up to 500 photos of a job. `run`: `{rpc, catalog, tally, title, canceled}`. Returns
-- true, or nil and a failure that ends the run.
function Catalogue.apply(run, job, entries, undo)
  local plans, asked = plan(run, job, entries, undo)
  if not plans then
    return nil, asked
  end
  local work = {}
  for index, one in ipairs(plans) do
    run.tally:note(one.warnings)
    if one.error then
      run.tally:fail(one.error.message, one.error.hint)
    elseif one.plan_id and #one.operations > 0 then
      work[#work + 1] = { entry = asked[index], plan = one }
    else
      run.tally.unchanged = run.tally.unchanged + 1
    end
  end
  if #work == 0 then
    return true
  end
  local outcomes = {}
  local done, why = Catalogue.gate(run.catalog, run.title, function()
    outcomes = {}
    local operations = Operations.new(run.catalog)
    for index, one in ipairs(work) do
      outcomes[index] = operations:apply(one.entry.photo, one.plan.operations)
    end
  end, run.canceled)
  for index, one in ipairs(work) do
    outcomes[index] = done and outcomes[index] or { applied = Json.array(), created = Json.array(), failure = why }
    outcomes[index].plan_id = one.plan.plan_id
    count(run, outcomes[index])
  end
  local answer, failure = confirm(run, outcomes)
  return answer and true, failure
end

return Catalogue
