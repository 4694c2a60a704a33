--- A run: hand over the selection, follow, apply what comes back and confirm it, sum up; and the way back.

local dt = require "darktable"
local catalogue = require "photo-bridge/catalogue"
local command = require "photo-bridge/command"
local progress = require "photo-bridge/progress"
local records = require "photo-bridge/records"

local run = {}
run.HELP = "Settings are in " .. command.FOLDER .. "/settings.toml. After a change, say in a terminal: photo-bridge stop"

local BATCH = 50 -- photos that are applied and confirmed together
local LOOK = 500 -- milliseconds between two looks at a run, which wait for news themselves

local busy = false
local job -- that darktable waits for

--- A message for the person; also in darktable's log (darktable -d lua).
function run.say(text)
  text = text:gsub("%s+$", "")
  dt.print(text)
  dt.print_log("photo-bridge: " .. text)
end
local say = run.say

--- Do it, one at a time, and say what it answers, or what went wrong. That is the last of it: who has read it can
--- choose the next action, and finds nothing half tidied.
function run.guarded(act, images)
  if busy then
    say("photo-bridge is at work already. The cross at its bar cancels it.")
    return
  end
  busy = true
  local fine, told = pcall(act, images)
  catalogue.tidy()
  busy = false
  if fine then
    if told then say(told) end
  elseif type(told) == "table" then
    say(told.message .. "\n" .. told.hint)
  else
    say("photo-bridge met a fault of its own in darktable.\n" .. tostring(told))
  end
end

--- What darktable says now of these photos, and how many they are; those that are gone from it are left out, and no
--- other: what else fails is raised.
local function read(images)
  local photos = {}
  for number, image in ipairs(images) do
    local fine, fields = pcall(catalogue.read, image)
    if not fine and dt.database.get_image(image.id) then
      error(fields, 0)
    end
    photos[#photos + 1] = fine and fields or nil
    if number % 25 == 0 then
      dt.control.sleep(1) -- others may use Lua
    end
  end
  return table.concat(photos), #photos
end

local function by_number(images)
  local found = {}
  for _, image in ipairs(images) do
    found[tostring(image.id)] = image
  end
  return found
end

--- What `results` wrote, as {id =, plan =, operations =} of each photo.
local function plans(rows, count)
  local found = {}
  local last = table.remove(rows) or {}
  for _, row in ipairs(rows) do
    if row[1] == "photo" then
      found[#found + 1] = { id = row[2], path = row[3], plan = row[4], operations = {} }
    elseif row[1] == "warning" then
      dt.print_log(found[#found].path .. ": " .. row[2])
    else
      table.insert(found[#found].operations, row)
    end
  end
  if last[1] ~= "done" or tonumber(last[2]) ~= count or #found ~= count then
    command.fail("What photo-bridge answered was cut off.", "Nothing was changed by it. Choose the action again.")
  end
  return found
end

--- Ask what to do with some photos of a run, do it, and tell at once what was done.
local function apply(of, images, way, bar)
  local by_id, confirmed = by_number(images), {}
  local input, count = read(images)
  if count == 0 then return end
  for _, found in ipairs(plans(command.rows({ "results", of, way }, input), count)) do
    if found.plan ~= "" and not bar.over() then
      local applied, created, reason = catalogue.apply(by_id[found.id], found.operations)
      confirmed[#confirmed + 1] = records.field("plan", found.plan) .. records.field("applied", applied)
        .. records.field("created", created) .. records.field("reason", reason or "")
      dt.control.sleep(1)
    end
  end
  if #confirmed > 0 then
    command.call({ "confirm", of, way }, table.concat(confirmed))
  end
end

--- Apply what has ended since `after`. Returns the next `after`, and whether the run is over.
local function collect(by_id, after, bar)
  local over, full = false, true
  while full and not bar.over() do
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

--- Follow the run to its end, and apply what comes to the photos `by_id`; without them nothing is applied.
local function follow(title, by_id, bar)
  local after, over, seen = 0, false, 0
  while not over do
    dt.control.sleep(LOOK)
    if bar.over() then return end
    local state, ended, total, _, _, message, hint = table.unpack(command.rows({ "poll", job, "--wait", 1 })[1])
    bar.show(title .. ": " .. message, tonumber(ended) / math.max(1, tonumber(total)))
    if not by_id then
      over = state ~= "open"
    elseif tonumber(ended) > seen or state ~= "open" then
      seen = tonumber(ended)
      after, over = collect(by_id, after, bar)
    end
    if state == "paused" then
      command.fail(message, hint)
    end
  end
end

--- `with` gets the bar. Returns whether it came to its end, and what it raised.
local function barred(title, stop, with)
  local bar = progress.open(title, stop)
  local fine, why = pcall(with, bar)
  bar.close()
  return fine, why
end

--- A run, which `words` begin with what command.call takes besides. It is applied to `images` where there are any.
--- Returns what became of the photos, for the person: what `word_of` says of it at its end.
local function whole(title, words, images, word_of, input, tree, word)
  local function cancel()
    if job then command.call { "cancel", job } end
  end
  local fine, why = barred(title, cancel, function(bar)
    local begun = command.rows(words, input, tree, word)[1]
    job = begun[2] or begun[1]
    if bar.over() then
      cancel() -- the cross was pressed before there was a run
    end
    follow(title, images and by_number(images), bar)
  end)
  local ended = job
  job = nil
  local sum = ended and not dt.control.ending and title .. ": " .. word_of(ended) or nil
  if not fine then
    if sum then say(sum) end
    error(why, 0)
  end
  return sum
end

local function summary(ended)
  return command.call { "summary", ended }
end

--- Keywords or captions for photos.
function run.analyze(title, want, images)
  local input = read(images) -- with none the command says what to do
  return whole(title, { "submit", want }, images, summary, input, catalogue.tree())
end

--- A keyword of the person's for photos.
function run.keyword(keyword, images)
  local input = read(images)
  return whole("Keyword", { "keyword" }, images, summary, input, catalogue.tree(), records.field("keyword", keyword))
end

--- Have photos judged, all in one run; nothing is applied. `word_of` gets the run at its end.
function run.cull(preset, images, word_of)
  local input = read(images)
  return whole("AI cull", { "cull", "--preset", preset }, nil, word_of, input)
end

--- What a run says that judged photos, set on them.
function run.flag(judged, way, images)
  return whole("AI cull", { "flag", judged, "--as", way }, images, summary)
end

--- darktable is closing.
function run.leave()
  if job then command.leave(job) end
end

--- Take the last run of darktable back.
function run.undo()
  local rows, images = command.rows { "undo" }, {}
  for _, row in ipairs(rows) do
    images[#images + 1] = row[1] == "photo" and catalogue.find(row[2], row[3]) or nil
  end
  local undone, gone = rows[1][2], tonumber(rows[#rows][2]) - #images
  local fine, why = barred("Undo Last AI Run", function() end, function(bar)
    for first = 1, #images, BATCH do
      if not bar.over() then
        apply(undone, { table.unpack(images, first, math.min(first + BATCH - 1, #images)) }, "--undo", bar)
        bar.show("Undo Last AI Run: " .. first .. " of " .. #images, first / #images)
      end
    end
  end)
  if not fine then
    error(why, 0)
  end
  local more = gone > 0 and gone .. " are no longer in this library." or ""
  return "Undo: " .. command.call { "summary", undone, "--undo" } .. more
end

function run.settings()
  local set = {}
  for _, row in ipairs(command.rows { "settings" }) do
    set[row[1]] = row[2]
  end
  return ("Model: %s. At most %s keywords a photo.\n"):format(set.model, set.max_keywords) .. run.HELP
end

function run.review()
  command.call { "review" }
  return "The review page is open in your browser."
end

return run
