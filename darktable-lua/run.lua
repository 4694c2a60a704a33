--- A run: hand over the selection, follow, apply what comes back and confirm it, sum up; and the way back.

local dt = require "darktable"
local catalogue = require "photo-bridge/catalogue"
local command = require "photo-bridge/command"
local progress = require "photo-bridge/progress"
local records = require "photo-bridge/records"

local run = {}

local BATCH = 50 -- photos that are applied and confirmed together
local LOOK = 1000 -- milliseconds between two looks at the run
local BREATH = 25 -- photos that are read before others may use Lua

local busy = false

--- A message for the person; also in darktable's log (darktable -d lua).
function run.say(text)
  text = text:gsub("%s+$", "")
  dt.print(text)
  dt.print_log("photo-bridge: " .. text)
end

--- Do it, one at a time, and say what went wrong.
function run.guarded(act, images)
  if busy then
    run.say("photo-bridge is at work already. The cross at its bar cancels it.")
    return
  end
  busy = true
  local fine, why = pcall(act, images)
  busy = false
  if fine then
    return
  end
  if type(why) ~= "table" then
    dt.print_error("photo-bridge: " .. tostring(why))
    why = { message = "photo-bridge met a fault of its own in darktable.", hint = tostring(why) }
  end
  run.say(why.message .. "\n" .. why.hint)
end

local function rest(milliseconds, bar)
  local slept = 0
  while slept < milliseconds and not bar.cancelled and not dt.control.ending do
    dt.control.sleep(100)
    slept = slept + 100
  end
end

--- What darktable says now of these photos; those that are gone from it are left out.
local function read(images)
  local photos = {}
  for number, image in ipairs(images) do
    local there, fields = pcall(catalogue.read, image)
    if there then
      photos[#photos + 1] = fields
    end
    if number % BREATH == 0 then
      dt.control.sleep(1)
    end
  end
  return table.concat(photos), #photos
end

--- The plans in what `results` wrote, each {photo =, plan =, operations =}.
local function plans(rows, count)
  local found = {}
  local last = table.remove(rows) or {}
  for _, row in ipairs(rows) do
    if row[1] == "photo" then
      found[#found + 1] = { id = row[2], path = row[3], plan = row[4], operations = {} }
    elseif row[1] == "warning" then
      dt.print_log("photo-bridge: " .. found[#found].path .. ": " .. row[2])
    else
      table.insert(found[#found].operations, row)
    end
  end
  if last[1] ~= "done" or tonumber(last[2]) ~= count or #found ~= count then
    command.fail("What photo-bridge answered was cut off.", "Nothing was changed by it. Say the same again.")
  end
  return found
end

--- Ask what to do with some photos of a run, do it, and tell at once what was done.
local function apply(job, images, way, bar)
  local by_id = {}
  for _, image in ipairs(images) do
    by_id[tostring(image.id)] = image
  end
  local input, count = read(images)
  if count == 0 then
    return
  end
  local confirmed = {}
  local function put(name, value)
    confirmed[#confirmed + 1] = records.field(name, value)
  end
  for _, found in ipairs(plans(command.rows({ "results", job, way }, input), count)) do
    if found.plan ~= "" and not bar.cancelled then
      local applied, created, reason = catalogue.apply(by_id[found.id], found.operations)
      put("plan", found.plan)
      put("applied", applied)
      put("created", created)
      if reason then
        put("reason", reason)
      end
      dt.control.sleep(1)
    end
  end
  if #confirmed > 0 then
    command.call({ "confirm", job }, table.concat(confirmed))
  end
end

--- Apply what has ended since `after`. Returns the next `after`, and whether the run is over.
local function collect(job, by_id, after, bar)
  local over, full = false, true
  while full and not bar.cancelled do
    local rows = command.rows { "ended", job, after, "--limit", BATCH }
    local images = {}
    for _, row in ipairs(rows) do
      if row[1] == "photo" and row[4] == "done" then
        images[#images + 1] = by_id[row[2]]
      elseif row[1] == "next" then
        after, over = row[2], row[3] == "1"
      end
    end
    apply(job, images, nil, bar)
    full = #rows > BATCH
  end
  return after, over
end

local function follow(title, job, by_id, bar)
  local after, over = 0, false
  while not over do
    rest(LOOK, bar)
    if dt.control.ending then
      bar.cancelled = true
    end
    if bar.cancelled then
      return
    end
    local state, ended, total, _, _, message, hint = table.unpack(command.rows({ "poll", job })[1])
    bar.show(title .. ": " .. message, tonumber(ended) / math.max(1, tonumber(total)))
    after, over = collect(job, by_id, after, bar)
    if state == "paused" then
      command.fail(message, hint)
    end
  end
end

--- `with` gets the bar; what it raises is raised again when the bar is gone.
local function barred(title, stop, with)
  local bar = progress.open(title, stop)
  local fine, why = pcall(with, bar)
  bar.close()
  if not fine then
    error(why, 0)
  end
end

local function chosen(images)
  if not images or #images == 0 then
    command.fail("No photo is selected.", "Select the photos, then say it again.")
  end
end

--- Keywords or captions for photos.
function run.analyze(title, want, images)
  chosen(images)
  local by_id, job, told = {}, nil, false
  for _, image in ipairs(images) do
    by_id[tostring(image.id)] = image
  end
  local function stop()
    if job and not told then
      told = true
      command.call { "cancel", job }
    end
  end
  local summary
  barred(title, stop, function(bar)
    job = command.rows({ "submit", want }, (read(images)), catalogue.tree())[1][1]
    local fine, why = pcall(follow, title, job, by_id, bar)
    if bar.cancelled then
      stop()
    end
    summary = command.call { "summary", job }
    if not fine then
      error(why, 0)
    end
  end)
  run.say(title .. ": " .. summary)
end

--- Flags for photos, once photo-bridge has them.
function run.cull(images)
  chosen(images)
  run.say(command.call({ "cull" }, (read(images))))
end

--- Take the last run of darktable back.
function run.undo()
  local rows = command.rows { "undo" }
  local job, images, gone = rows[1][2], {}, 0
  for _, row in ipairs(rows) do
    if row[1] == "photo" then
      local image = catalogue.find(row[2], row[3])
      images[#images + 1] = image
      gone = gone + (image and 0 or 1)
    end
  end
  barred("Undo Last AI Run", function() end, function(bar)
    for first = 1, #images, BATCH do
      if not bar.cancelled and not dt.control.ending then
        apply(job, { table.unpack(images, first, math.min(first + BATCH - 1, #images)) }, "--undo", bar)
        bar.show("Undo Last AI Run: " .. first .. " of " .. #images, first / #images)
      end
    end
  end)
  local missing = gone > 0 and ("\n%d are no longer in this library."):format(gone) or ""
  run.say("Undo: " .. command.call { "summary", job, "--undo" } .. missing)
end

return run
