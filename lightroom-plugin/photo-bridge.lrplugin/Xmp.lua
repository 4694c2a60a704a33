--- The second way of applying: Lightroom saves, the daemon merges into the file, Lightroom reads. Reading replaces what
-- is not saved, so a photo goes this way only while nothing was changed since before its save; every other one goes
-- through the catalogue. saveMetadata and readMetadata are not in Adobe's reference: they may be absent, return before
-- they are done (John Ellis on LrC 15) or do nothing, and no word here relies on them.
local LrDate = import("LrDate")
local LrTasks = import("LrTasks")

local Json = require("Json")
local Known = require("Known")
local Lists = require("Lists")

local Xmp = {}

local PATIENCE = 10 -- seconds without any progress: for saving and for reading
local TOGETHER = 10 -- photos written at once, so that a cancel is seen

--- One photo a file, and no virtual copy: its words are not in the file that it shares.
local function can_go(taken)
  return function(entry)
    local fine, able = LrTasks.pcall(function()
      return entry.photo.saveMetadata and entry.photo.readMetadata and entry.photo:checkPhotoAvailability()
    end)
    if not (fine and able) or entry.virtual or taken[entry.path] then return false end
    taken[entry.path] = true
    return true
  end
end

--- It fails now and then for no reason, and succeeds a second later (John Ellis).
local function save(entry)
  if LrTasks.pcall(entry.photo.saveMetadata, entry.photo) then return true end
  LrTasks.sleep(1)
  return (LrTasks.pcall(entry.photo.saveMetadata, entry.photo))
end

--- Whether the files say what the catalogue says, and their stamps, another after each save.
local function ask(run, entries, before, stamps)
  local items = Json.map(entries, function(one)
    return { uri = one.uri, id = one.id, known = before[one.id].known, stamp = stamps[one.id] }
  end)
  return #items > 0 and run.rpc:try("metadata.landed", { items = items }) or { landed = {}, stamps = {} }
end

--- Waits until `waiting(entries)` is empty, or does not become shorter for a time.
local function wait(run, entries, waiting)
  local deadline = LrDate.currentTime() + PATIENCE
  while #entries > 0 and LrDate.currentTime() < deadline and not run.canceled() do
    LrTasks.sleep(0.3)
    local left = waiting(entries)
    deadline = #left < #entries and LrDate.currentTime() + PATIENCE or deadline
    entries = left
  end
end

--- Lets the daemon merge into a few files. Returns its results by id.
local function write(run, job, entries)
  local items = Json.map(entries, function(entry) return { uri = entry.uri, id = entry.id } end)
  local answer, results = #items > 0 and run.rpc:try("metadata.write", { job = job, items = items }), {}
  for index, result in ipairs(answer and answer.results or {}) do
    results[result.id or items[index].id] = result
  end
  return results
end

--- Only queues the reading. Some call it in a write gate and some outside; which one Lightroom wants is not written.
local function read(run, photo)
  return LrTasks.pcall(photo.readMetadata, photo) or LrTasks.pcall(function()
    run.catalog:withWriteAccessDo(run.title, function() photo:readMetadata() end, { timeout = 10 })
  end)
end

local function untouched(run, entries, before, rest)
  local now = Known.read(run.catalog, entries)
  return Lists.keep(entries, rest, function(one) return Known.same(before[one.id], now[one.id]) end)
end

--- Takes photos of a job this way, and returns those that are to be looked at through the catalogue: those that could
-- not go, and those in whose file the words are (`in_file`). A save may land late and over the daemon's words, and
-- a reading may bring nothing; then they still come.
function Xmp.apply(run, job, entries)
  local rest, in_file = {}, {}
  local able = Lists.keep(entries, rest, can_go({}))
  local before = Known.read(run.catalog, able)
  able = Lists.keep(able, rest, function(one) return before[one.id] end)
  local stamps, there, answer = {}, {}, ask(run, able, before, {})
  for index, one in ipairs(able) do stamps[one.id] = answer.stamps[index] end
  able = Lists.keep(able, rest, function(one) return stamps[one.id] and not run.canceled() and save(one) end)
  wait(run, able, function(list)
    list = untouched(run, list, before, {}) -- the file of an edited one will never say what was true before
    local landed = ask(run, list, before, stamps).landed
    for index, one in ipairs(list) do there[one.id] = landed[index] == true end
    return Lists.keep(list, {}, function(one) return not there[one.id] end)
  end)
  able = Lists.keep(able, rest, function(one) return there[one.id] end)
  for some in Lists.chunks(able, TOGETHER) do
    some = run.canceled() and {} or untouched(run, some, before, rest)
    local results = write(run, job, some)
    some = Lists.keep(some, rest, function(one) return results[one.id] and results[one.id].status == "done" end)
    for _, entry in ipairs(untouched(run, some, before, rest)) do
      local result = results[entry.id]
      run.tally:note(result.warnings)
      if #result.written_to == 0 then
        run.tally:count("unchanged")
      else
        entry.in_file = read(run, entry.photo)
        local list = entry.in_file and in_file or rest
        list[#list + 1] = entry
      end
    end
  end
  wait(run, in_file, function(list) return untouched(run, list, before, {}) end) -- the reading is only queued
  if run.canceled() then
    run.tally.written = run.tally.written + #in_file
    return {}
  end
  run.tally.fell_back = run.tally.fell_back + #rest
  Lists.keep(in_file, rest, function() return false end)
  return rest
end

return Xmp
