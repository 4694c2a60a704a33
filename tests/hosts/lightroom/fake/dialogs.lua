-- LrDialogs and LrProgressScope: everything that the person sees is noted, and answered as the test says.

local binding = require "binding"
local strict = require "strict"
local tasks = require "tasks"

local dialogs = {
    shown = {}, -- {kind, message, info, style, buttons, answer}
    -- {match, answer, set = {key = value}, press = {titles}}: for the first dialog whose text holds `match`; an
    -- answer with `once` is used up.
    answers = {},
    scopes = {}, -- {title, captions, portions, cancelled, done}
    cancelled_at = nil,
    listeners = {}, -- called with "dialog" and its entry
}

local function text(value, what, may_miss)
    strict.check(type(value) == "string" or (may_miss and value == nil), "%s must be a string, not a %s", what,
        type(value))
    return value
end

local function note(entry)
    entry.at = tasks.wall()
    dialogs.shown[#dialogs.shown + 1] = entry
    for _, listener in ipairs(dialogs.listeners) do listener("dialog", entry) end
    return entry
end

local function answer_for(entry)
    local said = (entry.message or "") .. "\n" .. (entry.info or "")
    for index, answer in ipairs(dialogs.answers) do
        if said:find(answer.match, 1, true) then
            if answer.once then table.remove(dialogs.answers, index) end
            entry.answer = answer.answer
            return answer
        end
    end
    strict.violation("nobody has an answer to: " .. said)
end

local function confirm(message, info, action, cancel, other)
    tasks.require_task("LrDialogs.confirm")
    strict.check(not tasks.gate, "a dialog inside a write gate")
    local entry = note({ kind = "confirm", message = text(message, "the message"), info = text(info, "the info", true),
        buttons = { ok = text(action, "actionVerb", true) or "OK", other = text(other, "otherVerb", true),
            cancel = text(cancel, "cancelVerb", true) or "Cancel" } })
    local answer = answer_for(entry).answer
    strict.check(entry.buttons[answer], "this question has no button %q", tostring(answer))
    return answer
end

local STYLES = { info = true, warning = true, critical = true }
local function message(what, info, style)
    strict.check(not tasks.gate, "a dialog inside a write gate")
    strict.check(style == nil or STYLES[style], "there is no style %q", tostring(style))
    note({ kind = "message", message = text(what, "the message"), info = text(info, "the info", true),
        style = style or "info" })
end

local function find_bound(items, key)
    for _, item in ipairs(items) do
        local bound = item.bound.value
        if bound and bound.key == key then return item, bound end
    end
    strict.violation("the dialog has no control for " .. key)
end

-- Sets a value as the person can: through a control that is bound to it and that offers it.
local function set(items, key, value)
    local item, bound = find_bound(items, key)
    if item.control == "popup_menu" then
        local offered = false
        for _, choice in ipairs(binding.value(item, "items")) do offered = offered or choice.value == value end
        strict.check(offered, "%s does not offer %s", key, tostring(value))
    elseif item.control == "radio_button" then
        local offered = false
        for _, other in ipairs(items) do
            local same = other.control == "radio_button" and other.bound.value and other.bound.value.key == key
            offered = offered or (same and other.view.checked_value == value)
        end
        strict.check(offered, "%s does not offer %s", key, tostring(value))
    end
    bound.object[key] = value
end

-- Plays a person in front of a view: sets, presses, and notes all texts.
function dialogs.use(view, answer)
    local items = binding.flatten(view)
    for key, value in pairs(answer.set or {}) do set(items, key, value) end
    for _, title in ipairs(answer.press or {}) do
        local pressed = false
        for _, item in ipairs(items) do
            if item.control == "push_button" and binding.value(item, "title") == title then
                pressed = true
                item.view.action(item.view)
            end
        end
        strict.check(pressed, "the dialog has no button %q", title)
    end
    local texts = {}
    for _, item in ipairs(items) do
        local title = binding.value(item, "title")
        if title ~= nil then texts[#texts + 1] = text(title, "the title of " .. item.control) end
    end
    return table.concat(texts, "\n")
end

local MODAL = {}
for key in ([[title contents accessoryView actionVerb cancelVerb otherVerb actionBinding resizable save_frame blockTask
    isOkButtonDisabled]]):gmatch("%S+") do MODAL[key] = true end

local function modal(args)
    tasks.require_task("LrDialogs.presentModalDialog")
    strict.check(not tasks.gate, "a dialog inside a write gate")
    for key in pairs(args) do strict.check(MODAL[key], "presentModalDialog has no %q", tostring(key)) end
    strict.check(type(args.contents) == "table" and args.contents.control, "presentModalDialog without contents")
    local entry = note({ kind = "modal", message = text(args.title, "the title of a dialog"), info = "" })
    local answer = answer_for(entry)
    entry.info = dialogs.use(args.contents, answer)
    return answer.answer
end

-- -- progress -----------------------------------------------------------------------------------------------------

local Scope
local function scope(self)
    return strict.data(self, Scope, "the progress scope")
end

Scope = strict.class("LrProgressScope", {
    setPortionComplete = function(self, done, total)
        strict.type_of(done, "number", "the portion that is complete")
        total = total or 1
        strict.check(done >= 0 and done <= total + 1e-9 and done == done, "%s of %s is no portion", done, total)
        local own = scope(self)
        own.portions[#own.portions + 1] = { done, total }
    end,
    setCaption = function(self, caption)
        local own = scope(self)
        own.captions[#own.captions + 1] = text(caption, "the caption of a progress")
    end,
    setIndeterminate = function(self) scope(self) end,
    setCancelable = function(self, value)
        scope(self).cancelable = value
    end,
    attachToFunctionContext = function(self, context)
        local own = scope(self)
        context:addCleanupHandler(function() own.done = true end)
    end,
    getPortionComplete = function(self)
        local last = scope(self).portions[#scope(self).portions]
        return last and last[1] / last[2] or 0
    end,
    isCanceled = function(self) return scope(self).cancelled end,
    isDone = function(self) return scope(self).done end,
    cancel = function(self) scope(self).cancelled = true end,
    done = function(self) scope(self).done = true end,
}, {})

local SCOPE = { title = true, caption = true, functionContext = true, parent = true, parentEndRange = true }
dialogs.LrProgressScope = strict.namespace("LrProgressScope", {
    __call = function(_, args)
        for key in pairs(args) do strict.check(SCOPE[key], "LrProgressScope has no %q", tostring(key)) end
        local own = { title = text(args.title, "the title of a progress", args.parent), captions = {}, portions = {},
            cancelled = false, done = false, cancelable = true }
        if args.caption then own.captions[1] = text(args.caption, "the caption of a progress") end
        dialogs.scopes[#dialogs.scopes + 1] = own
        local made = strict.object(Scope, own)
        if args.functionContext then made:attachToFunctionContext(args.functionContext) end
        return made
    end,
})

-- The person presses the x beside every bar.
function dialogs.cancel_all()
    dialogs.cancelled_at = dialogs.cancelled_at or tasks.now()
    for _, own in ipairs(dialogs.scopes) do
        if not own.done and own.cancelable then own.cancelled = true end
    end
end

dialogs.LrDialogs = strict.namespace("LrDialogs", {
    message = message,
    showError = function(what) message(what, nil, "critical") end,
    confirm = confirm,
    presentModalDialog = modal,
    showBezel = function(what) note({ kind = "bezel", message = text(what, "the message") }) end,
    promptForActionWithDoNotShow = function(args)
        local entry = note({ kind = "prompt", message = text(args.message, "the message"),
            info = text(args.info, "the info", true) })
        return answer_for(entry).answer
    end,
    messageWithDoNotShow = function(args) message(args.message, args.info) end,
    attachErrorDialogToFunctionContext = function(context)
        context:addFailureHandler(function(_, err)
            note({ kind = "error", message = tostring(err), info = tasks.last_trace })
        end)
    end,
    resetDoNotShowFlag = function() end,
})

return dialogs
