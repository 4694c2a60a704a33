--- A line among darktable's background jobs, with a bar and a cross that cancels.

local dt = require "darktable"

local progress = {}

local HOLD = 3 -- seconds that a text stays

--- `stop` is called once, when the person has pressed the cross.
function progress.open(text, stop)
  local bar = { cancelled = false }
  local job, since

  local function cancel()
    if not bar.cancelled then
      bar.cancelled = true
      stop()
    end
  end

  local function put(line)
    text, since = line, os.time()
    job = dt.gui.create_job(line, true, cancel)
  end

  function bar.show(line, portion)
    -- The text of a job cannot be changed (Lua API 9), so it gives way to a new one. Not at once after the cross was
    -- pressed: the call that tells of it is then still on its way, and would be lost with the job.
    if line ~= text and os.time() - since >= HOLD then
      dt.control.sleep(100)
      if not bar.cancelled then
        job.valid = false
        put(line)
      end
    end
    job.percent = math.max(0, math.min(1, portion))
  end

  -- Only here: a job that is made invalid twice takes darktable with it (lua-scripts issue 381).
  function bar.close()
    job.valid = false
  end

  put(text)
  return bar
end

return progress
