"""Words for how a photo was taken: panorama, macro, long exposure, depth of field, lens, season.

Each rule says where its limits come from. Limits without a named source were set by eye on the tuned two thirds of the
labelled photographs (benchmarks/starter_accuracy.py) and on others outside them, and mean nothing beyond that.
"""

from __future__ import annotations

from bridge.taggers.starter._evidence import Evidence, Said
from bridge.taggers.starter._sun import season

PANORAMA_ASPECT = 2.0
"""A picture at least twice as wide as high is commonly called a panorama (Wikipedia, "Panoramic photography")."""
LONG_EXPOSURE_S = 1.0
"""Longer than any hand holds still (the rule of thumb is 1 / focal length); blurs moving water and lights."""
WIDE_ANGLE_MM = 24.0
"""35 mm equivalent. Below 35 mm is wide by the book, but phones have 24 to 28 mm: only wider is worth a word."""
TELEPHOTO_MM = 135.0
"""35 mm equivalent. Lens makers begin medium telephoto at 85 mm and telephoto at 135 mm."""
MACRO_DISTANCE_M = 0.2
"""EXIF SubjectDistance. The macro modes of compact cameras begin at 5 to 20 cm."""
SHALLOW_APERTURE = 4.0
"""f-number times crop factor: what the aperture would be on a 35 mm camera for the same depth of field.

f/4 and wider is what blurs a background at portrait distances (Wikipedia, "Depth of field", "Bokeh")."""


def panorama(evidence: Evidence) -> Said | None:
    """At least twice as wide as high, and of a size that a banner or a crop seldom has."""
    if evidence.aspect < PANORAMA_ASPECT or evidence.longest < 1500:
        return None
    return Said("panorama", 0.8, "rule:panorama")


def macro(evidence: Evidence) -> Said | None:
    """A subject nearer than a hand's span by EXIF, or a small creature or flower before a blurred ground."""
    distance = evidence.facts.subject_distance_m
    if distance is not None and 0.0 < distance <= MACRO_DISTANCE_M and evidence.exposure_value is not None:
        return Said("macro", 0.8, "exif:subject_distance")
    small = max(evidence.concepts.get(word, 0.0) for word in ("insect", "spider", "butterfly"))
    named = "macro" in (evidence.facts.lens or "").lower()
    if small > 0.6 or (named and evidence.concepts.get("flower", 0.0) > 0.5):
        return Said("macro", 0.7, "rule:macro")
    blurred = evidence.pixels.sharp_blocks < 0.5 and evidence.concepts.get("plant", 0.0) > 0.55 and not evidence.faces
    return Said("macro", 0.6, "rule:macro") if blurred else None


def long_exposure(evidence: Evidence) -> Said | None:
    """One second or more."""
    exposure = evidence.facts.exposure_s
    return Said("long exposure", 0.9, "exif:exposure") if exposure is not None and exposure >= LONG_EXPOSURE_S else None


def shallow_depth_of_field(evidence: Evidence) -> Said | None:
    """A wide aperture by 35 mm terms or a near subject, and pixels that bear it out: sharp middle, most else soft."""
    facts, pixels = evidence.facts, evidence.pixels
    if pixels.sharp_blocks > 0.4 or pixels.sharp_centre < 1.5 * pixels.sharp_blocks or pixels.detail < 12:
        return None
    if not (facts.f_number and facts.focal_length_mm and facts.focal_length_35mm):
        return None
    equivalent = facts.f_number * facts.focal_length_35mm / facts.focal_length_mm
    if equivalent > SHALLOW_APERTURE or facts.focal_length_35mm < 35:
        return None
    return Said("shallow depth of field", 0.75, "rule:depth_of_field")


def wide_angle(evidence: Evidence) -> Said | None:
    focal = evidence.facts.focal_length_35mm
    return Said("wide angle", 0.85, "exif:lens") if focal is not None and 0 < focal <= WIDE_ANGLE_MM else None


def telephoto(evidence: Evidence) -> Said | None:
    focal = evidence.facts.focal_length_35mm
    return Said("telephoto", 0.85, "exif:lens") if focal is not None and focal >= TELEPHOTO_MM else None


def season_word(evidence: Evidence) -> Said | None:
    """Only in the open, and only where GPS tells the hemisphere."""
    gps = evidence.facts.gps
    word = season(evidence.facts.captured, gps.latitude if gps else None)
    return Said(word, 0.85, "exif:season") if word and evidence.outdoors > 0.5 else None
