"""EXIF values as typed facts. Nonsense counts as absent; nothing is guessed.

Tags and their meaning: CIPA DC-008 (Exif 2.32). IFD0 is asked where the Exif directory has nothing: some RAW (TIFF/EP)
keep everything there.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from bridge.photos._exif import Tags
from bridge.values import Facts, Gps

_MAKE, _MODEL, _SOFTWARE = 0x010F, 0x0110, 0x0131
_EXPOSURE, _F_NUMBER, _ISO = 0x829A, 0x829D, 0x8827
_RECOMMENDED_INDEX, _ISO_SPEED = 0x8832, 0x8833
_TAKEN, _OFFSET, _SUBSECONDS = 0x9003, 0x9011, 0x9291
_SHUTTER_APEX, _APERTURE_APEX = 0x9201, 0x9202
_BIAS, _DISTANCE, _FLASH, _FOCAL = 0x9204, 0x9206, 0x9209, 0x920A
_WIDTH, _HEIGHT = 0xA002, 0xA003
_PLANE_X, _PLANE_Y, _PLANE_UNIT = 0xA20E, 0xA20F, 0xA210
_FOCAL_35 = 0xA405
_LENS_SPECIFICATION, _LENS = 0xA432, 0xA434

_LATITUDE_REF, _LATITUDE, _LONGITUDE_REF, _LONGITUDE, _ALTITUDE_REF, _ALTITUDE = range(1, 7)
_GPS_TIME, _GPS_DATE = 0x07, 0x1D

_UNIT_MM = {2: 25.4, 3: 10.0, 4: 1.0, 5: 0.001}
_DIAGONAL_35 = math.hypot(36.0, 24.0)
_SATURATED_ISO = 65535
"""The largest that tag 0x8827 holds; the true value is then in 0x8832 or 0x8833."""

Directory = Mapping[int, Any]


def facts_of(tags: Tags) -> Facts:
    """What ``tags`` say, each value checked by itself."""
    exif: Directory = {**tags.first, **tags.exif}
    captured = _captured(exif)
    focal = _positive(exif.get(_FOCAL), 10_000)
    return Facts(
        captured=captured,
        utc_offset=_offset(exif, tags.gps, captured),
        make=_text(tags.first.get(_MAKE)),
        model=_text(tags.first.get(_MODEL)),
        lens=_lens(exif),
        focal_length_mm=focal,
        focal_length_35mm=_positive(exif.get(_FOCAL_35), 10_000) or _computed_35mm(exif, focal, captured),
        exposure_s=_positive(exif.get(_EXPOSURE), 86_400) or _shutter(exif),
        f_number=_positive(exif.get(_F_NUMBER), 1000) or _aperture(exif),
        iso=_iso(exif),
        flash_fired=_flash(exif),
        subject_distance_m=_positive(exif.get(_DISTANCE), 1_000_000),
        gps=_gps(tags.gps),
        software=_text(tags.first.get(_SOFTWARE)),
        exposure_bias=_bias(exif),
    )


# -- single values ----------------------------------------------------------------------------------------------------


def _number(value: Any) -> float | None:
    """A finite number, or the first of several; None for text, 1/0 and the like."""
    if isinstance(value, tuple) and value:
        value = value[0]
    if isinstance(value, (str, bytes)):
        return None
    try:
        number = float(value)
    except (TypeError, ValueError, ZeroDivisionError, OverflowError):
        return None
    return number if math.isfinite(number) else None


def _positive(value: Any, most: float) -> float | None:
    """A number above 0 and below ``most``: EXIF writes 0 for "unknown" and 0xFFFFFFFF for "infinity"."""
    number = _number(value)
    return number if number is not None and 0 < number < most else None


def _text(value: Any) -> str | None:
    if isinstance(value, bytes):
        value = value.decode("utf-8", "replace")
    elif isinstance(value, str):
        # EXIF text is ASCII by its standard and UTF-8 in practice; Pillow takes it for Latin-1.
        with suppress(UnicodeError):
            value = value.encode("latin-1").decode("utf-8")
    else:
        return None
    text = " ".join("".join(c if c.isprintable() else " " for c in value.split("\0")[0]).split())
    return text or None


_EDITORS = re.compile(r"photoshop|lightroom|capture one|gimp|affinity|darktable|rawtherapee|dxo|luminar|acdsee", re.I)
_SMALL_SENSOR_MM = 10.0
_LARGE_PIXELS_UNTIL, _LARGE_PITCH_MM, _SMALL_PITCH_MM = 2008, 0.0042, 0.0026
"""Sensors below 10 mm had pixels as large as those of today's larger ones until then, and have not had them since."""


def _computed_35mm(exif: Directory, focal: float | None, captured: datetime | None) -> float | None:
    """From the size of the sensor, where the focal-plane resolution makes one that exists.

    The resolution is pixels a unit on the sensor. A wrong unit, or a picture that was cropped or resized while its
    tag stayed, gives a sensor of impossible size, shape or pixels; an editor may have done that to any picture.
    """
    unit = _UNIT_MM.get(int(_number(exif.get(_PLANE_UNIT)) or 2))
    x, y = _positive(exif.get(_PLANE_X), 1e9), _positive(exif.get(_PLANE_Y), 1e9)
    width, height = _positive(exif.get(_WIDTH), 1e6), _positive(exif.get(_HEIGHT), 1e6)
    if not (unit and x and y and width and height and focal) or _EDITORS.search(_text(exif.get(_SOFTWARE)) or ""):
        return None
    sensor_width, sensor_height = width / x * unit, height / y * unit
    long, short = max(sensor_width, sensor_height), min(sensor_width, sensor_height)
    a_shape = any(abs(long / short / shape - 1) < 0.03 for shape in (3 / 2, 4 / 3))
    pitch = long / max(width, height)
    is_old = captured is not None and captured.year < _LARGE_PIXELS_UNTIL
    largest_pitch = _LARGE_PITCH_MM if is_old else _SMALL_PITCH_MM
    a_size = 4.0 <= long <= 60.0 and (long >= _SMALL_SENSOR_MM or pitch <= largest_pitch)
    return round(focal * _DIAGONAL_35 / math.hypot(long, short), 1) if a_shape and a_size else None


def _shutter(exif: Directory) -> float | None:
    apex = _number(exif.get(_SHUTTER_APEX))
    return 2.0**-apex if apex is not None and -16 < apex < 20 and apex != 0 else None


def _aperture(exif: Directory) -> float | None:
    apex = _number(exif.get(_APERTURE_APEX))
    return round(2.0 ** (apex / 2), 2) if apex is not None and 0 < apex < 16 else None


def _bias(exif: Directory) -> float | None:
    """Cameras offer five stops either way, and nonsense is far beyond."""
    stops = _number(exif.get(_BIAS))
    return stops if stops is not None and abs(stops) <= 15 else None


def _iso(exif: Directory) -> int | None:
    iso = _positive(exif.get(_ISO), 10_000_000)
    if iso is None or iso >= _SATURATED_ISO:
        iso = _positive(exif.get(_ISO_SPEED), 1e9) or _positive(exif.get(_RECOMMENDED_INDEX), 1e9) or iso
    return None if iso is None else round(iso)


def _flash(exif: Directory) -> bool | None:
    value = _number(exif.get(_FLASH))
    if value is None or value < 0:
        return None
    bits = int(value)
    # Bit 5: the camera has no flash; it cannot have fired then.
    return bool(bits & 1) and not bits & 0x20


def _lens(exif: Directory) -> str | None:
    """The name of the lens, or its specification as photographers write it."""
    name = _text(exif.get(_LENS))
    if name is not None and name.strip("-. 0"):
        return name
    specification = exif.get(_LENS_SPECIFICATION)
    if not isinstance(specification, tuple) or len(specification) != 4:
        return None
    short, long, wide, tele = (_positive(value, 10_000) for value in specification)
    if short is None or long is None:
        return None
    lens = f"{short:g}mm" if short == long else f"{short:g}-{long:g}mm"
    if wide is None:
        return lens
    return f"{lens} f/{wide:g}" if tele is None or tele == wide else f"{lens} f/{wide:g}-{tele:g}"


# -- time -------------------------------------------------------------------------------------------------------------

_TIME = re.compile(r"(\d{4})\D(\d{1,2})\D(\d{1,2})[ T]+(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:[.,](\d+))?)?")
_OFFSET_TEXT = re.compile(r"\s*([+-])(\d{1,2}):?(\d{2})\s*")


def _captured(exif: Directory) -> datetime | None:
    found = _TIME.match((_text(exif.get(_TAKEN)) or "").strip())
    if not found:
        return None
    year, month, day, hour, minute, second = (int(part or 0) for part in found.groups()[:6])
    try:
        taken = datetime(year, month, day, hour, minute, min(second, 59))
    except ValueError:  # "0000:00:00", month 13
        return None
    if year < 1826:  # no photograph is older
        return None
    fraction = (_text(exif.get(_SUBSECONDS)) or found.group(7) or "").strip()
    if fraction.isascii() and fraction.isdigit():
        taken = taken.replace(microsecond=int(fraction[:6].ljust(6, "0")))
    return taken


def _offset(exif: Directory, gps: Directory, captured: datetime | None) -> timedelta | None:
    text = _text(exif.get(_OFFSET))
    if text == "Z":
        return timedelta(0)
    if text and (found := _OFFSET_TEXT.fullmatch(text)):
        offset = timedelta(hours=int(found[2]), minutes=int(found[3]))
        if offset <= timedelta(hours=14) and int(found[3]) < 60:
            return -offset if found[1] == "-" else offset
    return None if captured is None else _offset_by_gps(gps, captured)


_ZONES = {
    *range(-12 * 60, 14 * 60 + 1, 60),
    *(m for h in (-9, -4, -3, -2) for m in (h * 60 - 30,)),
    *(h * 60 + 30 for h in (3, 4, 5, 6, 9, 10)),
    *(h * 60 + 45 for h in (5, 8, 12)),
}
"""The offsets that are in use on Earth, minutes."""


def _offset_by_gps(gps: Directory, captured: datetime) -> timedelta | None:
    """Camera time less satellite time, where it is within a minute of an offset in use: the fix was fresh then."""
    date = _text(gps.get(_GPS_DATE))
    time = gps.get(_GPS_TIME)
    if date is None or not isinstance(time, tuple) or len(time) != 3:
        return None
    parts = re.fullmatch(r"(\d{4})\D(\d{1,2})\D(\d{1,2})", date)
    clock = [_number(part) for part in time]
    if not parts or None in clock:
        return None
    try:
        utc = datetime(int(parts[1]), int(parts[2]), int(parts[3])) + timedelta(
            hours=clock[0] or 0, minutes=clock[1] or 0, seconds=clock[2] or 0
        )
    except (ValueError, OverflowError):
        return None
    minutes = (captured - utc).total_seconds() / 60
    nearest = min(_ZONES, key=lambda zone: abs(zone - minutes))
    return timedelta(minutes=nearest) if abs(nearest - minutes) <= 1 else None


# -- place ------------------------------------------------------------------------------------------------------------


def _gps(gps: Directory) -> Gps | None:
    latitude = _degrees(gps.get(_LATITUDE), gps.get(_LATITUDE_REF), "NS", 90)
    longitude = _degrees(gps.get(_LONGITUDE), gps.get(_LONGITUDE_REF), "EW", 180)
    if latitude is None or longitude is None:
        return None
    if latitude == 0 and longitude == 0:  # what receivers without a fix write
        return None
    return Gps(latitude, longitude, _altitude(gps))


def _degrees(value: Any, reference: Any, signs: str, most: float) -> float | None:
    """Signed degrees. Without a reference the hemisphere is not known, and the place with it."""
    letter = (_text(reference) or "")[:1].upper()
    if letter not in signs or not letter:
        return None
    parts = value if isinstance(value, tuple) else (value,)
    if not 1 <= len(parts) <= 3:
        return None
    degrees = 0.0
    for part, scale in zip(parts, (1, 60, 3600), strict=False):
        number = _number(part)
        if number is None:
            # 0/0 seconds: the minutes stand; 0/0 degrees say nothing.
            if scale == 3600:
                continue
            return None
        if number < 0:
            return None
        degrees += number / scale
    if degrees > most:
        return None
    return -degrees if letter == signs[1] else degrees


def _altitude(gps: Directory) -> float | None:
    metres = _number(gps.get(_ALTITUDE))
    if metres is None or not 0 <= metres < 100_000:
        return None
    reference = gps.get(_ALTITUDE_REF, 0)
    below = reference in (1, b"\x01", 3, b"\x03")
    return -metres if below else metres
