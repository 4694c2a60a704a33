"""Bytes with something wrong in them, from a seeded source of chance."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random

Mutator = Callable[[Random, bytes], bytes]

INTERESTING = (
    *(0, 1, 2, 3, 7, 8, 9, 15, 16, 31, 32, 63, 64, 100, 127, 128, 129, 255, 256, 257, 511, 512, 1000, 1024, 4095, 4096),
    *(0x7FFE, 0x7FFF, 0x8000, 0x8001, 0xFFFE, 0xFFFF, 0x10000, 0x10001, 0xFFFFFF, 0x1000000, 0x7FFFFFFE, 0x7FFFFFFF),
    *(0x80000000, 0x80000001, 0xFFFFFFF0, 0xFFFFFFFE, 0xFFFFFFFF, 0x100000000, 2**53, 2**63 - 1, 2**63, 2**64 - 1),
)
"""Where readers go wrong: the ends of number types, and sizes that overflow when they are multiplied."""
MOST = 1 << 20
"""Bytes of an input: what is longer is cut."""


def number(chance: Random, width: int) -> bytes:
    """An interesting integer of so many bytes, either end first."""
    value = chance.choice(INTERESTING) & ((1 << 8 * width) - 1)
    return value.to_bytes(width, chance.choice(("big", "little")))


def flip_bits(chance: Random, data: bytes) -> bytes:
    changed = bytearray(data)
    for _ in range(chance.choice((1, 1, 2, 4, 16, 64))):
        changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
    return bytes(changed)


def set_bytes(chance: Random, data: bytes) -> bytes:
    changed = bytearray(data)
    for _ in range(chance.choice((1, 1, 2, 8))):
        changed[chance.randrange(len(changed))] = chance.choice((0, 1, 0x7F, 0x80, 0xFE, 0xFF, chance.randrange(256)))
    return bytes(changed)


def set_number(chance: Random, data: bytes) -> bytes:
    width = chance.choice((1, 2, 2, 4, 4, 4, 8))
    at = chance.randrange(len(data))
    return data[:at] + number(chance, width) + data[at + width :]


def set_number_early(chance: Random, data: bytes) -> bytes:
    """In the first bytes: headers are there."""
    width = chance.choice((1, 2, 4))
    at = chance.randrange(min(len(data), 64))
    return data[:at] + number(chance, width) + data[at + width :]


def add_little(chance: Random, data: bytes) -> bytes:
    """A number that is a little off."""
    width = chance.choice((1, 2, 4))
    order = "big" if chance.random() < 0.5 else "little"
    at = chance.randrange(max(1, len(data) - width))
    value = int.from_bytes(data[at : at + width], order) + chance.choice((-16, -2, -1, 1, 2, 16))  # type: ignore[arg-type]
    return data[:at] + (value % (1 << 8 * width)).to_bytes(width, order) + data[at + width :]  # type: ignore[arg-type]


def truncate(chance: Random, data: bytes) -> bytes:
    return data[: chance.randrange(len(data))]


def truncate_end(chance: Random, data: bytes) -> bytes:
    return data[: max(1, len(data) - chance.choice((1, 2, 3, 4, 8, 16, 100)))]


def cut_out(chance: Random, data: bytes) -> bytes:
    start, end = _range(chance, data)
    return data[:start] + data[end:]


def zero(chance: Random, data: bytes) -> bytes:
    start, end = _range(chance, data)
    return data[:start] + chance.choice((b"\0", b"\xff", b" ", b"A")) * (end - start) + data[end:]


def repeat(chance: Random, data: bytes) -> bytes:
    start, end = _range(chance, data)
    times = chance.choice((1, 1, 2, 10, 100, 1000))
    return (data[:end] + data[start:end] * times + data[end:])[:MOST]


def swap(chance: Random, data: bytes) -> bytes:
    a, b = sorted((chance.randrange(len(data)), chance.randrange(len(data))))
    length = min(chance.choice((1, 4, 16, 256)), b - a)
    return data[:a] + data[b : b + length] + data[a + length : b] + data[a : a + length] + data[b + length :]


def insert(chance: Random, data: bytes) -> bytes:
    at = chance.randrange(len(data) + 1)
    return data[:at] + chance.randbytes(chance.choice((1, 2, 4, 16, 256))) + data[at:]


def _range(chance: Random, data: bytes) -> tuple[int, int]:
    length = min(len(data), chance.choice((1, 2, 4, 8, 16, 64, 256, 4096)))
    start = chance.randrange(len(data) - length + 1)
    return start, start + length


BYTES: tuple[Mutator, ...] = (
    *(flip_bits, flip_bits, set_bytes, set_number, set_number, set_number_early, add_little, add_little),
    *(truncate, truncate_end, cut_out, zero, repeat, swap, insert),
)


def splice(chance: Random, data: bytes, other: bytes) -> bytes:
    """The beginning of one and the end of another."""
    if chance.random() < 0.5:
        at = chance.randrange(len(data) + 1)
        return data[:at] + other[min(at, len(other)) :]
    return data[: chance.randrange(len(data) + 1)] + other[chance.randrange(len(other)) :]


def mutate(chance: Random, data: bytes, others: Sequence[bytes], special: Sequence[Mutator] = ()) -> bytes:
    """One to five things wrong. ``special`` know the structure of the file, and are asked every other time."""
    whole = data
    for _ in range(chance.choice((1, 1, 1, 2, 2, 3, 5))):
        if not data:
            return data
        if chance.random() < 0.05:
            data = splice(chance, data, chance.choice(others))
            continue
        how = chance.choice(special) if special and chance.random() < 0.6 else chance.choice(BYTES)
        data = how(chance, data)[:MOST]
    return flip_bits(chance, data) if data == whole else data
