--- A line among darktable's background jobs, with a bar and a cross that cancels.

local dt = require "darktable"

local progress = {}

local HOLD = 3 -- seconds that a text stays

--- `stop` is called when the person has pressed the cross, while what draws the bar goes on.
function progress.open(text, stop)
  local bar, cancelled, stopping = {}, false, false
  local job, since

  local function cancel()
    if not cancelled then
      cancelled, stopping = true, true
      pcall(stop)
      stopping = false
    end
  end

  local function put(line)
    text, since = line, os.time()
    job = dt.gui.create_job(line, true, cancel)
  end

  --- Whether to stop: the person wishes so, or closes darktable.
  function bar.over()
    return cancelled or dt.control.ending
  end

  function bar.show(line, portion)
    -- The text of a job cannot be changed (Lua API 9), so it gives way to a new one. Not at once after the cross was
    -- pressed: the call that tells of it is then still on its way, and would be lost with the job.
    local renew = line ~= text and os.time() - since >= HOLD
    dt.control.sleep(renew and 100 or 0)
    if renew and not bar.over() then
      job.valid = false
      put(line)
    end
    if not dt.control.ending then
      job.percent = math.min(1, portion)
    end
  end

  --- Returns when `stop` has, if it was called. A darktable that is closing has no bars any more.
  function bar.close()
    while stopping do
      dt.control.sleep(50)
    end
    if not dt.control.ending then
      job.valid = false -- once: the second time takes darktable with it (lua-scripts issue 381)
    end
  end

  put(text)
  return bar
end

return progress
