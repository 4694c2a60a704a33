"""A daemon that starts when its user logs in: by systemd, launchd or the Task Scheduler, whichever the system has.

Each system has a recipe, a frozen value: one file, and the commands around it. What is done with a recipe is the same
for all of them.
"""

from bridge.autostart._carry_out import Standing, put_in, reach, standing, take_out
from bridge.autostart._recipe import Recipe
from bridge.autostart._systems import recipe

__all__ = ["Recipe", "Standing", "put_in", "reach", "recipe", "standing", "take_out"]
