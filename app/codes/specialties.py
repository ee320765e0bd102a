"""A short own list of specialties with their taxonomy codes: those that refer children to such a program."""

from __future__ import annotations

SPECIALTIES: tuple[tuple[str, str], ...] = (
    ("2080P0207X", "Pediatric hematology and oncology"),
    ("208000000X", "Pediatrics"),
    ("207RH0003X", "Hematology and oncology"),
    ("207SG0202X", "Clinical genetics"),
    ("2084N0402X", "Child neurology"),
)
