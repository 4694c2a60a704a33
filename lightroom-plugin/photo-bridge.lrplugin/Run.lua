--- A run over photos: submit in batches, follow, apply while the model works.
local LrDate = import("LrDate")
local LrPrefs = import("LrPrefs")
local LrTasks = import("LrTasks")

local Catalogue = require("Catalogue")
local Json = require("Json")
local Known = require("Known")
local Lists = require("Lists")
local Proxies = require("Proxies")
local Text = require("Text")
local Xmp = require("Xmp")

local Run = {}
Run.__index = Run

local FIRST, BATCH = 25, 200 -- photos a submission; a small one first, so that the model begins at once
local RENDERED = 10 -- photos that Lightroom renders before they are sent
local GATE = 100 -- photos a write gate at most
local PATIENCE = 10 -- seconds after which fewer are applied
local PAUSED = { message = "The run is paused.", hint = "In a terminal, photo-bridge jobs shows why." }

--- `run` as Catalogue.apply takes it, with `action` `{method, want}`, `entries`, `progress` and `tree`.
function Run.new(run)
  run.session, run.jobs, run.by_id, run.pending = Text.unique(LrDate.currentTime()), {}, {}, {}
  run.submitted, run.arrived, run.applied_at = 0, 0, LrDate.currentTime()
  for _, entry in ipairs(run.entries) do
    run.by_id[entry.id] = entry
  end
  return setmetatable(run, Run)
end

--- Sends photos; `proxies` are the names of their rendered pictures by id.
function Run:_analyze(entries, proxies)
  local items = Known.items(self, entries, function(entry) return proxies[entry.id] or Json.null end)
  if #items == 0 then
    return
  end
  local options = { apply = "host", host = "lightroom", want = self.action.want, tree = self.tree }
  local job = self.rpc:call(self.action.method, { items = items, options = options, session = self.session }).job
  self.submitted = self.submitted + #items
  if not self.jobs[#self.jobs] or self.jobs[#self.jobs].id ~= job then
    self.jobs[#self.jobs + 1] = { id = job, after = 0 }
  end
end

--- Renders and hands over the pictures of a few photos. A photo without one is sent all the same: the daemon knows why
-- it needed one, and says so.
function Run:_render(entries, needed)
  local names = {}
  for _, entry in ipairs(entries) do
    local bytes = Proxies.render(entry.photo, needed[entry.id], self.canceled)
    local name = Text.unique(LrDate.currentTime())
    if bytes and self.rpc:put_proxy(name, bytes) then
      names[entry.id] = name
    end
  end
  return names
end

function Run:_submit(entries)
  local items = Json.map(entries, function(entry)
    return { uri = entry.uri, id = entry.id, virtual = entry.virtual, edited = entry.edited }
  end)
  local needed, rendered = {}, {}
  for _, one in ipairs(self.rpc:call("photos.find_proxies_needed", { items = items }).needed) do
    needed[one.id] = one.edge
  end
  self:_analyze(Lists.keep(entries, rendered, function(entry) return not needed[entry.id] end), {})
  for group in Lists.chunks(rendered, RENDERED) do
    local names = self:_render(group, needed)
    if self.canceled() then
      return
    end
    self:_analyze(group, names)
    self:_collect(0)
  end
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
  elseif result.status == "failed" then
    self.tally:fail(result.error and result.error.message or "It failed.", result.error and result.error.hint)
  else
    self.tally:count(result.status == "cancelled" and "cancelled" or "unchanged")
    self.tally:note({ result.reason })
  end
end

--- Takes what has ended, waiting at most `wait_ms` for it, shows how far the run is, and applies what is due.
function Run:_collect(wait_ms)
  local caption = ("%d of %d"):format(self.arrived, #self.entries)
  for index, job in ipairs(self.jobs) do
    local last = index == #self.jobs
    local wait = last and wait_ms or 0
    local answer = self.rpc:call("jobs.results", { job = job.id, after = job.after, limit = 200, wait_ms = wait })
    job.after, job.over = answer.next, answer.ended and #answer.results == 0
    for _, result in ipairs(answer.results) do
      self:_take(job.id, result)
    end
    local status = last and self.rpc:call("jobs.status", { job = job.id }) or {}
    if status.state == "paused" then
      self.rpc:fail(status.error or PAUSED)
    elseif status.seconds_left then
      caption = caption .. ", " .. Text.duration(status.seconds_left) .. " left"
    end
  end
  self.progress:setPortionComplete(self.arrived, #self.entries)
  self.progress:setCaption(caption)
  if #self.pending >= GATE or LrDate.currentTime() - self.applied_at > PATIENCE then
    self:_apply()
  end
end

--- Applies all that has ended, a gate for each hundred.
function Run:_apply()
  local pending = self.pending
  self.pending, self.applied_at = {}, LrDate.currentTime()
  for chunk in Lists.chunks(pending, GATE) do
    while #chunk > 0 and not self.canceled() do
      -- One job nearly always; a session that was idle for long goes on in another.
      local job, others = chunk[1].job, {}
      local entries = Json.map(Lists.keep(chunk, others, function(one) return one.job == job end),
        function(one) return one.entry end)
      if LrPrefs.prefsForPlugin().way == "xmp" then
        entries = Xmp.apply(self, job, entries)
      end
      Catalogue.apply(self, job, entries)
      chunk = others
    end
  end
  self.applied_at = LrDate.currentTime()
end

function Run:_all_over()
  for _, job in ipairs(self.jobs) do
    if not job.over then
      return false
    end
  end
  return true
end

function Run:_go()
  for batch in Lists.chunks(self.entries, BATCH, FIRST) do
    if not self.canceled() then
      self:_submit(batch)
      self:_collect(0)
    end
  end
  while self.arrived < self.submitted and not self:_all_over() and not self.canceled() do
    self:_collect(1000)
  end
  self:_apply()
end

--- Goes through the whole run; raises what ended it. The counts are in the tally.
function Run:go()
  local fine, message = LrTasks.pcall(self._go, self)
  if not fine or self.canceled() then
    for _, job in ipairs(self.jobs) do
      self.rpc:try("jobs.cancel", { job = job.id })
    end
  end
  local tally = self.tally
  tally.cancelled = #self.entries - tally.written - tally.unchanged - tally.failed
  if not fine then
    error(message, 0)
  end
end

return Run
