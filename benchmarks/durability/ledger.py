"""What the senders saw against what is stored: nothing lost, nothing twice, nothing of one form in another."""

from __future__ import annotations

import base64
import json
import uuid
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from sqlalchemy import func, select
from sqlalchemy.exc import DatabaseError

from app import create_app
from app.cases.models import Case, Link, Submission
from app.core.database import db
from app.core.sealing import ring
from app.drafts.service import submission_key
from app.web.fields import wording_of
from benchmarks.durability.processes import Site
from benchmarks.durability.senders import MARK, Form
from config import Settings

WORDING = wording_of("")


@dataclass(frozen=True)
class Stored:
    """One submission, opened."""

    reference: str
    key: bytes | None
    links: frozenset[uuid.UUID]
    document: Mapping[str, Sequence[str]]

    @property
    def marks(self) -> set[str]:
        """Every mark in its answers."""
        return set(MARK.findall(json.dumps(self.document)))


@dataclass
class Findings:
    """What a run comes to."""

    acknowledged: int = 0
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    mixed: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    unknown: int = 0
    unknown_stored: int = 0
    answers_lost: int = 0
    sent_again: int = 0

    @property
    def sound(self) -> bool:
        """Whether the promise held."""
        return not (self.lost or self.doubled or self.mixed or self.faults)


@contextmanager
def app_of(site: Site) -> Iterator[None]:
    """The product over the site's database, to look into it."""
    with create_app(Settings.from_environment(site.environment())).app_context():
        yield
        db.session.remove()
        db.engine.dispose()


def stored(site: Site) -> tuple[list[Stored], int]:
    """Every submission, opened with its key, and how many cases there are."""
    with app_of(site):
        session = db.session()
        links: dict[uuid.UUID, set[uuid.UUID]] = {}
        for link, submission in session.execute(select(Link.id, Link.submission_id)):
            links.setdefault(submission, set()).add(link)
        found = []
        for row in session.execute(select(Submission)).scalars():
            opened = ring().load(session, row.key_id).unseal_json(row.document, ("submission", "document", row.id))
            found.append(Stored(row.reference or "", row.key, frozenset(links.get(row.id, ())), opened))
        return found, session.execute(select(func.count()).select_from(Case)).scalar_one()


def link_of(receipt: str) -> uuid.UUID:
    """The link's row that a receipt's address names."""
    return uuid.UUID(bytes=base64.urlsafe_b64decode(receipt.rsplit("/", 1)[1] + "=")[:16])


def compare(forms: Iterable[Form], site: Site) -> Findings:
    """Every form that was begun against the whole store."""
    rows, cases = stored(site)
    by_key = {row.key: row for row in rows}
    marks = Counter(mark for row in rows for mark in row.marks)
    found = Findings()
    if cases != len(rows):
        found.faults.append(f"{len(rows)} submissions in {cases} cases")
    for form in list(forms):
        row = by_key.get(submission_key(form.door, form.handle)) if form.handle else None
        found.answers_lost += form.lost
        found.sent_again += form.lost if form.acknowledged else 0
        found.faults += [form.fault] if form.fault else []
        if marks[form.mark] > 1:
            found.doubled.append(form.mark)
        if form.acknowledged:
            found.acknowledged += 1
            judge(form, row, found)
        elif form.lost:
            found.unknown += 1
            found.unknown_stored += marks[form.mark]
        if row is not None and row.marks != {form.mark}:
            found.mixed.append(form.mark)
    return found


def judge(form: Form, row: Stored | None, found: Findings) -> None:
    """One acknowledged form: there, under its own receipt, with exactly its own answers."""
    if row is None:
        found.lost.append(form.mark)
        return
    links = {link_of(receipt) for receipt in form.receipts}
    if len(links) > 1 or len(row.links) > 1:
        found.doubled.append(form.mark)
    answers = {name: list(values) for name, values in row.document.items() if any(values)}
    answers.pop("not_emergency_ack", None)  # the start button's own answer
    answers = {
        name: values for name, values in answers.items() if not name.endswith(WORDING)
    }  # the version of its words
    if not links <= row.links or answers != typed(form):
        found.mixed.append(form.mark)


def typed(form: Form) -> dict[str, list[str]]:
    """What its sender was asked and answered; a floor is asked one page only."""
    return {name: list(values) for name, values in form.answers.items() if name in form.asked}


INDEXES = """
select bt_index_check(i.indexrelid, true) from pg_index i join pg_class c on c.oid = i.indexrelid
join pg_am a on a.oid = c.relam where a.amname = 'btree' and c.relnamespace = 'public'::regnamespace
"""


def whole(site: Site) -> bool:
    """The database's own word: SQLite's integrity_check after a kill's journal was rolled back, PostgreSQL's amcheck."""
    with app_of(site), db.engine.connect() as connection:
        if not site.url:
            clean = connection.exec_driver_sql("pragma integrity_check").scalars().all() == ["ok"]
            return clean and not connection.exec_driver_sql("pragma foreign_key_check").all()
        try:
            connection.exec_driver_sql("create extension if not exists amcheck")
            connection.exec_driver_sql(INDEXES)
        except DatabaseError:
            return False
        return True
