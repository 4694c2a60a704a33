require("Actions").start("similar")
