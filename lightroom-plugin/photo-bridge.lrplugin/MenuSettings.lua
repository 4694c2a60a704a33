require("Actions").start("settings")
