-- LrBinding, LrPrefs and LrView: property tables, bindings and controls, each with the properties it knows.

local strict = require "strict"
local tasks = require "tasks"

local binding = { prefs = {} }

-- -- property tables ----------------------------------------------------------------------------------------------

local Properties = {}
local inner = setmetatable({}, { __mode = "k" })

function binding.properties(values)
    local object = setmetatable({}, Properties)
    inner[object] = { values = values or {}, observers = {} }
    return object
end

function binding.is_properties(object) return inner[object] ~= nil end

local METHODS = {
    addObserver = function(self, key, ...)
        local func = select(select("#", ...), ...)
        strict.type_of(key, "string", "the key that is observed")
        strict.type_of(func, "function", "an observer")
        table.insert(inner[self].observers, { key = key, func = func })
    end,
    removeObserver = function() end,
    pairs = function(self) return pairs(inner[self].values) end,
}

Properties.__index = function(self, key)
    strict.type_of(key, "string", "the key of a property table")
    local value = inner[self].values[key]
    if value == nil then return METHODS[key] end
    return value
end
Properties.__newindex = function(self, key, value)
    strict.type_of(key, "string", "the key of a property table")
    if inner[self].values[key] == value then return end
    inner[self].values[key] = value
    for _, observer in ipairs(inner[self].observers) do
        if observer.key == key then observer.func(self, key, value) end
    end
end

function binding.values(object) return inner[object].values end

-- Preferences survive; only plain values can be stored.
local Prefs = {
    __index = function(_, key)
        if key == "pairs" then return function() return pairs(binding.prefs) end end
        return binding.prefs[key]
    end,
    __newindex = function(_, key, value)
        local kind = type(value)
        strict.check(kind ~= "function" and kind ~= "userdata", "a preference cannot be a %s", kind)
        binding.prefs[key] = value
    end,
}
local prefs = setmetatable({}, Prefs)
binding.LrPrefs = strict.namespace("LrPrefs", { prefsForPlugin = function() return prefs end })

local function is_bindable(object) return binding.is_properties(object) or object == prefs end

binding.LrBinding = strict.namespace("LrBinding", {
    makePropertyTable = function(context)
        strict.data(context, tasks.Context, "the argument of makePropertyTable")
        return binding.properties()
    end,
    kUnsupportedDirection = "kUnsupportedDirection",
})

-- -- views --------------------------------------------------------------------------------------------------------

local ANY = [[bind_to_object fill fill_horizontal fill_vertical height width margin margin_left margin_right margin_top
    margin_bottom place place_horizontal place_vertical tooltip visible spacing show_if font size text_color
    background_color]]
local CONTROLS = {
    row = "", column = "", view = "", spacer = "", group_box = "title enabled",
    separator = "",
    static_text = "title alignment enabled wrap truncation width_in_chars height_in_lines selectable mouse_down",
    edit_field = [[value enabled immediate validate width_in_chars height_in_lines min max precision alignment wraps
        allow_newlines auto_completion completion placeholder_string increment large_increment string_to_value
        value_to_string]],
    checkbox = "title value checked_value unchecked_value enabled alignment",
    radio_button = "title value checked_value enabled alignment",
    push_button = "title action enabled alignment",
    popup_menu = "title value items enabled alignment value_equal width_in_chars",
    combo_box = "value items enabled immediate validate width_in_chars auto_completion completion alignment",
    slider = "value min max integral enabled orientation slider_width",
    scrolled_view = "horizontal_scroller vertical_scroller",
    tab_view = "value", tab_view_item = "title identifier", picture = "value frame_width frame_color",
}
local Binding = {}

local function known(name)
    local set = {}
    for key in (ANY .. " " .. CONTROLS[name]):gmatch("%S+") do set[key] = true end
    return set
end

local factory_members = {
    control_spacing = function() return 4 end,
    dialog_spacing = function() return 8 end,
    label_spacing = function() return 4 end,
}
for name in pairs(CONTROLS) do
    local allowed = known(name)
    factory_members[name] = function(self, args)
        strict.check(type(self) == "table" and type(args) == "table", "f:%s{...} with a colon", name)
        for key, value in pairs(args) do
            if type(key) == "number" then
                strict.check(type(value) == "table" and value.control, "a child of %s is no view", name)
            else
                strict.check(allowed[key], "%s has no property %q", name, tostring(key))
                local title = key == "title" and getmetatable(value) ~= Binding
                strict.check(not title or type(value) == "string", "the title of %s must be a string", name)
                strict.check(key ~= "action" or type(value) == "function", "the action of %s must be a function", name)
            end
        end
        args.control = name
        return args
    end
end
local factory = strict.namespace("LrView's factory", factory_members)

binding.LrView = strict.namespace("LrView", {
    osFactory = function() return factory end,
    bind = function(args)
        args = type(args) == "string" and { key = args } or args
        for key in pairs(args) do
            strict.check(("key keys bind_to_object transform operation object value_equal"):find(key, 1, true),
                "LrView.bind has no %q", tostring(key))
        end
        strict.check(args.key or args.keys, "LrView.bind without a key")
        return setmetatable(args, Binding)
    end,
    share = function(name)
        strict.type_of(name, "string", "what LrView.share shares")
        return name
    end,
    conditionalItem = function(condition, item) return condition and item or nil end,
    kIgnoredView = "kIgnoredView",
})

-- All controls of a view with where their values come from: {control, title, bound = {property = {object, key}}}.
function binding.flatten(view, object, found)
    found = found or {}
    object = view.bind_to_object or object
    local item = { control = view.control, view = view, bound = {} }
    for key, value in pairs(view) do
        if type(value) == "table" and getmetatable(value) == Binding then
            local source = value.bind_to_object or object
            strict.check(is_bindable(source), "%s.%s is bound to %q of no object", view.control, tostring(key),
                tostring(value.key))
            item.bound[key] = { object = source, key = value.key, transform = value.transform }
        end
    end
    found[#found + 1] = item
    for _, child in ipairs(view) do binding.flatten(child, object, found) end
    return found
end

-- What a property of a flattened control says now.
function binding.value(item, property)
    local bound = item.bound[property]
    if not bound then return item.view[property] end
    local value = bound.key and bound.object[bound.key]
    if bound.transform then value = bound.transform(value, true) end
    return value
end

return binding
