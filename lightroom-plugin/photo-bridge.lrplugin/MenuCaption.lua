require("Actions").start("caption")
