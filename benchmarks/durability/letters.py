"""Kill the worker in the middle of its letters: each receipt arrives at least once, at its own sender, under one Message-ID."""

from __future__ import annotations

import random
import re
import signal
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from email.message import Message

from sqlalchemy import func, select, update

from app.core.clock import now
from app.core.database import db, transaction
from app.core.jobs import Job, JobState
from benchmarks.durability.ledger import app_of, stored
from benchmarks.durability.processes import Site, end
from benchmarks.durability.senders import Crowd
from tests.services import Mailbox, smtp_sink

REFERENCE = re.compile(r"\b[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]\b")
EVERYBODY = "bench@example.org"  # the coordinator of benchmarks/instances.py


@dataclass
class Arrived:
    """What the mail server has taken, and what is wrong with it."""

    kills: int = 0
    letters: int = 0
    receipts: int = 0
    expected: int = 0
    missing: list[str] = field(default_factory=list)
    strangers: list[str] = field(default_factory=list)
    renamed: list[str] = field(default_factory=list)

    @property
    def sound(self) -> bool:
        """Whether the promise held."""
        return not (self.missing or self.strangers or self.renamed)


def end_leases(site: Site) -> None:
    """The five minutes after which a dead worker's job is free again are not waited for."""
    with app_of(site), transaction() as session:
        past = now() - timedelta(seconds=1)
        session.execute(update(Job).where(Job.state == JobState.LEASED).values(lease_until=past))


def left(site: Site) -> int:
    """Jobs that are not done."""
    with app_of(site):
        session = db.session()
        undone = select(func.count()).select_from(Job).where(Job.state.in_([JobState.PENDING, JobState.LEASED]))
        return int(session.execute(undone).scalar_one())


def marks_by_reference(site: Site) -> dict[str, str]:
    """Whose reference is whose, of those who left an address."""
    return {
        row.reference: next(iter(row.marks))
        for row in stored(site)[0]
        if any(row.document.get("contact_email") or row.document.get("referrer_email") or ())
    }


def run(site: Site, *, forms: int, kills: int, progress: Callable[[], None] = lambda: None) -> Arrived:
    """Send forms, then let workers die over their letters, then one that lives."""
    process, _seconds = site.serve()
    crowd = Crowd(site.address, most=forms)
    crowd.start()
    crowd.wait()
    end(process, signal.SIGTERM)
    with smtp_sink() as (box, port):
        site.more = {"MAIL_HOST": "127.0.0.1", "MAIL_PORT": str(port), "MAIL_TLS": "0"}
        for _number in range(kills):
            worker, before = site.flask("worker"), len(box.letters)
            wait_for_letters(box, before + 1 if left(site) else before)
            # At once: between the mail server's word and the worker's own note of it.
            time.sleep(random.choice((0, random.random() / 4)))
            end(worker, signal.SIGKILL)
            end_leases(site)
            progress()
        while left(site):
            site.flask("worker", "--once").wait(timeout=300)
        return judge(box, marks_by_reference(site), kills)


def wait_for_letters(box: Mailbox, count: int, seconds: float = 60) -> None:
    """Until so many have arrived."""
    end = time.monotonic() + seconds
    while len(box.letters) < count and time.monotonic() < end:
        time.sleep(0.005)


def judge(box: Mailbox, marks: dict[str, str], kills: int) -> Arrived:
    """Each letter by the reference in it, the address on its envelope and its Message-ID."""
    found = Arrived(kills=kills, letters=len(box.letters), expected=len(marks))
    names: dict[tuple[str, str], set[str]] = defaultdict(set)
    reached = set()
    for letter in box.letters:
        reference, to = REFERENCE.search(text_of(letter)), str(letter["X-RcptTo"])
        if reference is None:
            found.strangers.append(to)
            continue
        names[reference.group(), to].add(str(letter["Message-ID"]))
        if to == EVERYBODY:
            continue
        found.receipts += 1
        reached.add(reference.group())
        if to != f"{marks.get(reference.group())}@example.org":
            found.strangers.append(to)
    found.missing = sorted(set(marks) - reached)
    found.renamed = [reference for (reference, _to), ids in names.items() if len(ids) > 1]
    if len({one for ids in names.values() for one in ids}) < len(names):
        found.renamed.append("one Message-ID on two letters")
    return found


def text_of(letter: Message) -> str:
    """Its body."""
    return bytes(letter.get_payload(decode=True) or b"").decode()


def line(found: Arrived) -> str:
    """For docs/reliability.md."""
    return (
        f"{found.kills} kills of the worker: {found.expected - len(found.missing)} of {found.expected} receipts arrived "
        f"({found.receipts - found.expected} of them again), {len(found.strangers)} at somebody else, "
        f"{len(found.renamed)} repeats under another Message-ID"
    )
