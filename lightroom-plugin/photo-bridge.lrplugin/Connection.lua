--- Finds the daemon of this user, starts it where none runs, and says plainly what to do where it cannot.
local LrDate = import("LrDate")
local LrHttp = import("LrHttp")
local LrPathUtils = import("LrPathUtils")
local LrTasks = import("LrTasks")

local Json = require("Json")

local Connection = {}

local START_SECONDS = 60
local HEALTH_SECONDS = 5

local function environment(name)
  local value = os.getenv and os.getenv(name)
  return value ~= "" and value or nil
end

local function read_file(path)
  local file = io.open(path, "rb")
  local content = file and file:read("*a")
  if file then
    file:close()
  end
  return content
end

local function read_json(path)
  local content = read_file(path)
  local fine, value = pcall(Json.decode, content or "") -- yields nowhere, so the plain pcall will do
  return fine and type(value) == "table" and value or nil
end

--- The daemon's folder. A Lightroom that was started from the desktop has no environment of ours, so the installer
-- notes it in the plug-in's own folder where it is not the usual one.
function Connection.state_folder()
  local installed = read_json(LrPathUtils.child(_PLUGIN.path, "installed.json"))
  local named = environment("PHOTO_BRIDGE_HOME") or (installed and installed.home)
  if named then
    return named
  end
  local home = LrPathUtils.getStandardFilePath("home")
  if WIN_ENV then
    local data = environment("LOCALAPPDATA") or LrPathUtils.child(LrPathUtils.child(home, "AppData"), "Local")
    return LrPathUtils.child(data, "photo-bridge")
  end
  return home .. (MAC_ENV and "/Library/Application Support/photo-bridge" or "/.local/state/photo-bridge")
end

--- Whether the process that wrote daemon.json is the one that has its number now: a token must reach nobody else.
local function is_running(info)
  if MAC_ENV then
    return LrTasks.execute("/bin/kill -0 " .. ("%d"):format(info.pid)) == 0
  elseif WIN_ENV then
    return true -- to ask would flash a console window; a stale file is noticed since nothing of ours answers
  end
  local stat = read_file(("/proc/%d/stat"):format(info.pid))
  local fields = {}
  for field in (stat and stat:match(".*%)(.*)") or ""):gmatch("%S+") do
    fields[#fields + 1] = field
  end
  return fields[20] == info.started and not ("ZX"):find(fields[1], 1, true)
end

local function headers(token)
  return {
    { field = "Authorization", value = "Bearer " .. token },
    { field = "Content-Type", value = "application/json" },
  }
end

local function answers(info)
  local request = '{"jsonrpc":"2.0","id":1,"method":"system.health"}'
  local url = ("http://127.0.0.1:%d"):format(info.port)
  local body, answer = LrHttp.post(url .. "/rpc", request, headers(info.token), "POST", HEALTH_SECONDS)
  if body and answer and answer.status == 200 and body:find('"result"', 1, true) then
    return { url = url, token = info.token }
  end
end

local function running(folder)
  local info = read_json(LrPathUtils.child(folder, "daemon.json"))
  if info and info.port and info.token and info.pid and is_running(info) then
    return answers(info)
  end
end

local function quoted(word)
  if WIN_ENV then
    return '"' .. word .. '"'
  end
  return "'" .. word:gsub("'", "'\\''") .. "'"
end

--- The shell's command line that starts the daemon and does not wait for it.
function Connection.start_line(command, folder)
  local words = {}
  for index = 1, #command do
    words[index] = quoted(command[index])
  end
  local line = table.concat(words, " ") .. " serve"
  if WIN_ENV then
    return '"start "" /b ' .. line .. '"' -- cmd.exe takes one outer pair of quotes away
  end
  local log = quoted(folder .. "/daemon.log")
  return ("PHOTO_BRIDGE_HOME=%s nohup %s </dev/null >>%s 2>&1 &"):format(quoted(folder), line, log)
end

local function last_words(folder)
  local log = read_file(LrPathUtils.child(folder, "daemon.log")) or ""
  return log:match("([^\r\n]+)%s*$") or ""
end

--- `{url, token}` of a daemon that answers, or nil and a failure `{code, message, hint}`. `canceled()` ends the wait.
function Connection.open(canceled)
  local folder = Connection.state_folder()
  local connection = running(folder)
  if connection then
    return connection
  end
  local launch = read_json(LrPathUtils.child(folder, "launch.json"))
  if not (launch and type(launch.command) == "table" and launch.command[1]) then
    return nil, {
      code = "no_daemon",
      message = "photo-bridge is not running, and it is not known here how to start it.",
      hint = "Open a terminal and run: photo-bridge install lightroom. Or start it yourself: photo-bridge serve",
    }
  end
  LrTasks.startAsyncTask(function()
    LrTasks.execute(Connection.start_line(launch.command, folder))
  end)
  local deadline = LrDate.currentTime() + START_SECONDS
  while LrDate.currentTime() < deadline and not (canceled and canceled()) do
    LrTasks.sleep(0.5)
    connection = running(folder)
    if connection then
      return connection
    end
  end
  return nil, {
    code = "no_daemon",
    message = "photo-bridge did not start. " .. last_words(folder),
    hint = "Open a terminal and run: photo-bridge doctor. If photo-bridge was moved or updated, run: "
      .. "photo-bridge install lightroom",
  }
end

Connection.headers = headers

return Connection
