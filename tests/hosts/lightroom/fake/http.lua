-- LrHttp over real sockets to a real daemon, to loopback alone. Other tasks go on while one waits.

local socket = require "socket"
local strict = require "strict"
local tasks = require "tasks"

local http = {
    log = {}, -- {verb, path, method, body, answer, status, at, took}
    listeners = {}, -- called with "before" or "after", and the entry
    keep_bodies = true,
    canned = {}, -- by method: whole answers (JSON) that are given one after the other in place of the daemon's
}

local function tell(when, entry)
    for _, listener in ipairs(http.listeners) do listener(when, entry) end
end

-- Sends and receives without blocking; returns status, headers, body, or nil and why.
local function exchange(host, port, request, till)
    local connection = socket.tcp()
    connection:settimeout(0)
    connection:connect(host, port)
    local sent, got = 0, {}
    local function wait(reading)
        tasks.wait("LrHttp", function()
            if tasks.wall() >= till then return true end
            local one = { connection }
            local readable, writable = socket.select(reading and one or {}, reading and {} or one, 0)
            return #readable + #writable > 0
        end)
        return tasks.wall() < till
    end
    local function finish(...)
        connection:close()
        return ...
    end
    while sent < #request do
        if not wait(false) then return finish(nil, "timedOut") end
        local last, why, part = connection:send(request, sent + 1)
        sent = last or part
        if why and why ~= "timeout" then return finish(nil, "cannotConnectToHost") end
    end
    while true do
        local all, why, part = connection:receive("*a")
        got[#got + 1] = all or part
        if all or why == "closed" then break end
        if why ~= "timeout" then return finish(nil, "networkConnectionLost") end
        if not wait(true) then return finish(nil, "timedOut") end
    end
    local answer = table.concat(got)
    local status, head, body = answer:match("^HTTP/1%.%d (%d+)[^\r\n]*\r\n(.-)\r\n\r\n(.*)$")
    if not status then return finish(nil, "badServerResponse") end
    local length = (head .. "\r\n"):lower():match("content%-length: *(%d+)")
    if length and #body < tonumber(length) then return finish(nil, "networkConnectionLost") end
    strict.check(not head:lower():find("transfer%-encoding"), "the fake's LrHttp reads no chunks")
    return finish(tonumber(status), head, body)
end

local function call(verb, url, body, headers, timeout)
    tasks.require_task("LrHttp")
    strict.check(not tasks.gate, "HTTP inside the write gate %q", tasks.gate or "")
    strict.type_of(url, "string", "the URL")
    strict.type_of(headers, "table", "the headers of " .. url)
    strict.check(type(timeout) == "number" and timeout > 0, "LrHttp without a timeout: %s", url)
    local host, port, path = url:match("^http://([%d.%a]+):(%d+)(/.*)$")
    strict.check(host == "127.0.0.1", "only 127.0.0.1 may be asked, not %s", url)
    local lines = { string.format("%s %s HTTP/1.1", verb, path), "Host: " .. host .. ":" .. port, "Connection: close" }
    local typed
    for _, header in ipairs(headers) do
        strict.check(type(header.field) == "string" and type(header.value) == "string", "a header is {field, value}")
        strict.check(not header.value:find("[\r\n]"), "a header with a line break")
        typed = typed or header.field:lower() == "content-type"
        lines[#lines + 1] = header.field .. ": " .. header.value
    end
    if body and not typed then lines[#lines + 1] = "Content-Type: text/plain" end
    if body then lines[#lines + 1] = "Content-Length: " .. #body end
    local is_json = typed and body and body:sub(1, 1) == "{"
    local entry = { verb = verb, path = path, at = tasks.wall(), timeout = timeout,
        method = is_json and body:match('"method"%s*:%s*"([%w._]+)"') or verb .. " " .. path:match("^/[^/]*") }
    http.log[#http.log + 1] = entry
    if is_json and http.keep_bodies then entry.body = body end
    tell("before", entry)
    local request = table.concat(lines, "\r\n") .. "\r\n\r\n" .. (body or "")
    local canned = http.canned[entry.method] and table.remove(http.canned[entry.method], 1)
    local status, head, answer = 200, "", canned
    if canned then tasks.wait("LrHttp", function() return true end) end
    if not canned then
        status, head, answer = exchange(host, tonumber(port), request, tasks.wall() + timeout)
    end
    entry.took = tasks.wall() - entry.at
    if not status then
        entry.error = head
        tell("after", entry)
        return nil, { error = { errorCode = head, name = head, nativeCode = -1 } }
    end
    entry.status = status
    if http.keep_bodies then entry.answer = answer end
    tell("after", entry)
    local told = { status = status }
    for line in head:gmatch("[^\r\n]+") do
        local field, value = line:match("^([^:]+): *(.*)$")
        if field then told[#told + 1] = { field = field, value = value } end
    end
    return answer, told
end

http.LrHttp = strict.namespace("LrHttp", {
    get = function(url, headers, timeout) return call("GET", url, nil, headers, timeout) end,
    post = function(url, body, headers, verb, timeout, size)
        strict.type_of(body, "string", "the body of a request")
        strict.check(verb == nil or verb == "POST" or verb == "PUT", "a verb, not %s", tostring(verb))
        strict.check(size == nil or size == #body, "totalSize is not the size")
        return call(verb or "POST", url, body, headers, timeout)
    end,
    -- "Opens a URL in the default browser": what is no URL, a system opens with whatever it likes, or not at all.
    openUrlInBrowser = function(url)
        strict.type_of(url, "string", "the URL")
        strict.check(url:find("^file:///") or url:find("^https?://"), "no URL for a browser: %s", url)
        strict.check(not url:find("[^%w%-._~:/?#%[%]@!$&'()*+,;=%%]"), "a URL with bytes that are not encoded: %s", url)
        http.opened = url
    end,
})

return http
