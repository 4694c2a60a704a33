-- The catalogue as plain data: what the test gives, and what it compares.

local catalog = require "catalog"
local json = require "json"

local state = {}

-- given: {keywords = {{path, synonyms, export}}, photos = {{uuid, path, keywords = {path …}, …}}}
function state.load(given)
    for _, keyword in ipairs(given.keywords or {}) do
        local made = catalog.keyword_at(keyword.path)
        made.synonyms = keyword.synonyms or {}
        if keyword.export ~= nil then made.export = keyword.export end
    end
    for _, one in ipairs(given.collections or {}) do
        catalog.collections[one.id] = one
        catalog.next_id = math.max(catalog.next_id, one.id + 1)
    end
    catalog.properties, catalog.sources = given.properties or {}, given.sources
    for index, one in ipairs(given.photos) do
        local record = {}
        for key, value in pairs(one) do record[key] = value end
        record.id = index
        record.keywords = {}
        for _, path in ipairs(one.keywords or {}) do record.keywords[catalog.keyword_at(path).id] = true end
        record.title, record.caption, record.alt = one.title or "", one.caption or "", one.alt or ""
        record.pick, record.color, record.label = one.pick or 0, one.color or "none", one.label or ""
        record.develop, record.edited_at = one.develop or 0, one.edited_at or 800000000
        record.format = one.format or "JPG"
        catalog.photos[index] = record
        catalog.by_uuid[record.uuid] = record
    end
end

local function by_path(a, b) return table.concat(a.path or a, "|") < table.concat(b.path or b, "|") end

function state.dump()
    local keywords, photos = json.list(), json.list()
    for id, keyword in pairs(catalog.keywords) do
        table.insert(keywords, { path = json.list(catalog.path_of(id)), synonyms = json.list(keyword.synonyms),
            export = keyword.export })
    end
    table.sort(keywords, by_path)
    for index, record in ipairs(catalog.photos) do
        local one = {}
        for key, value in pairs(record) do one[key] = value end
        one.id = nil
        one.keywords = json.list()
        for id in pairs(record.keywords) do table.insert(one.keywords, json.list(catalog.path_of(id))) end
        table.sort(one.keywords, by_path)
        photos[index] = one
    end
    local collections = json.list()
    for _, record in pairs(catalog.collections) do
        table.insert(collections, { id = record.id, name = record.name, parent = record.parent, kind = record.kind,
            photos = json.list(record.photos) })
    end
    table.sort(collections, function(a, b) return a.id < b.id end)
    return { keywords = keywords, photos = photos, collections = collections, properties = catalog.properties }
end

return state
