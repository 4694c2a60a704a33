--- A panel that finds photos by a text. What was found is collected by the names of its files and selected: darktable's
--- scripts can neither collect photos as such nor order them, and nothing is written into a photo to make it so.

local dt = require "darktable"
local command = require "photo-bridge/command"
local records = require "photo-bridge/records"
local run = require "photo-bridge/run"

local find = {}

local MOST = 100
local RULES, LONGEST = 10, 250 -- what darktable's collection holds: rules, and bytes of one
local NAME = "photo_bridge_find"
local LOOKS, LOOK = 30, 100 -- how often it is looked whether photos can be selected by now, and milliseconds between

local found = {} -- the photos of the last search, best first
local panel = {}

--- The photos of the library at these paths, best first; of duplicates the first.
local function images_at(paths)
  local folders, by_path, images = {}, {}, {}
  for _, path in ipairs(paths) do
    folders[path:match("^(.*)/") or ""] = true
  end
  for index = 1, #dt.films do
    local film = dt.films[index]
    for number = 1, folders[film.path] and #film or 0 do
      local image = film[number]
      local path = film.path .. "/" .. image.filename
      local there = by_path[path]
      if not there or image.duplicate_index < there.duplicate_index then
        by_path[path] = image
      end
    end
  end
  for _, path in ipairs(paths) do
    images[#images + 1] = by_path[path]
  end
  return images
end

--- The rules that collect photos by their names, as many as darktable holds. What parts names there, or would be read
--- as quotes, stands for any character.
local function rules_of(images)
  local texts, seen = {}, {}
  for _, image in ipairs(images) do
    local name = image.filename:gsub('[,"]', "_")
    local last = texts[#texts] or ""
    if last ~= "" and not seen[name] and #last + 1 + #name <= LONGEST then
      texts[#texts] = last .. "," .. name
    elseif not seen[name] and #texts < RULES then
      texts[#texts + 1] = name
    end
    seen[name] = true
  end
  local rules = {}
  for index, text in ipairs(texts) do
    local rule = dt.gui.libs.collect.new_rule()
    rule.mode = index == 1 and "DT_LIB_COLLECT_MODE_AND" or "DT_LIB_COLLECT_MODE_OR"
    rule.item, rule.data = "DT_COLLECTION_PROP_FILENAME", text
    rules[index] = rule
  end
  return rules
end

--- Shows photos with these selected. Others of the same names are shown, too, and are not selected.
local function show(images)
  dt.gui.libs.collect.filter(rules_of(images))
  -- Only what is shown can be selected, and darktable shows it when it comes to it; that empties the selection, too.
  local seen = 0
  for _ = 1, LOOKS do
    seen = #dt.gui.selection() == #images and seen + 1 or 0
    if seen == 3 or dt.control.ending then break end
    if seen == 0 then dt.gui.selection(images) end
    dt.control.sleep(LOOK)
  end
  dt.gui.views.lighttable.set_image_visible(images[1])
end

--- Fills the list in rank order.
local function list(images)
  panel.place = 1 -- what is set here tells of itself later, and is no choice of the person's
  for index = #panel.list, 1, -1 do panel.list[index] = nil end
  panel.list[1] = #images == 0 and "nothing found yet" or ("all %d"):format(#images)
  for index, image in ipairs(images) do
    panel.list[index + 1] = ("%d  %s"):format(index, image.filename)
  end
  panel.list.selected = 1
end

--- Finds photos by a text and shows them. Returns what was found, for the person. `plain`: no word of it is understood
--- as a filter.
function find.find(text, plain)
  local wish = { records.field("most", tostring(MOST)), records.field("text", text),
    records.field("phrases", plain and "0" or "1") }
  local paths, said = {}, {}
  for _, row in ipairs(command.rows({ "search" }, table.concat(wish))) do
    if row[1] == "result" then
      paths[#paths + 1] = row[3]
    elseif row[1] == "said" then
      said[#said + 1] = row[2]
    elseif row[1] == "filter" and row[4] ~= "" then
      said[#said + 1] = ("Understood: %s as %s = %s"):format(row[4], row[2], row[3])
    end
  end
  found = images_at(paths)
  if #found < #paths then
    said[#said + 1] = ("Not in this library: %d."):format(#paths - #found)
  end
  list(found)
  if #found > 0 then
    show(found)
  end
  return table.concat(said, "\n")
end

--- Shows all that was found (1), or one of it: its place in the list.
function find.choose(place)
  local one = found[place - 1]
  if #found > 0 then
    show(one and { one } or found)
  end
end

local function started(act)
  return function()
    dt.control.dispatch(function() run.guarded(act) end) -- a callback of a widget must not wait
  end
end

local function widgets()
  panel.text = dt.new_widget("entry") { text = "", placeholder = "bride laughing during ceremony",
    tooltip = "what is to be seen in the photos" }
  panel.filters = dt.new_widget("check_button") { label = "understand filters", value = true,
    tooltip = "as in: two people" }
  panel.find = dt.new_widget("button") { label = "find photos", clicked_callback = started(function()
    return find.find(panel.text.text, not panel.filters.value)
  end) }
  panel.list = dt.new_widget("combobox") { label = "found, best first", changed_callback = function(box)
    local place = box.selected
    if place > 0 and place ~= panel.place then
      panel.place = place
      started(function() find.choose(place) end)()
    end
  end, "nothing found yet" }
  panel.keyword = dt.new_widget("entry") { text = "", placeholder = "keyword, or above|beneath" }
  panel.add = dt.new_widget("button") { label = "add keyword to selected", clicked_callback = started(function()
    return run.keyword(panel.keyword.text, dt.gui.selection())
  end) }
  return dt.new_widget("box") { orientation = "vertical", panel.text, panel.filters, panel.find, panel.list,
    panel.keyword, panel.add }
end

local function put()
  if not panel.there then
    panel.there = true
    dt.register_lib(NAME, "photo-bridge: find photos", true, false,
      { [dt.gui.views.lighttable] = { "DT_UI_CONTAINER_PANEL_LEFT_CENTER", 300 } }, widgets(), nil, nil)
  end
end

--- Puts the panel into lighttable; a panel can only be put where lighttable is open.
function find.register()
  if dt.gui.current_view().id == "lighttable" then
    return put()
  end
  dt.register_event(NAME, "view-changed", function(_, _, new)
    if new.id == "lighttable" then put() end
  end)
end

find.panel = panel

return find
