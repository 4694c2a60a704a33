--- Takes back the newest run that wrote from Lightroom: through the catalogue what went there, by the daemon what it
-- wrote into files.
local LrDialogs = import("LrDialogs")
local LrTasks = import("LrTasks")

local Catalogue = require("Catalogue")
local Lists = require("Lists")
local Selection = require("Selection")

local Undo = {}

local GATE = 100
local QUESTION = "%d files were restored. Read them into the catalogue now?"
local EXPLAINED = "Edits of these photos that you have not saved to the files since would be replaced. If you are not "
  .. "sure, leave it, and use Metadata > Read Metadata from Files on the photos that you choose."
local KEYWORDS = "\n\nKeywords that no photo uses any more stay in your Keyword List; Metadata > Purge Unused Keywords "
  .. "takes them out."

--- Takes keywords that the run had to make, and that nothing uses now, out of the Keyword List. deleteKeyword is not in
-- Adobe's reference; without it they stay. Returns how many stay.
local function forget(run)
  local unused = Lists.keep(run.freed, {}, function(one)
    local fine, uses = LrTasks.pcall(function() return #one:getPhotos() + #one:getChildren() + #one:getSynonyms() end)
    return fine and uses == 0
  end)
  local left = #unused
  local fine, delete = LrTasks.pcall(function() return run.catalog.deleteKeyword end)
  if left > 0 and fine and delete then
    Catalogue.gate(run, function()
      for _, keyword in ipairs(unused) do
        left = left - (LrTasks.pcall(delete, run.catalog, keyword) and 1 or 0)
      end
    end)
  end
  return left
end

--- The entries of the wire's items; what is in the catalogue no more counts as failed.
local function entries_of(run, items)
  local photos = {}
  for _, item in ipairs(items) do
    local fine, photo = LrTasks.pcall(run.catalog.findPhotoByUuid, run.catalog, item.id)
    photos[#photos + 1] = fine and photo or nil
    if not (fine and photo) then run.tally:fail("It is in the catalogue no more.") end
  end
  return (Selection.entries(run.catalog, photos))
end

local function through_catalogue(run, job, entries)
  local done = 0
  for batch in Lists.chunks(entries, GATE) do
    if run.canceled() then
      run.tally.cancelled = run.tally.cancelled + #batch
    else
      Catalogue.apply(run, job, batch, true)
    end
    done = done + #batch
    run.progress:setPortionComplete(done, #entries)
  end
end

--- Waits for the daemon's own undo, which goes on whatever Lightroom does, then asks whether to read.
local function of_files(run, job)
  local restored, answer = {}, { next = 0 }
  repeat
    answer = run.rpc:call("jobs.results", { job = job, after = answer.next, limit = 200, wait_ms = 1000 })
    for _, result in ipairs(answer.results) do
      run.tally:note(result.warnings)
      if result.error then
        run.tally:fail(result.error.message, result.error.hint)
      else
        run.tally:count(#result.written_to > 0 and "written" or "unchanged")
        restored[#restored + 1] = #result.written_to > 0 and result or nil
      end
    end
  until answer.ended and #answer.results == 0 or run.canceled()
  if #restored > 0 and LrDialogs.confirm(QUESTION:format(#restored), EXPLAINED, "Read", "Leave") == "ok" then
    for _, entry in ipairs(entries_of(run, restored)) do
      LrTasks.pcall(function() entry.photo:readMetadata() end)
    end
  end
end

--- Undoes; returns what to tell. `run` as Catalogue.apply takes it, with `progress`.
function Undo.go(run)
  local said = run.rpc:call("metadata.undo", { job = "last", host = "lightroom" })
  run.progress:setCaption("Restoring")
  through_catalogue(run, said.undoes, entries_of(run, said.items))
  if said.job then of_files(run, said.job) end
  return run.tally:text("restored") .. (forget(run) > 0 and KEYWORDS or "")
end

return Undo
