--- Calls of the daemon. Every one returns its result, or nil and a failure `{code, message, hint}` for a person.
-- Nothing is raised: LrTasks.pcall is not promised to carry tables.
local LrHttp = import("LrHttp")
local LrTasks = import("LrTasks")

local Connection = require("Connection")
local Json = require("Json")

local Rpc = {}
Rpc.__index = Rpc

local SECONDS = 60
local SLOW = { ["photos.analyze"] = 600, ["metadata.plan"] = 300, ["metadata.write"] = 600, ["vocabulary.sync"] = 300,
  ["metadata.undo"] = 600, ["cull.run"] = 600 }
--- What would count twice where the first call arrived and its answer did not.
local ONCE = { ["photos.analyze"] = true, ["metadata.undo"] = true, ["cull.run"] = true }

local GONE = { code = "no_daemon", message = "photo-bridge does not answer any more.",
  hint = "Run the same command again: what was done is not done twice." }

--- A connected client, or nil and a failure.
function Rpc.open(canceled)
  local connection, failure = Connection.open(canceled)
  if not connection then
    return nil, failure
  end
  return setmetatable({ connection = connection, canceled = canceled, id = 0 }, Rpc)
end

function Rpc:_post(path, body, headers, verb, seconds)
  local fine, answer, received = LrTasks.pcall(LrHttp.post, self.connection.url .. path, body, headers, verb, seconds)
  local status = fine and type(received) == "table" and received.status
  return fine and answer or nil, status or nil
end

function Rpc:_send(method, text)
  local headers = Connection.headers(self.connection.token)
  local body, status = self:_post("/rpc", text, headers, "POST", SLOW[method] or SECONDS)
  if status ~= 200 then
    return nil
  end
  local fine, answer = pcall(Json.decode, body or "") -- yields nowhere, so the plain pcall will do
  return fine and type(answer) == "table" and answer or nil
end

--- `params` are members of one object; arrays in them are made by Json.array.
function Rpc:call(method, params)
  self.id = self.id + 1
  local text = Json.encode({ jsonrpc = "2.0", id = self.id, method = method, params = params or {} })
  local answer = self:_send(method, text)
  if not answer and not ONCE[method] then
    -- The daemon ended or was started anew, with another token: its runs go on.
    local again = Connection.open(self.canceled)
    if again then
      self.connection = again
      answer = self:_send(method, text)
    end
  end
  if not answer then
    return nil, GONE
  end
  if answer.error then
    local data = answer.error.data or {}
    return nil, {
      code = data.code or "internal",
      message = data.message or answer.error.message or "photo-bridge refused.",
      hint = data.hint or "",
    }
  end
  return answer.result == nil and Json.null or answer.result
end

--- Hands over the bytes of a rendered JPEG. Returns true, or nil and a failure.
function Rpc:put_proxy(id, bytes)
  local headers = Connection.headers(self.connection.token)
  headers[2].value = "image/jpeg"
  local _, status = self:_post("/proxy/" .. id, bytes, headers, "PUT", SECONDS)
  if status == 204 or status == 200 then
    return true
  elseif status == 413 then
    return nil, { code = "refused", message = "The rendered picture is larger than photo-bridge takes.", hint = "" }
  end
  return nil, GONE
end

return Rpc
