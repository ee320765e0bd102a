"""What the banner of a case says: what came from the sender since somebody looked at it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import takewhile

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.cases.models import Case
from app.cases.models_work import Event
from app.cases.story import opened
from app.core.sealing import ring

NAMED, NEWEST = 3, 200
LOOKED = frozenset({"change_seen", "status", "undone", "handed_over"})
CAME = frozenset({"file_added", "file_moved", "changed_after_sending"})


@dataclass(frozen=True, slots=True)
class CameView:
    """In words; whether answers, whether files are among it."""

    words: str
    answers: bool
    files: bool


def came_view(session: Session, case: Case) -> CameView | None:
    """Counts, and the first names of files; nothing where nothing is new. What is older than 200 lines is a change."""
    changed = case.changed_after_sending_at
    if changed is None:
        return None
    since = list(newest(session, case))
    away = {one.subject_id for one in since if one.kind == "file_moved"}
    files = [one for one in reversed(since) if one.kind == "file_added" and one.party_id and one.subject_id not in away]
    answers = not files or any(one.kind == "changed_after_sending" for one in since)
    said = [_("The sender changed answers after sending")] if answers else []
    if files:
        keys = ring().load_many(session, {one.key_id for one in files if one.key_id})
        said.append(file_words([opened(keys, one, "detail")["name"] for one in files[:NAMED]], len(files)))
    if case.asked_at and case.asked_at <= changed:
        said.insert(0, _("They answered our request"))
    return CameView(". ".join(said), answers, bool(files))


def file_words(names: list[str], count: int) -> str:
    """How many, and the first few by name."""
    shown = ", ".join(names) + (" …" if count > len(names) else "")
    return ngettext("A file came: %(names)s", "%(num)s files came: %(names)s", count, names=shown)


def newest(session: Session, case: Case) -> Iterator[Event]:
    """What came after the last look, newest first."""
    rows = session.execute(
        select(Event).where(Event.case_id == case.id, Event.kind.in_(LOOKED | CAME))
        .order_by(Event.at.desc(), Event.id.desc()).limit(NEWEST)
    ).scalars()  # fmt: skip
    return takewhile(lambda one: one.kind not in LOOKED, rows)
