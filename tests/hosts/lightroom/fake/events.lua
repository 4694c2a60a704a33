-- What happens while a plug-in works: the person edits, cancels, the daemon dies, Lightroom dies. An event is
-- {at = "before metadata.plan" or "gate end" or "save landed" and so on, what = an action}; nth: at which occurrence;
-- uuid: only that photo's; asks: only requests that hold this text.

local catalog = require "catalog"
local dialogs = require "dialogs"
local files = require "files"
local http = require "http"
local photo = require "photo"
local tasks = require "tasks"

local events = { pending = {}, edits = {}, happened = {} }

local COLORS = { Rot = "red", Gelb = "yellow", ["Grün"] = "green", Blau = "blue", Lila = "purple", [""] = "none" }
function photo.color_of(label) return COLORS[label] or "custom" end

-- An edit by hand: at once, outside of our gates, and noted so that the test can ask whether it is still there.
local function edit(change)
    local record = catalog.by_uuid[change.uuid]
    assert(record, "no photo " .. tostring(change.uuid))
    assert(not tasks.gate, "nobody edits inside a gate")
    if change.add then
        record.keywords[catalog.keyword_at(change.add).id] = true
    elseif change.remove then
        local gone = catalog.keyword_at(change.remove).id
        record.keywords[gone] = nil
    elseif change.develop then
        record.develop = change.develop
        record.edited_at = tasks.epoch() - 978307200
    else
        record[change.field] = change.value
        if change.field == "color" then
            for label, color in pairs(COLORS) do
                if color == change.value then record.label = label end
            end
        end
    end
    events.edits[#events.edits + 1] = change
end

local ACTIONS = {
    edit = function(event) edit(event.edit) end,
    edits = function(event)
        for _, change in ipairs(event.edits) do edit(change) end
    end,
    -- The same changes to the photos that the request named, at most `most` of them.
    edit_asked = function(event, entry)
        local left = event.most or math.huge
        for _, record in ipairs(catalog.photos) do
            if left > 0 and entry.body:find(record.uuid, 1, true) then
                left = left - 1
                for _, change in ipairs(event.edits) do
                    edit({ uuid = record.uuid, field = change.field, value = change.value, add = change.add,
                        develop = change.develop })
                end
            end
        end
    end,
    cancel = function() dialogs.cancel_all() end,
    kill = function(event) os.execute("kill -9 " .. event.pid) end,
    run = function(event) assert(os.execute(event.command) == 0, event.command) end,
    busy = function(event) catalog.busy_till = tasks.now() + event.seconds end,
    crash = function() error(events.CRASH, 0) end,
    undo = function() catalog.undo_last() end,
}
events.CRASH = setmetatable({}, { __tostring = function() return "Lightroom has crashed" end })

local function happen(event, entry)
    events.happened[#events.happened + 1] = event.at .. ": " .. event.what
    if event.what == "crash" then return events.crash() end
    ACTIONS[event.what](event, entry)
end

local function is_meant(event, uuid, entry)
    if event.uuid then return event.uuid == uuid end
    return not event.asks or (entry.body or ""):find(event.asks, 1, true) ~= nil
end

function events.tell(name, uuid, entry)
    for _, event in ipairs(events.pending) do
        if event.at == name and not event.gone and is_meant(event, uuid, entry) then
            event.count = (event.count or 0) + 1
            if event.every or event.count == (event.nth or 1) then
                event.gone = not event.every
                happen(event, entry)
            end
        end
    end
end

table.insert(http.listeners, function(when, entry) events.tell(when .. " " .. entry.method, nil, entry) end)
table.insert(catalog.listeners, function(event) events.tell(event) end)
table.insert(files.listeners, events.tell)
table.insert(dialogs.listeners, function(event) events.tell(event) end)
table.insert(tasks.idle_hooks, function()
    for _, event in ipairs(events.pending) do
        if event.after and not event.gone and tasks.now() >= event.after then
            event.gone = true
            event.at = event.at or ("after " .. event.after)
            happen(event)
        end
    end
end)

table.insert(tasks.due_hooks, function()
    local first
    for _, event in ipairs(events.pending) do
        if event.after and not event.gone then first = math.min(first or event.after, event.after) end
    end
    return first
end)

return events
