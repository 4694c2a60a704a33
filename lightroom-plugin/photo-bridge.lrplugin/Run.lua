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
local KEYWORDED = 1000 -- photos a call
local RENDERED = 10 -- photos that Lightroom renders before they are sent
local GATE = 100 -- photos a write gate at most
local PATIENCE = 10 -- seconds after which fewer are applied
local PAUSED = { message = "The run is paused.", hint = "In a terminal, photo-bridge jobs shows why." }

--- `run` as Catalogue.apply takes it, with `action` `{method, …}`, `entries`, `progress` and `tree`.
function Run.new(run)
  run.session, run.jobs, run.by_id, run.pending = Text.unique(LrDate.currentTime()), {}, {}, {}
  run.submitted, run.arrived, run.applied_at, run.asked_at, run.left = 0, 0, LrDate.currentTime(), 0, ""
  for _, entry in ipairs(run.entries) do run.by_id[entry.id] = entry end
  return setmetatable(run, Run)
end

--- Sends photos; `proxies` are the names of their rendered pictures by id.
function Run:_analyze(entries, proxies)
  local items = Known.items(self, entries, function(entry) return proxies[entry.id] or Json.null end)
  if #items == 0 then return end
  local options = { apply = "host", host = "lightroom", want = self.action.want, tree = self.tree }
  self:_joined("photos.analyze", { items = items, options = options, session = self.session })
end

--- Hands items over to a run, which all of one session join unless it was idle for long.
function Run:_joined(method, params)
  local job = self.rpc:call(method, params).job
  self.submitted = self.submitted + #params.items
  if not self.jobs[#self.jobs] or self.jobs[#self.jobs].id ~= job then
    self.jobs[#self.jobs + 1] = { id = job, after = 0 }
  end
end

--- Renders a few photos. One that Lightroom does not render is sent all the same: the daemon says why it needed it.
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
    if self.canceled() then return end
    self:_analyze(group, names)
    self:_collect(0)
  end
end

--- What a culling run says of photos; the daemon has them already.
function Run:_flag()
  self.submitted = #self.entries
  self.jobs[1] = { after = 0, id = self.rpc:call("cull.flag", { job = self.action.job, flags = self.action.flags,
    host = "lightroom", apply = "host", session = self.session }).job }
end

--- A keyword that a person gives needs no model, so nothing is gained by a small batch.
function Run:_keyword()
  for some in Lists.chunks(self.entries, KEYWORDED) do
    local items = Known.items(self, some)
    if #items > 0 and not self.canceled() then
      self:_joined("photos.keyword", { items = items, keyword = self.action.keyword, host = "lightroom", apply = "host",
        tree = self.tree, session = self.session })
    end
  end
end

function Run:_take(job, result)
  local entry = self.by_id[result.id]
  if not entry or entry.ended then return end
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

--- The time left, for people. A run that is paused ends here, with its cause.
function Run:_time_left()
  local now, job = LrDate.currentTime(), self.jobs[#self.jobs]
  if not job or now - self.asked_at < 1 then return self.left end
  local status = self.rpc:call("jobs.status", { job = job.id })
  if status.state == "paused" then
    self:_apply_all()
    local why = status.error or PAUSED
    self.rpc:fail({ message = why.message, hint = why.hint .. " In Lightroom, run the same command again." })
  end
  self.asked_at = now
  self.left = status.waiting and ". " .. status.waiting.message
    or status.seconds_left and ", " .. Text.duration(status.seconds_left) .. " left" or ""
  return self.left
end

--- Takes what has ended, waiting at most `wait_ms` for it, shows how far the run is, and applies what is due.
function Run:_collect(wait_ms)
  self.over = true
  for index, job in ipairs(self.jobs) do
    local wait = index == #self.jobs and wait_ms or 0
    local answer = self.rpc:call("jobs.results", { job = job.id, after = job.after, limit = 200, wait_ms = wait })
    job.after = answer.next
    self.over = self.over and answer.ended and #answer.results == 0
    for _, result in ipairs(answer.results) do self:_take(job.id, result) end
  end
  self.progress:setPortionComplete(self.arrived, #self.entries)
  self.progress:setCaption(("%d of %d"):format(self.arrived, #self.entries) .. self:_time_left())
  while #self.pending >= GATE and not self.canceled() do
    self:_apply(GATE)
  end
  if LrDate.currentTime() - self.applied_at > PATIENCE then self:_apply(GATE) end
end

--- Applies the first photos that have ended, of one job (a session that was idle for long goes on in another).
function Run:_apply(most)
  local first, rest, count = self.pending[1], {}, 0
  local chosen = Lists.keep(self.pending, rest, function(one)
    count = count + (one.job == first.job and 1 or 0)
    return one.job == first.job and count <= most
  end)
  self.pending = rest
  if first and not self.canceled() then
    local entries = Json.map(chosen, function(one) return one.entry end)
    -- Lightroom reads no flag from a file.
    if LrPrefs.prefsForPlugin().way == "xmp" and self.action.method ~= "cull.flag" then
      entries = Xmp.apply(self, first.job, entries)
    end
    Catalogue.apply(self, first.job, entries)
  end
  self.applied_at = LrDate.currentTime()
end

function Run:_apply_all()
  while #self.pending > 0 and not self.canceled() do
    self:_apply(GATE)
  end
end

function Run:_go()
  local analyzed = self.action.method == "photos.analyze" and self.entries or {}
  if self.action.method == "cull.flag" then self:_flag() end
  if self.action.method == "photos.keyword" then self:_keyword() end
  for batch in Lists.chunks(analyzed, BATCH, FIRST) do
    if not self.canceled() then
      self:_submit(batch)
      self:_collect(0)
    end
  end
  while self.arrived < self.submitted and not self.over and not self.canceled() do
    LrTasks.sleep(0.2) -- from a fast model photos come by the handful
    self:_collect(1000)
  end
  self:_apply_all()
end

--- Goes through the whole run; raises what ended it. The counts are in the tally.
function Run:go()
  local fine, message = LrTasks.pcall(self._go, self)
  if not fine or self.canceled() then
    for _, job in ipairs(self.jobs) do self.rpc:try("jobs.cancel", { job = job.id }) end
  end
  local tally = self.tally
  tally.cancelled = #self.entries - tally.written - tally.unchanged - tally.failed
  if not fine then error(message, 0) end
end

return Run
