"""A short own list of specialties with their taxonomy codes: those that refer children to such a program."""

from __future__ import annotations

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

SPECIALTIES: tuple[tuple[str, LazyString], ...] = (
    ("2080P0207X", _l("Pediatric hematology and oncology")),
    ("208000000X", _l("Pediatrics")),
    ("207RH0003X", _l("Hematology and oncology")),
    ("207SG0202X", _l("Clinical genetics")),
    ("2084N0402X", _l("Child neurology")),
)
