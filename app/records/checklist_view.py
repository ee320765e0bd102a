"""The checklist as its readers see it: how far it is for staff and referrers, what is needed in plain words for a family."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from app.cases.checklist import FAMILY, owed
from app.cases.checklist_domain import OWED, SETTLED, ItemState
from app.cases.models import Case
from app.cases.models_checklist import ChecklistItem
from app.records.domain import ITEMS, OTHER
from app.records.listing import ITEM_WORDS

# For families: no word that only the clinic uses alone.
PLAIN_WORDS: Mapping[str, LazyString] = {
    "treatment_summary": _l("A list of the treatments so far, with dates"),
    "pathology_report": _l("The report of the tissue test (pathology)"),
    "flow_cytometry": _l("The report of the cell test (flow cytometry)"),
    "bone_marrow_report": _l("The bone marrow report"),
    "mrd_report": _l("The newest test for remaining disease (MRD)"),
    "csf_report": _l("The report of the spinal fluid test"),
    "imaging": _l("Reports of scans, such as MRI, CT or X-ray"),
    "cytogenetics": _l("The report of the gene test"),
    "recent_labs": _l("The newest blood test results"),
    "echo": _l("The report of the heart ultrasound"),
    "medication_list": _l("A list of the medicines"),
    "hla_report": _l("The report of tissue typing (HLA)"),
    "insurance_card": _l("A photo of the insurance card, both sides"),
    "consent_or_custody_papers": _l("Papers about custody or who decides, if there are any"),
}


@dataclass(frozen=True, slots=True)
class ListView:
    """How far the needed records are."""

    here: int
    of: int
    lacking: tuple[str, ...]  # of these: neither here nor said to come
    coming: tuple[str, ...]
    helpful: tuple[str, ...]
    complete: bool


def item_words(item: str) -> str:
    """What the form calls a record."""
    return str(ITEM_WORDS.get(item, item))


def plain_words(item: str) -> str:
    """What a family calls it."""
    return str(PLAIN_WORDS.get(item, item_words(item)))


def list_view(rows: Sequence[ChecklistItem]) -> ListView:
    """Needed ones are counted; the others are listed as helpful. One that is not available still waits for a word."""
    needed = [row for row in rows if row.needed]
    return ListView(
        here=sum(row.state in SETTLED for row in needed), of=len(needed),
        lacking=tuple(item_words(row.item) for row in needed if row.state == ItemState.MISSING),
        coming=tuple(item_words(row.item) for row in needed if row.state == ItemState.PROMISED),
        helpful=tuple(item_words(row.item) for row in rows if not row.needed and row.state in OWED),
        complete=all(row.state in SETTLED for row in needed),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class NeedsView:
    """What is still needed, for a sender: what we asked them for, what else is theirs, what others have."""

    asked: tuple[str, ...]
    yours: tuple[str, ...]
    others: tuple[str, ...]


def needs_view(case: Case, rows: Sequence[ChecklistItem], party_id: uuid.UUID, *, plain: bool) -> NeedsView:
    """Nothing of a case that has ended, and nothing where nobody may be written to: no list meets a grieving family."""
    if not case.is_open or case.contact_stop:
        return NeedsView((), (), ())
    say = plain_words if plain else item_words
    mine = owed(rows, party_id)
    asked = [row for row in mine if row.asked_at is not None]
    others = [row for row in rows if row.needed and row.state in OWED and row not in mine and row.owner != FAMILY]
    return NeedsView(
        asked=said(asked, say), yours=said((row for row in mine if row not in asked), say), others=said(others, say)
    )  # fmt: skip


Choices = tuple[tuple[str, str], ...]


def choices_on(case: Case, rows: Sequence[ChecklistItem], party_id: uuid.UUID, *, plain: bool) -> Choices:
    """What a sender may say that a file is: what is not here yet, what we asked them for on top."""
    if not case.is_open or case.contact_stop:
        return ()
    found = [row for row in rows if row.state in OWED]
    found.sort(key=lambda row: not (row.asked_at and row.party_id == party_id))
    return choices((row.item for row in found), plain=plain)


def choices(items: Iterable[str] = ITEMS[:-1], *, plain: bool) -> Choices:
    """Codes with their names; what is none of them comes last. A family is asked for nothing that only a clinic names."""
    say = plain_words if plain else item_words
    named = [item for item in items if not plain or item in PLAIN_WORDS]
    return tuple((item, say(item)) for item in (*named, OTHER))


def said(rows: Iterable[ChecklistItem], say: Callable[[str], str]) -> tuple[str, ...]:
    """Their names."""
    return tuple(say(row.item) for row in rows)
