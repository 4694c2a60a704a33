-- One session of Lightroom: lua5.1 run.lua SCENARIO OUTPUT. The scenario is a Lua file that returns a table (written by
-- lightroom.py); the output is JSON: the catalogue afterwards and everything that was seen.

package.path = arg[0]:gsub("[^/]*$", "") .. "../fake/?.lua;" .. package.path

local socket = require "socket"
local binding = require "binding"
local catalog = require "catalog"
local dialogs = require "dialogs"
local events = require "events"
local files = require "files"
local http = require "http"
local json = require "json"
local menus = require "menus"
local photo = require "photo"
local render = require "render"
local sandbox = require "sandbox"
local state = require "state"
local strict = require "strict"
local system = require "system"
local tasks = require "tasks"

local scenario = assert(loadfile(arg[1]))()

tasks.jumps = scenario.jumps ~= false
photo.sdk = scenario.sdk or 14
system.folders = scenario.folders
catalog.temp, catalog.path = scenario.folders.temp, scenario.folders.home .. "/test.lrcat"
catalog.faults = scenario.gate_faults or {}
catalog.deletes_keywords = scenario.deletes_keywords ~= false
if scenario.undocumented == false then photo.without_undocumented() end
catalog.selected = scenario.selected or {}
dialogs.answers = scenario.answers or {}
events.pending = scenario.events or {}
binding.prefs = scenario.prefs or {}
files.port, files.modes, files.late = scenario.files_port, scenario.save_modes or {}, scenario.save_late or 3
render.thumbnails, render.late = scenario.thumbnails or { "late" }, scenario.thumbnail_late or 0.3
http.keep_bodies = scenario.keep_bodies ~= false
http.canned = scenario.canned or {}
state.load(scenario.catalog)

local function write(ended)
    local latency = dialogs.cancelled_at and tasks.now() - dialogs.cancelled_at
    local result = {
        ended = ended, seconds = tasks.now(), cancel_seconds = latency, waiting = json.list(tasks.waiting()),
        catalog = state.dump(), violations = json.list(strict.violations), probes = json.list(strict.probes),
        errors = json.list(tasks.errors), dialogs = json.list(dialogs.shown), scopes = json.list(),
        gates = json.list(catalog.gates), undo = json.list(), http = json.list(http.log),
        saves = json.list(files.saves),
        reads = json.list(files.reads), thumbnails = json.list(render.requests), exports = json.list(render.exports),
        happened = json.list(events.happened), prefs = binding.prefs, opened = json.list(system.opened),
        commands = json.list(tasks.commands), log = json.list(system.log), browser = http.opened,
        edits = json.list(events.edits), info = menus.seen_info, selected = json.list(catalog.selected),
    }
    for index, step in ipairs(catalog.undo) do result.undo[index] = step.name end
    for index, scope in ipairs(dialogs.scopes) do
        result.scopes[index] = { title = scope.title, captions = json.list(scope.captions),
            portions = json.list(scope.portions), done = scope.done, cancelled = scope.cancelled }
    end
    local file = assert(io.open(arg[2], "wb"))
    file:write(json.encode(result))
    file:close()
end

-- Lightroom is killed: nothing of the plug-in runs any more, what was executed is in the catalogue.
function events.crash()
    write("crashed")
    os.exit(0)
end

local plugin = sandbox.open(scenario.plugin, scenario.platform or "mac")
local ended = true
for _, action in ipairs(scenario.actions) do
    menus.act(plugin, action)
    local deadline = tasks.wall() + (scenario.deadline or 60)
    ended = tasks.run(deadline) and ended
    files.settle()
end
for _ = 1, scenario.undo_steps or 0 do catalog.undo_last() end
if scenario.undo_all then
    repeat until not catalog.undo_last()
end
socket.sleep(0)
write(ended and "ended" or "stuck")
