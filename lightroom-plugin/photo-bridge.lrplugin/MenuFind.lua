require("Actions").start("find")
