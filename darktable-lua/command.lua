--- The command photo-bridge. On its command line stand only words of ours and names of files that are made here: what a
--- person wrote, and names of photos, go by those files.

local dt = require "darktable"
local records = require "photo-bridge/records"

local command = {}

local COMMAND = "@COMMAND@" -- how photo-bridge is started, quoted for the shell; put in by: photo-bridge install darktable
command.FOLDER = "@FOLDER@" -- of photo-bridge, which nobody else may read

local function quoted(word)
  return "'" .. word:gsub("'", "'\\''") .. "'"
end

--- Raises what a person reads: what happened, and what to do next.
function command.fail(message, hint)
  error({ message = message, hint = hint or "" }, 0)
end

local function fresh(kind)
  return ("%s/darktable-%d-%d.%s"):format(command.FOLDER, os.time(), math.random(0x7fffffffffff), kind)
end

local function write(path, bytes)
  local file = io.open(path, "wb")
  if not file or not file:write(bytes) or not file:close() then
    os.remove(path)
    command.fail("photo-bridge cannot write into " .. command.FOLDER, "Say in a terminal: photo-bridge doctor")
  end
  return path
end

--- The bytes of a file, which is then removed; nil where there is none.
local function take(path)
  local file = io.open(path, "rb")
  if not file then return nil end
  local bytes = file:read("a")
  file:close()
  os.remove(path)
  return bytes
end

local function explain(status, told)
  local exit = status > 255 and status // 256 or status -- system() gives the exit code in the upper byte
  if exit == 126 or exit == 127 then
    command.fail("photo-bridge is not installed where it was.", "Install it, then say: photo-bridge install darktable")
  end
  local message, hint = told:match("^([^\n]+)\n([^\n]*)\n$")
  if not message then
    dt.print_error("photo-bridge: " .. told)
    command.fail(("photo-bridge failed (exit %d)."):format(exit), "Say in a terminal: photo-bridge doctor")
  end
  command.fail(message, hint)
end

--- What `photo-bridge host darktable WORDS` wrote. `input`, `tree` and `word` are the contents of its files. Takes a third
--- of a second or more, in which darktable is not held up. Raises command.fail's errors.
function command.call(words, input, tree, word)
  local out, err = fresh("out"), fresh("err")
  local line, given = { COMMAND, "host", "darktable" }, {}
  for _, one in ipairs(words) do
    line[#line + 1] = quoted(tostring(one))
  end
  for option, bytes in pairs { [""] = input, ["--tree "] = tree, ["--word "] = word } do
    given[#given + 1] = write(fresh("in"), bytes)
    line[#line + 1] = option .. quoted(given[#given])
  end
  line[#line + 1] = "--out " .. quoted(out) .. " 2>" .. quoted(err)
  local status = dt.control.execute(table.concat(line, " "))
  for _, path in ipairs(given) do
    os.remove(path) -- the command has, if it could start
  end
  local told, answer = take(err) or "", take(out)
  if status ~= 0 or not answer then
    explain(status, told)
  end
  return answer
end

--- The same, as records.
function command.rows(words, input, tree, word)
  return records.parse(command.call(words, input, tree, word))
end

--- Cancel a run for a darktable that is closing, and waits for nothing.
function command.leave(job)
  os.execute(COMMAND .. " host darktable cancel " .. quoted(job) .. " >/dev/null 2>&1 &")
end

return command
