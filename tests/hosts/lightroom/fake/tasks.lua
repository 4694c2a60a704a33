-- Cooperative tasks as Lightroom has them: LrTasks, LrFunctionContext, and the clock. No task is interrupted; one that
-- waits does so in LrTasks.sleep, in HTTP or for a gate. Where all tasks wait for a time that is known, the clock jumps
-- there; while one waits for something outside (HTTP, a command), it goes with the wall's.

local socket = require "socket"
local strict = require "strict"

local tasks = { jumps = true, due_hooks = {}, gate = nil, current = nil, idle_hooks = {}, errors = {} }
local queue, started_wall, jumped = {}, socket.gettime(), 0

-- Seconds since the start, as the plug-in sees them.
function tasks.now() return socket.gettime() - started_wall + jumped end
function tasks.wall() return socket.gettime() - started_wall end
function tasks.epoch() return started_wall + tasks.now() end

function tasks.require_task(what)
    strict.check(tasks.current, "%s must be called from within a task (LrTasks.startAsyncTask)", what)
end

-- Suspends the current task until ready() is true, which is at the time `due` where that is given. Only a task can
-- wait, and never inside a write gate.
function tasks.wait(what, ready, due)
    tasks.require_task(what)
    strict.check(not tasks.gate, "%s inside the write gate %q: nothing may wait there", what, tasks.gate or "")
    strict.check(not tasks.current.stopping, "something waited inside a plain pcall: LrTasks.pcall is for that")
    tasks.current.ready, tasks.current.due, tasks.current.stopping = ready, due, true
    coroutine.yield()
end

function tasks.spawn(func, name)
    strict.type_of(func, "function", "what a task runs")
    local task = { name = name, thread = coroutine.create(func), ready = function() return true end }
    queue[#queue + 1] = task
    return task
end

-- Calls func so that it may wait inside, and catches its error: what pcall of Lua 5.1 cannot do.
function tasks.pcall(func, ...)
    local thread = coroutine.create(func)
    local given = { n = select("#", ...), ... }
    while true do
        local got = { coroutine.resume(thread, unpack(given, 1, given.n)) }
        if coroutine.status(thread) == "dead" then
            if not got[1] then
                local text = got[2]
                tasks.last_trace = type(text) == "string" and debug.traceback(thread, text) or nil
            end
            return unpack(got, 1, table.maxn(got))
        end
        coroutine.yield()
        given = { n = 0 }
    end
end

local function step(task)
    tasks.current = task
    local ok, err = coroutine.resume(task.thread)
    tasks.current = nil
    if coroutine.status(task.thread) == "dead" and task.stopping then
        strict.violations[#strict.violations + 1] = "something waited inside a plain pcall: LrTasks.pcall is for that"
    end
    task.stopping = nil
    if not ok then
        -- Lightroom shows "An internal error has occurred" and goes on.
        tasks.errors[#tasks.errors + 1] = debug.traceback(task.thread, tostring(err))
    end
end

-- Jumps to the next known time, if nothing that is not known is waited for.
function tasks.jump()
    local next_due = math.huge
    for _, task in ipairs(queue) do
        if not task.due then return false end
        next_due = math.min(next_due, task.due)
    end
    for _, hook in ipairs(tasks.due_hooks) do next_due = math.min(next_due, hook() or math.huge) end
    if next_due == math.huge then return false end
    jumped = jumped + math.max(0, next_due - tasks.now())
    return true
end

-- Runs everything until no task is left or `deadline` seconds of the wall have passed. True where all have ended.
function tasks.run(deadline)
    while #queue > 0 do
        if tasks.wall() > deadline then return false end
        for _, hook in ipairs(tasks.idle_hooks) do hook() end
        local ran = false
        local round = queue
        queue = {}
        for _, task in ipairs(round) do
            if task.ready() then
                ran = true
                step(task)
            end
            if coroutine.status(task.thread) ~= "dead" then queue[#queue + 1] = task end
        end
        if not ran and not (tasks.jumps and tasks.jump()) then socket.sleep(0.001) end
    end
    return true
end

function tasks.waiting()
    local names = {}
    for _, task in ipairs(queue) do names[#names + 1] = task.name or debug.traceback(task.thread) end
    return names
end

-- -- LrTasks ------------------------------------------------------------------------------------------------------

tasks.LrTasks = strict.namespace("LrTasks", {
    startAsyncTask = function(func, name) tasks.spawn(func, name) end,
    startAsyncTaskWithoutErrorHandler = function(func, name) tasks.spawn(func, name) end,
    canYield = function() return tasks.current ~= nil and not tasks.gate end,
    yield = function() tasks.wait("LrTasks.yield", function() return true end) end,
    sleep = function(seconds)
        strict.type_of(seconds, "number", "the argument of LrTasks.sleep")
        local till = tasks.now() + seconds
        tasks.wait("LrTasks.sleep", function() return tasks.now() >= till end, till)
    end,
    pcall = function(func, ...)
        tasks.require_task("LrTasks.pcall")
        return tasks.pcall(func, ...)
    end,
    -- Only the calling task is blocked; the command has no terminal and the exit code comes back.
    execute = function(command)
        strict.type_of(command, "string", "the argument of LrTasks.execute")
        local done = os.tmpname()
        os.remove(done)
        local script = os.tmpname()
        local file = assert(io.open(script, "w"))
        file:write(command)
        file:close()
        tasks.commands[#tasks.commands + 1] = command
        os.execute(string.format("(sh %s </dev/null >/dev/null 2>&1; echo $? >%s.part; mv %s.part %s) &",
            script, done, done, done))
        local code
        tasks.wait("LrTasks.execute", function()
            local answer = io.open(done)
            if not answer then return false end
            code = tonumber(answer:read("*a"))
            answer:close()
            return true
        end)
        os.remove(done)
        os.remove(script)
        return code
    end,
})
tasks.commands = {}

-- -- LrFunctionContext --------------------------------------------------------------------------------------------

local Context = strict.class("LrFunctionContext", {
    addCleanupHandler = function(self, handler)
        strict.type_of(handler, "function", "a cleanup handler")
        table.insert(strict.data(self, tasks.Context, "a function context").cleanups, handler)
    end,
    addFailureHandler = function(self, handler)
        strict.type_of(handler, "function", "a failure handler")
        table.insert(strict.data(self, tasks.Context, "a function context").failures, handler)
    end,
    addOperationTitleForError = function(self, title)
        strict.data(self, tasks.Context, "a function context").title = title
    end,
})
tasks.Context = Context

function tasks.with_context(name, func, ...)
    strict.type_of(name, "string", "the name of a function context")
    strict.type_of(func, "function", "what a function context runs")
    local own = { name = name, cleanups = {}, failures = {} }
    local context = strict.object(Context, own)
    local call = tasks.current and tasks.pcall or pcall
    local got = { call(func, context, ...) }
    local ok, err = got[1], got[2]
    if not ok then
        for index = #own.failures, 1, -1 do own.failures[index](ok, err) end
    end
    for index = #own.cleanups, 1, -1 do own.cleanups[index](ok, err) end
    if not ok then error(err, 0) end
    return unpack(got, 2, table.maxn(got))
end

tasks.LrFunctionContext = strict.namespace("LrFunctionContext", {
    callWithContext = tasks.with_context,
    pcallWithContext = function(name, func, ...)
        return tasks.pcall(tasks.with_context, name, func, ...)
    end,
    callWithEmptyEnvironment = function(func, ...) return func(...) end,
    postAsyncTaskWithContext = function(name, func)
        strict.type_of(name, "string", "the name of a function context")
        tasks.spawn(function() tasks.with_context(name, func) end, name)
    end,
})

return tasks
