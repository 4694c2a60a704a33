require("Actions").start("keyword")
