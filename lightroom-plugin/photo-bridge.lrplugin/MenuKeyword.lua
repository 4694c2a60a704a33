require("Actions").start("keywords")
