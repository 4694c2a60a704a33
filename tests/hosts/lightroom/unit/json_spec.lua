package.path = "./?.lua"
local Json = require("Json")

local function same(got, wanted)
  assert(got == wanted, ("%s instead of %s"):format(tostring(got), tostring(wanted)))
end

-- What Lua cannot tell apart is said.
same(Json.encode({ list = Json.array(), object = {}, nothing = Json.null }), '{"list":[],"nothing":null,"object":{}}')
same(Json.encode(Json.decode('{"list":[],"object":{},"nested":[[],{}]}')), '{"list":[],"nested":[[],{}],"object":{}}')
same(Json.decode('{"a":null}').a, nil)
same(Json.decode('{"a":false}').a, false)
same(Json.decode("[1,null,3]")[2], Json.null)
same(#Json.decode("[null,null]"), 2)
same(Json.decode("false"), false)
same(Json.encode(Json.map({ 1, 2 }, tostring)), '["1","2"]')

-- Numbers: whole ones without a point, whatever Lua holds them in.
same(Json.encode(Json.array({ 0, -3, 41730, 1e15, 0.5 })), "[0,-3,41730,1000000000000000,0.5]")
same(Json.decode("-1.25e2"), -125)

-- Texts.
same(Json.encode('"\\\n\r\t\b\f\1'), '"\\"\\\\\\n\\r\\t\\b\\f\\u0001"')
same(Json.decode('"\\u00e9\\u20AC\\ud83d\\ude00\\/"'), "é€😀/")
same(Json.decode('"é€😀"'), "é€😀")

for _, text in ipairs({ "", "[1,]", '{"a"}', "[1 2]", '{"a":1,}', '"', "nul", "[", '{"a":1', "1 2", '"\\u12"', '"\\x"',
  "inf", "nan", "-", "[1]]", "{1:2}" }) do
  local fine, message = pcall(Json.decode, text)
  assert(not fine and message:find("^JSON: cannot be read at byte %d+$"), text .. ": " .. tostring(message))
end
for _, value in ipairs({ 0 / 0, 1 / 0, print, { 1, 2 } }) do
  local fine, message = pcall(Json.encode, value)
  assert(not fine and message:find("^JSON"), tostring(message))
end
