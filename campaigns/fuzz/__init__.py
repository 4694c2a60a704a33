"""Damaged and hostile inputs over all that we read: photos, sidecars, lists, answers and the wire.

Every input has a target, a seed and a number, and can be made again from these. Decoders are native code, so inputs are
tried in children: one that dies, hangs or takes too much memory is a finding, and the next child goes on behind it.
"""
