--- What a search asks a person, and what it tells: the text, what was found, and which of its words were taken for
-- filters.
local LrBinding = import("LrBinding")
local LrDialogs = import("LrDialogs")
local LrPrefs = import("LrPrefs")
local LrView = import("LrView")

local Json = require("Json")

local FindDialogs = {}

local MOST = 100
local EXAMPLE = "For example: bride laughing during ceremony"
local ORDER = "The best are selected. Lightroom does not let a plug-in sort a collection by how well its photos fit."
local INDEX, ALL = "Index photos...", "Whole catalogue"

local function photos(count)
  return count == 1 and "1 photo" or ("%d photos"):format(count)
end

local function wide(f, text)
  return f:static_text({ title = text, width_in_chars = 60, height_in_lines = -1 })
end

local function trimmed(text)
  return (text or ""):match("^%s*(.-)%s*$")
end

local function edit(title, f, props, rows, verb)
  rows.bind_to_object, rows.spacing = props, f:control_spacing()
  return LrDialogs.presentModalDialog({ title = title, contents = f:column(rows), actionVerb = verb }) == "ok"
end

--- The text of a search, how many photos at most, and whether only in `source` (`{title}`, or nil); nil where the
-- person left it.
function FindDialogs.text(title, context, source)
  local f, bind, prefs = LrView.osFactory(), LrView.bind, LrPrefs.prefsForPlugin()
  local props = LrBinding.makePropertyTable(context)
  props.text, props.most, props.within = prefs.findText or "", FindDialogs.most(), false
  local rows = {
    f:edit_field({ value = bind("text"), width_in_chars = 50, immediate = true }), wide(f, EXAMPLE),
    f:row({
      f:static_text({ title = "At most" }),
      f:edit_field({ value = bind("most"), width_in_chars = 6, min = 1, max = 1000, precision = 0, immediate = true }),
      f:static_text({ title = "photos" }),
    }),
  }
  if source then
    rows[#rows + 1] = f:checkbox({ title = "Only in " .. source.title, value = bind("within") })
  end
  if not edit(title, f, props, rows, "Find") then return nil end
  local text, most = trimmed(props.text), math.max(1, math.min(1000, math.floor(tonumber(props.most) or MOST)))
  if text == "" then return LrDialogs.message(title, "Say in a few words what is to be seen in the photos.", "info") end
  prefs.findText, prefs.findMost = text, most
  return text, most, props.within
end

--- How many photos were asked for the last time.
function FindDialogs.most()
  return LrPrefs.prefsForPlugin().findMost or MOST
end

--- A keyword for so many photos; nil where the person left it.
function FindDialogs.keyword(title, context, count)
  local f, prefs, props = LrView.osFactory(), LrPrefs.prefsForPlugin(), LrBinding.makePropertyTable(context)
  props.keyword = prefs.findKeyword or ""
  local rows = {
    wide(f, "A keyword for what is selected, " .. photos(count) .. ":"),
    f:edit_field({ value = LrView.bind("keyword"), width_in_chars = 50, immediate = true }),
    wide(f, "A|B puts B beneath A. Photos that have it stay as they are; Undo Last AI Run takes it back."),
  }
  if not edit(title, f, props, rows, "Add") then return nil end
  local keyword = trimmed(props.keyword)
  if keyword == "" then return LrDialogs.message(title, "No keyword was given.", "info") end
  prefs.findKeyword = keyword
  return keyword
end

local function percent(coverage)
  return math.floor(coverage * 100)
end

local function lines(answer, tally)
  local said = {}
  local function say(text) said[#said + 1] = text end
  if tally.shown == 0 then
    say("No photo here looks like that.")
  elseif answer.total > tally.shown + tally.elsewhere then
    say(("The best %d of %s that fit. %s"):format(tally.shown, photos(answer.total), ORDER))
  else
    say(("%s. %s"):format(photos(tally.shown), ORDER))
  end
  if tally.elsewhere > 0 then
    say(("Found and not in this catalogue: %s."):format(photos(tally.elsewhere)))
  end
  if tally.photos == 0 then
    say("No photo is indexed yet.")
  else
    local of = tally.photos and (" (%d of the %s that photo-bridge knows)"):format(tally.indexed, photos(tally.photos))
    say(("%d %% of this library is indexed%s; what is not is never found."):format(percent(answer.coverage), of or ""))
  end
  for _, warning in ipairs(answer.warnings) do say(warning) end
  return said
end

--- The filters that were read out of the text; those that were asked for by other means have no phrase.
local function understood(answer)
  local found = {}
  for _, filter in ipairs(answer.filters) do
    found[#found + 1] = filter.phrase and filter or nil
  end
  return found
end

--- Tells what was found (`tally`: `{shown, elsewhere, photos, indexed}`). Returns "again" and the phrases that are to
-- be taken as plain words, "index" or "done".
function FindDialogs.found(run, wish, answer, tally)
  local title = ("%s: %s"):format(wish.title, wish.name)
  local text, filters = table.concat(lines(answer, tally), "\n"), understood(answer)
  if #filters == 0 and #wish.plain == 0 then
    return LrDialogs.confirm(title, text, INDEX, "Done") == "ok" and "index" or "done", wish.plain
  end
  local f, props = LrView.osFactory(), LrBinding.makePropertyTable(run.context)
  local rows, phrases, all = { wide(f, text) }, {}, {}
  local function add(phrase, shown, ticked)
    if not all[phrase] then
      phrases[#phrases + 1], all[phrase] = phrase, true
      props["use" .. #phrases] = ticked
      rows[#rows + 1] = f:checkbox({ title = shown, value = LrView.bind("use" .. #phrases) })
    end
  end
  rows[#rows + 1] = f:static_text({ title = "Understood as filters:" })
  for _, one in ipairs(filters) do add(one.phrase, ('"%s": %s = %s'):format(one.phrase, one.name, one.value), true) end
  for _, phrase in ipairs(wish.plain) do add(phrase, ('"%s" (taken as plain words)'):format(phrase), false) end
  rows[#rows + 1] = wide(f, "What you untick is looked for as plain words.")
  rows.bind_to_object, rows.spacing = props, f:control_spacing()
  local pressed = LrDialogs.presentModalDialog({
    title = title, contents = f:column(rows), actionVerb = "Find again", cancelVerb = "Done",
    otherVerb = INDEX,
  })
  local plain = Json.array()
  for index, phrase in ipairs(phrases) do
    if not props["use" .. index] then plain[#plain + 1] = phrase end
  end
  return pressed == "ok" and "again" or pressed == "other" and "index" or "done", plain
end

--- Which photos are to be indexed: "selected" (so many), "all", or nil.
function FindDialogs.what_to_index(title, selected)
  local text = "So that they are found: each photo is looked at once, on this machine. It goes on in the background."
  if selected == 0 then return LrDialogs.confirm(title, text, ALL, "Cancel") == "ok" and "all" or nil end
  local answer = LrDialogs.confirm(title, text, "Selected: " .. photos(selected), "Cancel", ALL)
  return answer == "ok" and "selected" or answer == "other" and "all" or nil
end

return FindDialogs
