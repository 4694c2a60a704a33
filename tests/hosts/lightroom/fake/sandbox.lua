-- Where plug-in files run: Lightroom's globals and nothing else, `import` of namespaces, `require` of flat names.

local binding = require "binding"
local dialogs = require "dialogs"
local http = require "http"
local render = require "render"
local strict = require "strict"
local system = require "system"
local tasks = require "tasks"

local sandbox = { printed = {} }

local MODULES = {
    LrTasks = tasks.LrTasks, LrFunctionContext = tasks.LrFunctionContext, LrHttp = http.LrHttp,
    LrDialogs = dialogs.LrDialogs, LrProgressScope = dialogs.LrProgressScope, LrExportSession = render.LrExportSession,
    LrView = binding.LrView, LrBinding = binding.LrBinding, LrPrefs = binding.LrPrefs,
}
for _, name in ipairs({ "LrApplication", "LrPathUtils", "LrFileUtils", "LrShell", "LrLogger", "LrMD5", "LrErrors",
    "LrPasswords", "LrSystemInfo", "LrDate", "LrStringUtils", "LrLocalization" }) do
    MODULES[name] = system[name]
end

local function import(name)
    strict.check(MODULES[name], "there is no namespace %s", tostring(name))
    return MODULES[name]
end

-- "$$$/Key=Text ^1" and its arguments: the text is what follows the first "=".
local function LOC(text, ...)
    strict.type_of(text, "string", "the argument of LOC")
    local arguments = { ... }
    text = text:gsub("^%$%$%$/[^=]*=", "")
    return (text:gsub("%^(%d)", function(digit) return tostring(arguments[tonumber(digit)]) end))
end

local function only(source, names)
    local made = {}
    for name in names:gmatch("%S+") do made[name] = source[name] end
    return made
end

local function forbid_new(environment, known)
    return setmetatable(environment, {
        __index = function(_, key)
            if known[key] then return nil end
            strict.violation("the global " .. tostring(key) .. " does not exist in Lightroom", 2)
        end,
        __newindex = function(_, key) strict.violation("the global " .. tostring(key) .. " is set", 2) end,
    })
end

-- Info.lua knows less than any other file (Programmers Guide, p. 26).
local function bare(folder, platform)
    local environment = { string = string, LOC = LOC, _VERSION = _VERSION, WIN_ENV = platform == "windows" or nil,
        MAC_ENV = platform == "mac" or nil }
    return forbid_new(environment, { WIN_ENV = true, MAC_ENV = true }), folder
end

local function load_file(path, environment)
    local file = io.open(path, "rb")
    strict.check(file, "there is no %s", path)
    local source = file:read("*a")
    file:close()
    local chunk, why = loadstring(source, "@" .. path:match("[^/]*$"))
    strict.check(chunk, "%s", tostring(why))
    return setfenv(chunk, environment)
end

function sandbox.info(folder, platform) return load_file(folder .. "/Info.lua", bare(folder, platform))() end

-- A plug-in as it is loaded once. `run(file)` runs one of its files as the host does: outside of any task.
function sandbox.open(folder, platform)
    local info = sandbox.info(folder, platform)
    local loaded, loading = {}, {}
    local environment = only(_G, [[assert error getmetatable ipairs next pairs pcall rawequal rawget rawset select
        setmetatable tonumber tostring type unpack xpcall _VERSION math string table collectgarbage loadstring]])
    environment.os = only(os, "clock date difftime time tmpname")
    environment.os.time = function(of) return of and os.time(of) or math.floor(tasks.epoch()) end
    environment.io = only(io, "open lines")
    if platform == "windows" then
        environment.io.open = function(path, mode) return io.open((path:gsub("\\", "/")), mode) end
    end
    environment.import, environment.LOC = import, LOC
    environment.WIN_ENV = platform == "windows" or nil
    environment.MAC_ENV = platform == "mac" or nil
    environment._PLUGIN = { id = info.LrToolkitIdentifier, path = folder, enabled = true }
    environment.print = function(...) table.insert(sandbox.printed, table.concat({ ... }, "\t")) end
    environment._G = environment
    forbid_new(environment, { WIN_ENV = true, MAC_ENV = true })
    rawset(environment, "require", function(name)
        strict.check(type(name) == "string" and name:find("^[%w_-]+$"), "require %s: no flat name", tostring(name))
        if loaded[name] == nil then
            strict.check(not loading[name], "%s requires itself", name)
            loading[name] = true
            local made = load_file(folder .. "/" .. name .. ".lua", environment)()
            loaded[name], loading[name] = made == nil and true or made, nil
        end
        return loaded[name]
    end)
    local function run(file)
        local was = tasks.current
        tasks.current = nil
        local got = { xpcall(load_file(folder .. "/" .. file, environment), debug.traceback) }
        tasks.current = was
        if not got[1] then
            tasks.errors[#tasks.errors + 1] = got[2]
            return nil
        end
        return unpack(got, 2, table.maxn(got))
    end
    return { info = info, run = run, require = environment.require, environment = environment }
end

return sandbox
