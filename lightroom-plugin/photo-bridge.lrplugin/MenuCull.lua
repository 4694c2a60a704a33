require("Actions").start("cull")
