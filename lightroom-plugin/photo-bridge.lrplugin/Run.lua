--- A run over photos: submit in batches, follow, apply while the model works.
local LrDate = import("LrDate")
local LrPrefs = import("LrPrefs")

local Catalogue = require("Catalogue")
local Json = require("Json")
local Known = require("Known")
local Proxies = require("Proxies")
local Text = require("Text")
local Xmp = require("Xmp")

local Run = {}
Run.__index = Run

local FIRST, BATCH = 25, 200 -- photos a submission; a small one first, so that the model begins at once
local RENDERED = 10 -- photos that Lightroom renders before they are sent
local GATE = 100 -- photos a write gate at most
local PATIENCE = 10 -- seconds after which fewer are applied

--- `run` as Catalogue.apply takes it, with `action` `{method, want}`, `entries`, `progress` and `tree`.
function Run.new(run)
  run.session, run.jobs, run.by_id, run.pending = Text.unique(LrDate.currentTime()), {}, {}, {}
  run.submitted, run.arrived, run.applied_at = 0, 0, LrDate.currentTime()
  for _, entry in ipairs(run.entries) do
    run.by_id[entry.id] = entry
  end
  return setmetatable(run, Run)
end

function Run:_analyze(entries, found, proxies)
  local items = Json.array()
  for _, entry in ipairs(entries) do
    if found[entry.id] then
      local proxy = proxies[entry.id] or Json.null
      items[#items + 1] = { uri = entry.uri, id = entry.id, known = found[entry.id].known, proxy = proxy }
    else
      self.tally:fail("It is in the catalogue no more.")
    end
  end
  if #items == 0 then
    return true
  end
  local options = { apply = "host", host = "lightroom", want = self.action.want, tree = self.tree }
  local answer, failure =
    self.rpc:call(self.action.method, { items = items, options = options, session = self.session })
  if not answer then
    return nil, failure
  end
  self.submitted = self.submitted + #items
  local last = self.jobs[#self.jobs]
  if not last or last.id ~= answer.job then
    self.jobs[#self.jobs + 1] = { id = answer.job, after = 0 }
  end
  return true
end

--- Renders and hands over the pictures of a few photos. Returns their names by the photos' ids, or nil and a failure.
function Run:_proxies(entries, needed)
  local names = {}
  for _, entry in ipairs(entries) do
    local bytes = not self.canceled() and Proxies.render(entry.photo, needed[entry.id], self.canceled)
    if bytes then
      local name = Text.unique(LrDate.currentTime())
      local put, failure = self.rpc:put_proxy(name, bytes)
      if put then
        names[entry.id] = name
      elseif failure.code == "no_daemon" then
        return nil, failure
      end
    end
  end
  return names
end

function Run:_submit(entries)
  local items, needed = Json.array(), {}
  for _, entry in ipairs(entries) do
    items[#items + 1] = { uri = entry.uri, id = entry.id, virtual = entry.virtual, edited = entry.edited }
  end
  local answer, failure = self.rpc:call("photos.find_proxies_needed", { items = items })
  if not answer then
    return nil, failure
  end
  for _, one in ipairs(answer.needed) do
    needed[one.id] = one.edge
  end
  local found, ready, group = Known.read(self.catalog, entries), {}, {}
  for _, entry in ipairs(entries) do
    if not needed[entry.id] then
      ready[#ready + 1] = entry
    end
  end
  local fine
  fine, failure = self:_analyze(ready, found, {})
  for index, entry in ipairs(entries) do
    if needed[entry.id] then
      group[#group + 1] = entry
    end
    if fine and #group > 0 and (#group == RENDERED or index == #entries) and not self.canceled() then
      local names
      names, failure = self:_proxies(group, needed)
      fine = names and not self.canceled()
      if fine then
        fine, failure = self:_analyze(group, found, names)
        fine, failure = fine and self:_collect(0), failure
      end
      group = {}
    end
  end
  return fine, failure
end

function Run:_take(job, result)
  local entry = self.by_id[result.id]
  if not entry or entry.ended then
    return
  end
  entry.ended, self.arrived = true, self.arrived + 1
  self.tally:note(result.warnings)
  if result.status == "done" then
    self.pending[#self.pending + 1] = { job = job, entry = entry }
  elseif result.status == "skipped" then
    self.tally.unchanged = self.tally.unchanged + 1
    self.tally:note({ result.reason })
  elseif result.status == "cancelled" then
    self.tally.cancelled = self.tally.cancelled + 1
  else
    local failure = result.error or {}
    self.tally:fail(failure.message or "It failed.", failure.hint)
  end
end

--- Takes what has ended, waiting at most `wait_ms` for it, and shows how far the run is.
function Run:_collect(wait_ms)
  for index, job in ipairs(self.jobs) do
    local wait = index == #self.jobs and wait_ms or 0
    local answer, failure =
      self.rpc:call("jobs.results", { job = job.id, after = job.after, limit = 200, wait_ms = wait })
    if not answer then
      return nil, failure
    end
    job.idle = #answer.results == 0 and answer.ended
    job.after = answer.next
    for _, result in ipairs(answer.results) do
      self:_take(job.id, result)
    end
  end
  return self:_show()
end

function Run:_show()
  local job, caption = self.jobs[#self.jobs], ("%d of %d"):format(self.arrived, #self.entries)
  if job then
    local status, failure = self.rpc:call("jobs.status", { job = job.id })
    if not status then
      return nil, failure
    elseif status.state == "paused" then
      return nil, status.error or { message = "The run is paused.", hint = "photo-bridge jobs shows why." }
    elseif status.seconds_left then
      caption = caption .. ", " .. Text.duration(status.seconds_left) .. " left"
    end
  end
  self.progress:setPortionComplete(self.arrived, #self.entries)
  self.progress:setCaption(caption)
  return true
end

--- Applies what has ended: all of it with `all`, else only where a gate is full or some time has passed.
function Run:_apply(all)
  local now = LrDate.currentTime()
  if #self.pending == 0 or not (all or #self.pending >= GATE or now - self.applied_at > PATIENCE) then
    return true
  end
  local waiting = self.pending
  self.pending = {}
  for start = 1, #waiting, GATE do
    local job, entries = waiting[start].job, {}
    for index = start, math.min(start + GATE - 1, #waiting) do
      if waiting[index].job ~= job or self.canceled() then
        self.pending[#self.pending + 1] = waiting[index]
      else
        entries[#entries + 1] = waiting[index].entry
      end
    end
    if LrPrefs.prefsForPlugin().way == "xmp" then
      entries = Xmp.apply(self, job, entries)
    end
    local fine, failure = Catalogue.apply(self, job, entries)
    if not fine then
      return nil, failure
    end
  end
  self.applied_at = LrDate.currentTime()
  return true
end

local function all_idle(jobs)
  for _, job in ipairs(jobs) do
    if not job.idle then
      return false
    end
  end
  return true
end

function Run:_go()
  local fine, failure = true, nil
  local start, size = 1, FIRST
  while fine and start <= #self.entries and not self.canceled() do
    local batch = {}
    for index = start, math.min(start + size - 1, #self.entries) do
      batch[#batch + 1] = self.entries[index]
    end
    fine, failure = self:_submit(batch)
    if fine then
      fine, failure = self:_collect(0)
    end
    if fine then
      fine, failure = self:_apply(false)
    end
    start, size = start + size, BATCH
  end
  while fine and self.arrived < self.submitted and not all_idle(self.jobs) and not self.canceled() do
    fine, failure = self:_collect(1000)
    if fine then
      fine, failure = self:_apply(false)
    end
  end
  while fine and #self.pending > 0 and not self.canceled() do
    fine, failure = self:_apply(true)
  end
  return fine, failure
end

--- Goes through the whole run. Returns a failure where one ended it, else nil; the counts are in the tally.
function Run:go()
  local fine, failure = self:_go()
  if not fine or self.canceled() then
    for _, job in ipairs(self.jobs) do
      self.rpc:call("jobs.cancel", { job = job.id })
    end
  end
  local told = self.tally
  local counted = told.written + told.unchanged + told.failed + told.cancelled
  told.cancelled = told.cancelled + #self.entries - counted
  return failure
end

return Run
