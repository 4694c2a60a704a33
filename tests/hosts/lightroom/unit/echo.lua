package.path = "./?.lua"
local Json = require("Json")
io.write(Json.encode(Json.decode(io.read("*a"))))
