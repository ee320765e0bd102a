"""The checklist in the desk's words: "3 of 4, missing: …"."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.cases.checklist_domain import SETTLED, ItemState
from app.cases.models_checklist import ChecklistItem
from app.records.checklist_view import item_words, list_view

STATE_WORDS: Mapping[str, LazyString] = {
    ItemState.MISSING: _l("missing"),
    ItemState.PROMISED: _l("on its way"),
    ItemState.RECEIVED: _l("received"),
    ItemState.NOT_AVAILABLE: _l("not available"),
    ItemState.NOT_APPLICABLE: _l("not needed"),
    ItemState.WAIVED: _l("waived"),
}
OWNER_WORDS: Mapping[str, LazyString] = {
    "referrer": _l("the referrer"),
    "family": _l("the family"),
    "us": _l("us"),
    "other_hospital": _l("another hospital"),
}


@dataclass(frozen=True, slots=True)
class CardView:
    """How far the records are, for the case page."""

    of: int
    words: str
    helpful: tuple[str, ...]


def card_view(rows: Sequence[ChecklistItem]) -> CardView:
    """Every open record is named, with why it is open where it is not simply missing."""
    listed = list_view(rows)
    lacking = ", ".join(with_state(row) for row in rows if row.needed and row.state not in SETTLED)
    words = _("%(here)s of %(of)s", here=listed.here, of=listed.of)
    if lacking:
        words = _("%(here)s of %(of)s, missing: %(missing)s", here=listed.here, of=listed.of, missing=lacking)
    return CardView(listed.of, words, listed.helpful)


def with_state(row: ChecklistItem) -> str:
    """A record that is open."""
    if row.state == ItemState.MISSING:
        return item_words(row.item)
    return _("%(item)s (%(state)s)", item=item_words(row.item), state=STATE_WORDS[ItemState(row.state)])
