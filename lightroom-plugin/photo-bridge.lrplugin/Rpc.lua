--- Calls of the daemon. What it refuses is raised as a text and kept in the run as `failure` `{code, message, hint}`,
-- since LrTasks.pcall is not promised to carry tables.
local LrHttp = import("LrHttp")
local LrTasks = import("LrTasks")

local Connection = require("Connection")
local Json = require("Json")

local Rpc = {}
Rpc.__index = Rpc

local SECONDS = 120 -- without it Lightroom takes a time of its own
--- What would count twice where the first call arrived and its answer did not. (A photo joins a session once.)
local ONCE = { ["metadata.undo"] = true }

local GONE = { code = "no_daemon", message = "photo-bridge does not answer any more.",
  hint = "Run the same command again: what was done is not done twice." }

--- A connected client for a run `{canceled}`; raises why there is none.
function Rpc.open(run)
  local self = setmetatable({ run = run, id = 0 }, Rpc)
  local connection, failure = Connection.open(run.canceled)
  self.connection = connection or self:fail(failure)
  return self
end

--- The body and status of an answer; nil where none came.
function Rpc:_send(path, verb, content_type, body)
  local headers = Connection.headers(self.connection.token, content_type)
  local fine, answer, received = LrTasks.pcall(LrHttp.post, self.connection.url .. path, body, headers, verb, SECONDS)
  if fine and type(received) == "table" then return answer, received.status end
end

function Rpc:_ask(text)
  local body, status = self:_send("/rpc", "POST", "application/json", text)
  local fine, answer = pcall(Json.decode, body or "") -- yields nowhere, so the plain pcall will do
  return status == 200 and fine and type(answer) == "table" and answer or nil
end

--- The result, or nil and a failure. `params` are members of an object; arrays in them are made by Json.
function Rpc:try(method, params)
  self.id = self.id + 1
  local text = Json.encode({ jsonrpc = "2.0", id = self.id, method = method, params = params or {} })
  local answer = self:_ask(text)
  if not answer and not ONCE[method] then
    -- The daemon ended, or was started anew and has another token: its runs go on.
    self.connection = Connection.open(self.run.canceled) or self.connection
    answer = self:_ask(text)
  end
  if answer and not answer.error then return answer.result end
  local data = answer and (answer.error.data or answer.error)
  return nil, data and { code = data.code, message = data.message, hint = data.hint or "" } or GONE
end

function Rpc:fail(failure)
  self.run.failure = failure
  error(failure.message, 0)
end

--- The result; raises what was refused.
function Rpc:call(method, params)
  local result, failure = self:try(method, params)
  if failure then self:fail(failure) end
  return result
end

--- Hands over the bytes of a rendered JPEG. Returns whether the daemon took them.
function Rpc:put_proxy(id, bytes)
  local _, status = self:_send("/proxy/" .. id, "PUT", "image/jpeg", bytes)
  return status == 204 or status == 200
end

return Rpc
