-- Calls a function of a plug-in's module: lua5.1 ask.lua PLUG-IN PLATFORM MODULE FUNCTION INPUT, where INPUT is a Lua
-- file that returns the arguments in a list. Prints the result as JSON.

package.path = arg[0]:gsub("[^/]*$", "") .. "../fake/?.lua;" .. package.path

local json = require "json"
local sandbox = require "sandbox"

local module = sandbox.open(arg[1], arg[2]).require(arg[3])
local given = assert(loadfile(arg[5]))()
io.write(json.encode(module[arg[4]](unpack(given, 1, table.maxn(given)))))
