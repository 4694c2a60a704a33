-- How Lightroom calls a plug-in: a menu item, the Plug-in Manager's panel, an export preset of its service.

local binding = require "binding"
local catalog = require "catalog"
local dialogs = require "dialogs"
local photo = require "photo"
local render = require "render"
local sdk = require "sdk_catalog"
local strict = require "strict"
local tasks = require "tasks"

local menus = {}

local KEYS = [[LrSdkVersion LrSdkMinimumVersion LrToolkitIdentifier LrPluginName LrPluginInfoProvider LrPluginInfoUrl
    LrInitPlugin LrShutdownPlugin LrEnablePlugin LrDisablePlugin LrShutdownApp VERSION LrExportMenuItems
    LrLibraryMenuItems LrHelpMenuItems LrExportServiceProvider LrExportFilterProvider LrMetadataProvider
    LrMetadataTagsetFactory]]
local ENABLED = [[photosAvailable photosSelected videosAvailable videosSelected anythingAvailable anythingSelected]]
local PROVIDER = [[processRenderedPhotos hideSections showSections allowFileFormats allowColorSpaces canExportVideo
    canExportToTemporaryLocation exportPresetFields hidePrintResolution startDialog endDialog sectionsForTopOfDialog
    sectionsForBottomOfDialog updateExportSettings supportsIncrementalPublish disallowFileFormats
    disallowColorSpaces]]
local SECTIONS = [[exportLocation fileNaming fileSettings imageSettings outputSharpening metadata watermarking video
    postProcessing]]

local function within(words, word) return (" " .. words:gsub("%s+", " ") .. " "):find(" " .. word .. " ", 1, true) end

function menus.check_info(info)
    for key in pairs(info) do strict.check(within(KEYS, key), "Info.lua has an unknown %s", tostring(key)) end
    for _, menu in ipairs({ info.LrLibraryMenuItems or {}, info.LrExportMenuItems or {} }) do
        for _, item in ipairs(menu) do
            strict.type_of(item.title, "string", "the title of a menu item")
            strict.type_of(item.file, "string", "the file of a menu item")
            strict.check(not item.enabledWhen or within(ENABLED, item.enabledWhen), "enabledWhen %s",
                tostring(item.enabledWhen))
        end
    end
end

local function find_item(info, menu, title)
    for _, item in ipairs(info[menu]) do
        if item.title == title then return item end
    end
    strict.violation(menu .. " has no " .. title)
end

-- A preset is a file `s = {…}` that Lightroom reads; its values go into the property table of the export.
function menus.preset(path)
    local environment = {}
    local chunk = assert(loadfile(path))
    setfenv(chunk, environment)()
    local preset = environment.s
    strict.check(type(preset) == "table" and preset.type == "Export" and type(preset.value) == "table"
        and preset.version == 0 and preset.title and preset.internalName and preset.id, "%s is no export preset", path)
    return preset
end

local ExportContext = strict.class("LrExportContext", {
    configureProgress = function(self, args)
        local own = strict.data(self, menus.ExportContext, "the export context")
        own.scope = dialogs.LrProgressScope({ title = args.title, functionContext = own.context })
        return own.scope
    end,
    renditions = function(self, args)
        local own = strict.data(self, menus.ExportContext, "the export context")
        for key in pairs(args or {}) do
            strict.check(within("stopIfCanceled progressScope renderProgressPortion", key), "renditions{%s}", key)
        end
        own.rendered = true
        return own.session:renditions()
    end,
    startRendering = function() end,
}, {
    exportSession = function(own) return own.session end,
    propertyTable = function(own) return own.properties end,
})
menus.ExportContext = ExportContext

local function selected()
    return sdk.active:getTargetPhotos()
end

local function export(plugin, name)
    local service = plugin.info.LrExportServiceProvider
    local path = plugin.environment._PLUGIN.path .. "/" .. service.builtInPresetsDir .. "/" .. name
    local preset = menus.preset(path)
    local provider = plugin.run(service.file)
    if not provider then return end
    local fields = {}
    for key in pairs(provider) do
        strict.check(within(PROVIDER, key), "an export service has no %s", tostring(key))
    end
    for _, section in ipairs(provider.hideSections or {}) do
        strict.check(within(SECTIONS, section), "there is no section %s", tostring(section))
    end
    for _, field in ipairs(provider.exportPresetFields or {}) do fields[field.key] = field.default end
    local service_id = preset.value.exportServiceProvider
    strict.check(service_id == plugin.info.LrToolkitIdentifier, "%s is for another service", name)
    for key, value in pairs(preset.value) do
        if not key:find("^export") and not key:find("^LR_") and not render.knows("LR_" .. key) then
            strict.check(fields[key] ~= nil, "%s sets %s, which exportPresetFields does not name", name, key)
            fields[key] = value
        elseif key:find("^LR_") then
            strict.violation("a preset's own keys have no LR_: " .. key)
        end
    end
    tasks.spawn(function()
        tasks.with_context("export", function(context)
            local properties = binding.properties(fields)
            if provider.updateExportSettings then provider.updateExportSettings(properties) end
            local own = { context = context, properties = properties,
                session = render.session(selected(), { LR_export_destinationPathPrefix = catalog.temp }) }
            provider.processRenderedPhotos(context, strict.object(ExportContext, own))
        end)
    end, "export")
end

local function info_panel(plugin, answer)
    local provider = plugin.run(plugin.info.LrPluginInfoProvider)
    if not provider then return end
    tasks.with_context("Plug-in Manager", function()
        local properties = binding.properties()
        if provider.startDialog then provider.startDialog(properties) end
        for _, name in ipairs({ "sectionsForTopOfDialog", "sectionsForBottomOfDialog" }) do
            for _, section in ipairs(provider[name] and provider[name](binding.LrView.osFactory(), properties) or {}) do
                strict.type_of(section.title, "string", "the title of a section")
                section.control = "section"
                section.bind_to_object = section.bind_to_object or properties
                dialogs.use(section, answer or {})
            end
        end
        if provider.endDialog then provider.endDialog(properties) end
    end)
end

-- action: {menu = "LrLibraryMenuItems", title}, {preset = file name}, {panel = answer}, {select = {uuids}},
-- {edit = …}, {undo = true}
function menus.act(plugin, action)
    if action.title then
        local item = find_item(plugin.info, action.menu or "LrLibraryMenuItems", action.title)
        plugin.run(item.file)
    elseif action.preset then
        export(plugin, action.preset)
    elseif action.info then
        menus.check_info(plugin.info)
        menus.seen_info = plugin.info
    elseif action.panel then
        info_panel(plugin, action.panel)
    elseif action.select then
        catalog.selected = action.select
    elseif action.undo then
        catalog.undo_last()
    end
end

photo.menus = menus

return menus
