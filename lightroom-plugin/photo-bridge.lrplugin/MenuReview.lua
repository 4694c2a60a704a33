require("Actions").start("review")
