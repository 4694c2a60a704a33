-- The small namespaces: paths, files, the application, text, dates. Paths are those of macOS unless WIN_ENV.

local catalog = require "catalog"
local photo = require "photo"
local sdk = require "sdk_catalog"
local strict = require "strict"
local tasks = require "tasks"

local system = { folders = {}, opened = {}, log = {}, passwords = {} }

local function path(value, what)
    strict.check(type(value) == "string" and value ~= "", "%s must be a path, not %s", what, tostring(value))
    return value
end

local function quoted(value) return "'" .. value:gsub("'", "'\\''") .. "'" end

local function asked(command)
    local pipe = assert(io.popen(command .. " 2>/dev/null"))
    local answer = pipe:read("*a")
    pipe:close()
    return answer
end

system.LrPathUtils = strict.namespace("LrPathUtils", {
    child = function(parent, name)
        return (path(parent, "the parent"):gsub("/$", "")) .. "/" .. path(name, "the child")
    end,
    parent = function(value) return path(value, "the path"):match("^(.*)/[^/]*$") end,
    leafName = function(value) return path(value, "the path"):match("[^/]*$") end,
    extension = function(value) return path(value, "the path"):match("%.([^./]*)$") or "" end,
    removeExtension = function(value) return (path(value, "the path"):gsub("%.[^./]*$", "")) end,
    addExtension = function(value, extension) return path(value, "the path") .. "." .. extension end,
    replaceExtension = function(value, extension)
        return (path(value, "the path"):gsub("%.[^./]*$", "")) .. "." .. extension
    end,
    isAbsolute = function(value) return path(value, "the path"):sub(1, 1) == "/" end,
    isRelative = function(value) return path(value, "the path"):sub(1, 1) ~= "/" end,
    standardizePath = function(value) return (path(value, "the path"):gsub("/+", "/"):gsub("(.)/$", "%1")) end,
    getStandardFilePath = function(name)
        strict.check(("home temp desktop appPrefs pictures documents appData"):find(name, 1, true),
            "there is no standard folder %q", tostring(name))
        return system.folders[name] or (system.folders.home .. "/" .. name)
    end,
})

local function exists(value)
    local kind = asked("stat -L -c %F " .. quoted(path(value, "the path")))
    if kind == "" then return false end
    return kind:find("directory") and "directory" or "file"
end

system.LrFileUtils = strict.namespace("LrFileUtils", {
    exists = exists,
    isReadable = function(value) return photo.exists(path(value, "the path")) end,
    isWritable = function(value) return asked("test -w " .. quoted(value) .. " && echo yes") ~= "" end,
    readFile = function(value)
        local file = io.open(path(value, "the path"), "rb")
        strict.check(file, "LrFileUtils.readFile: there is no %s", value)
        local bytes = file:read("*a")
        file:close()
        return bytes
    end,
    delete = function(value) return os.remove(path(value, "the path")) ~= nil end,
    move = function(from, to) return os.rename(path(from, "the path"), path(to, "the path")) ~= nil end,
    copy = function(from, to) asked("cp " .. quoted(from) .. " " .. quoted(to)) return exists(to) ~= false end,
    createAllDirectories = function(value) asked("mkdir -p " .. quoted(value)) return true end,
    createDirectory = function(value) asked("mkdir " .. quoted(value)) return true end,
    chooseUniqueFileName = function(value)
        local at, stem, extension = 0, value:match("^(.*)(%.[^./]*)$")
        local made = value
        while exists(made) do
            at = at + 1
            made = (stem or value) .. "-" .. at .. (extension or "")
        end
        return made
    end,
    fileAttributes = function(value)
        local size, changed = asked("stat -L -c '%s %Y' " .. quoted(value)):match("(%d+) (%d+)")
        return size and { fileSize = tonumber(size), fileModificationDate = tonumber(changed) - 978307200 } or {}
    end,
    directoryEntries = function(value) return asked("ls -d " .. quoted(value) .. "/*"):gmatch("[^\n]+") end,
    files = function(value) return asked("find " .. quoted(value) .. " -maxdepth 1 -type f"):gmatch("[^\n]+") end,
})

system.LrApplication = strict.namespace("LrApplication", {
    activeCatalog = function() return sdk.active end,
    versionTable = function()
        return { major = math.floor(photo.sdk), minor = math.floor(photo.sdk * 10 + 0.5) % 10, revision = 0, build = 1 }
    end,
    versionString = function() return tostring(photo.sdk) end,
})

system.LrShell = strict.namespace("LrShell", {
    openFilesInApp = function(files, app) table.insert(system.opened, { files = files, app = app }) end,
    openPathsViaCommandLine = function(paths, app, arguments)
        table.insert(system.opened, { files = paths, app = app, arguments = arguments })
        return 0
    end,
    revealInShell = function(value) table.insert(system.opened, { files = { value } }) end,
})

local LEVELS = { "trace", "debug", "info", "warn", "error", "fatal" }
system.LrLogger = strict.namespace("LrLogger", {
    __call = function(_, name)
        strict.type_of(name, "string", "the name of a logger")
        local logger = {
            enable = function(self, how)
                strict.check(self and (how == "print" or how == "logfile" or type(how) ~= "string"), "logger:enable")
            end,
            disable = function() end,
            quick = function(self, ...)
                local made = {}
                for index, level in ipairs({ ... }) do made[index] = function(...) self[level](self, ...) end end
                return unpack(made)
            end,
        }
        for _, level in ipairs(LEVELS) do
            logger[level] = function(_, ...)
                local words = {}
                for index = 1, select("#", ...) do words[index] = tostring((select(index, ...))) end
                table.insert(system.log, level .. ": " .. table.concat(words, " "))
            end
            logger[level .. "f"] = function(self, format, ...) self[level](self, format:format(...)) end
        end
        return strict.namespace("the logger", logger)
    end,
})

system.LrDate = strict.namespace("LrDate", {
    currentTime = function() return tasks.epoch() - 978307200 end, -- seconds since 2001-01-01
    timeToUserFormat = function(time, format) return os.date(format, time + 978307200) end,
    timeToW3CDate = function(time) return os.date("!%Y-%m-%dT%H:%M:%SZ", time + 978307200) end,
})

system.LrMD5 = strict.namespace("LrMD5", {
    digest = function(value)
        strict.type_of(value, "string", "what is digested")
        local name = os.tmpname()
        local file = assert(io.open(name, "wb"))
        file:write(value)
        file:close()
        local digest = asked("md5sum " .. name):match("^%x+")
        os.remove(name)
        return digest
    end,
})

system.LrStringUtils = strict.namespace("LrStringUtils", {
    trimWhitespace = function(value) return (value:gsub("^%s+", ""):gsub("%s+$", "")) end,
    lower = string.lower,
    upper = string.upper,
    encodeBase64 = function(value) return (asked("printf %s " .. quoted(value) .. " | base64 -w0")) end,
    numberToString = function(value, places) return string.format("%." .. (places or 0) .. "f", value) end,
    byteString = function(value) return value .. " bytes" end,
    compareStrings = function(a, b) return a < b end,
})

system.LrErrors = strict.namespace("LrErrors", {
    throwUserError = function(text) error(text, 0) end,
    throwCanceled = function() error("AgErrors.canceled", 0) end,
    isCanceledError = function(err) return err == "AgErrors.canceled" end,
})

system.LrPasswords = strict.namespace("LrPasswords", {
    store = function(key, value) system.passwords[key] = value end,
    retrieve = function(key) return system.passwords[key] end,
})

system.LrSystemInfo = strict.namespace("LrSystemInfo", {
    osVersion = function() return "macOS 15" end,
    numCPUs = function() return 2 end,
    memSize = function() return 17179869184 end,
    summaryString = function() return "a fake" end,
})

system.LrLocalization = strict.namespace("LrLocalization", { currentLanguage = function() return "en" end })
system.catalog = catalog

return system
