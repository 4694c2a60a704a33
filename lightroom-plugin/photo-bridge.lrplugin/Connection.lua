--- Finds the daemon of this user, starts it where none runs, and says plainly what to do where it cannot.
local LrDate = import("LrDate")
local LrHttp = import("LrHttp")
local LrPathUtils = import("LrPathUtils")
local LrTasks = import("LrTasks")

local Json = require("Json")

local Connection = {}

local START_SECONDS, HEALTH_SECONDS = 60, 5
local HEALTH = '{"jsonrpc":"2.0","id":1,"method":"system.health"}'

local UNKNOWN = {
  code = "no_daemon", message = "photo-bridge is not running, and it is not known here how to start it.",
  hint = "Open a terminal and run: photo-bridge install lightroom. Or start it yourself: photo-bridge serve",
}

local function environment(name)
  local value = os.getenv and os.getenv(name)
  return value ~= "" and value or nil
end

local function read_file(path)
  local file = io.open(path, "rb")
  if not file then return "" end
  local content = file:read("*a") or ""
  file:close()
  return content
end

local function read_json(path)
  local fine, value = pcall(Json.decode, read_file(path)) -- yields nowhere, so the plain pcall will do
  return fine and type(value) == "table" and value or {}
end

--- The daemon's folder. A Lightroom that was started from the desktop has no environment of ours, so the installer
-- notes it in the plug-in's own folder where it is not the usual one.
local function state_folder()
  local named = environment("PHOTO_BRIDGE_HOME") or read_json(LrPathUtils.child(_PLUGIN.path, "installed.json")).home
  local home = LrPathUtils.getStandardFilePath("home")
  if named then return named end
  if WIN_ENV then return (environment("LOCALAPPDATA") or home .. "\\AppData\\Local") .. "\\photo-bridge" end
  return home .. (MAC_ENV and "/Library/Application Support/photo-bridge" or "/.local/state/photo-bridge")
end

--- Whether the process that wrote daemon.json is the one that has its number now: a token must reach nobody else.
local function is_running(info)
  if WIN_ENV then return true end -- asking would flash a console window
  if MAC_ENV then return LrTasks.execute(("/bin/kill -0 %d"):format(info.pid)) == 0 end
  local fields = {}
  for field in (read_file(("/proc/%d/stat"):format(info.pid)):match(".*%)(.*)") or ""):gmatch("%S+") do
    fields[#fields + 1] = field
  end
  return fields[20] == info.started and not ("ZX"):find(fields[1], 1, true)
end

function Connection.headers(token, content_type)
  return { { field = "Authorization", value = "Bearer " .. token }, { field = "Content-Type", value = content_type } }
end

--- `{url, token}` of the daemon that runs and answers.
local function running(folder)
  local info = read_json(LrPathUtils.child(folder, "daemon.json"))
  local whole = type(info.port) == "number" and type(info.pid) == "number" and type(info.token) == "string"
  if not (whole and is_running(info)) then return nil end
  local url = ("http://127.0.0.1:%d"):format(info.port)
  local headers = Connection.headers(info.token, "application/json")
  local body, answer = LrHttp.post(url .. "/rpc", HEALTH, headers, "POST", HEALTH_SECONDS)
  return body and answer and answer.status == 200 and { url = url, token = info.token } or nil
end

local function quoted(word)
  return WIN_ENV and '"' .. word .. '"' or "'" .. word:gsub("'", "'\\''") .. "'"
end

--- The shell's command line that starts the daemon and does not wait for it.
local function start_line(command, folder)
  local line = table.concat(Json.map(command, quoted), " ") .. " serve"
  if WIN_ENV then -- cmd.exe takes one outer pair of quotes away
    return ('"set "PHOTO_BRIDGE_HOME=%s" && start "" /b %s >>"%s\\daemon.log" 2>&1"'):format(folder, line, folder)
  end
  -- Programs of the desktop have the system's PATH alone, and ExifTool is seldom there.
  local shell = 'PATH="$PATH:/usr/local/bin:/opt/homebrew/bin" PHOTO_BRIDGE_HOME=%s nohup %s </dev/null >>%s 2>&1 &'
  return shell:format(quoted(folder), line, quoted(folder .. "/daemon.log"))
end

--- `{url, token}` of a daemon that answers, or nil and a failure `{code, message, hint}`. `canceled()` ends the wait.
function Connection.open(canceled)
  local folder = state_folder()
  local connection = running(folder)
  local command = not connection and read_json(LrPathUtils.child(folder, "launch.json")).command
  if connection then return connection end
  if type(command) ~= "table" or #command == 0 then return nil, UNKNOWN end
  LrTasks.startAsyncTask(function() LrTasks.execute(start_line(command, folder)) end)
  local deadline = LrDate.currentTime() + START_SECONDS
  while not connection and LrDate.currentTime() < deadline and not canceled() do
    LrTasks.sleep(0.5)
    connection = running(folder)
  end
  local last_line = read_file(LrPathUtils.child(folder, "daemon.log")):match("([^\r\n]+)%s*$") or ""
  return connection, {
    code = "no_daemon", message = "photo-bridge did not start. " .. last_line,
    hint = "Open a terminal and run: photo-bridge doctor. After an update, run: photo-bridge install lightroom",
  }
end

return Connection
