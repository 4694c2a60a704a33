std = "lua51"
max_line_length = 120
-- What Lightroom gives every script of a plug-in.
read_globals = { "import", "LOC", "WIN_ENV", "MAC_ENV", "_PLUGIN" }
files["photo-bridge.lrplugin/Info.lua"] = { std = { read_globals = { "string", "LOC", "WIN_ENV", "MAC_ENV" } } }
