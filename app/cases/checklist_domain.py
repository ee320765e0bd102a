"""The vocabulary of the records checklist, and when it is complete. Plain Python.

*Referral complete* (on the form and the receipt) counts what was sent. *Records complete* counts only what was received,
is not needed, or was waived by a named person.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum


class ItemState(StrEnum):
    """Where a record stands."""

    MISSING = "missing"
    PROMISED = "promised"
    RECEIVED = "received"
    NOT_AVAILABLE = "not_available"
    NOT_APPLICABLE = "not_applicable"
    WAIVED = "waived"


# What a form's answer means.
SAID: Mapping[str, ItemState] = {
    "attached": ItemState.RECEIVED,
    "sent": ItemState.PROMISED,
    "pending": ItemState.PROMISED,
    "not_available": ItemState.NOT_AVAILABLE,
    "not_applicable": ItemState.NOT_APPLICABLE,
}
SETTLED = frozenset({ItemState.RECEIVED, ItemState.NOT_APPLICABLE, ItemState.WAIVED})
OWED = frozenset({ItemState.MISSING, ItemState.PROMISED})
CHASE_DAYS = 2


def complete(needed: Iterable[str]) -> bool:
    """Whether nothing that is needed is open. A list that needs nothing starts no clock."""
    states = list(needed)
    return bool(states) and all(state in SETTLED for state in states)
