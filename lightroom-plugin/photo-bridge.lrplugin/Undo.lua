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

--- The entries of the wire's items; what is in the catalogue no more counts as failed.
local function entries_of(run, items)
  local photos = {}
  for _, item in ipairs(items) do
    local fine, photo = LrTasks.pcall(run.catalog.findPhotoByUuid, run.catalog, item.id)
    if fine and photo then
      photos[#photos + 1] = photo
    else
      run.tally:fail("It is in the catalogue no more.")
    end
  end
  return (Selection.entries(run.catalog, photos))
end

local function through_catalogue(run, said)
  local entries, done = entries_of(run, said.items), 0
  for batch in Lists.chunks(entries, GATE) do
    if run.canceled() then
      run.tally.cancelled = run.tally.cancelled + #batch
    else
      Catalogue.apply(run, said.undoes, batch, true)
    end
    done = done + #batch
    run.progress:setPortionComplete(done, said.photos)
  end
end

local function count(run, results, restored)
  for _, result in ipairs(results) do
    run.tally:note(result.warnings)
    if result.error then
      run.tally:fail(result.error.message, result.error.hint)
    elseif #result.written_to > 0 then
      run.tally:count("written")
      restored[#restored + 1] = result
    else
      run.tally:count("unchanged")
    end
  end
end

--- Waits for the daemon's own undo, which goes on whatever Lightroom does, then asks whether to read.
local function of_files(run, job)
  local restored, after, ended = {}, 0, false
  while not ended and not run.canceled() do
    local answer = run.rpc:call("jobs.results", { job = job, after = after, limit = 200, wait_ms = 1000 })
    count(run, answer.results, restored)
    after, ended = answer.next, answer.ended and #answer.results == 0
  end
  if #restored == 0 or LrDialogs.confirm(QUESTION:format(#restored), EXPLAINED, "Read", "Leave") ~= "ok" then
    return
  end
  for _, entry in ipairs(entries_of(run, restored)) do
    LrTasks.pcall(function() entry.photo:readMetadata() end)
  end
end

--- Undoes; returns what to tell. `run` as Catalogue.apply takes it, with `progress`.
function Undo.go(run)
  local said = run.rpc:call("metadata.undo", { job = "last", host = "lightroom" })
  run.progress:setCaption(("%d photos"):format(said.photos))
  through_catalogue(run, said)
  if said.job then
    of_files(run, said.job)
  end
  return run.tally:text("restored") .. "\n\nKeywords that no photo uses any more stay in your Keyword List; "
    .. "Metadata > Purge Unused Keywords takes them out."
end

return Undo
