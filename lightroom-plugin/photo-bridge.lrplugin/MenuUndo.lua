require("Actions").start("undo")
