-- Reads recorded messages with the plug-in's own decoder and writes them with its own encoder:
-- lua5.1 golden.lua PLUG-IN INPUT OUTPUT. INPUT: one JSON text a line; OUTPUT: the same, as the plug-in has them.

package.path = arg[0]:gsub("[^/]*$", "") .. "../fake/?.lua;" .. package.path

local sandbox = require "sandbox"
local Json = sandbox.open(arg[1], "mac").require("Json")

local output = assert(io.open(arg[3], "wb"))
for line in io.lines(arg[2]) do
    output:write(Json.encode(Json.decode(line)), "\n")
end
output:close()
