"""Long, seeded runs against the whole program: endurance, faults, fuzzing. Each has a short form, which CI runs, and a
full one, whose report is kept under docs/reports/."""
