"""All rules: words that no class covers, from pixels and from EXIF."""

from __future__ import annotations

from collections.abc import Callable

from bridge.taggers.starter import _rules_camera as camera
from bridge.taggers.starter import _rules_light as light
from bridge.taggers.starter import _rules_nature as nature
from bridge.taggers.starter import _rules_scene as scene
from bridge.taggers.starter._evidence import Evidence, Said

Rule = Callable[[Evidence], Said | None]

RULES: tuple[Rule, ...] = (
    light.sunset,
    light.golden_hour,
    light.night,
    light.lights,
    light.moon,
    light.silhouette,
    light.black_and_white,
    nature.snow,
    nature.sky,
    nature.landscape,
    nature.clouds,
    nature.water,
    nature.underwater,
    nature.foliage,
    nature.leaf,
    nature.grass,
    nature.tree,
    nature.flower,
    camera.panorama,
    camera.macro,
    camera.long_exposure,
    camera.shallow_depth_of_field,
    camera.wide_angle,
    camera.telephoto,
    camera.season_word,
    scene.street,
    scene.indoors,
    scene.tree,
    scene.pale_sky,
    scene.grass,
    scene.people,
    scene.portrait,
)
