"""One-time codes and return words: what opens a private page beyond its status, and how often somebody may guess.

Both are made from the house's key when they are asked for, so neither stands anywhere. Right, wrong, old, used and
locked cost the same work and are told apart by nobody.
"""

from __future__ import annotations

import hashlib
import hmac
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.cases.change import change
from app.cases.links import LABEL as LINK_LABEL
from app.cases.models import Link, OneTimeCode, Submission
from app.codes.return_words import heard
from app.core.actor import PUBLIC
from app.core.limits import count_up, forget
from app.core.sealing import ring

CODE_LABEL = "one-time codes v1"
CODE_LASTS = timedelta(minutes=10)
WINDOW = timedelta(hours=1)
MOST_ASKED = 5  # codes for one link in an hour
MOST_TRIES = 10  # for one link, codes and words apart
MOST_TRIES_IN_A_MONTH = 50  # for one link without a right one between: who goes on for a year has a chance in 1,500
MONTH = timedelta(days=30)
MOST_TRIES_FROM_ONE_ADDRESS = 60  # a hospital is one address
ASKED, TRIED, TRIED_LONG, FROM_ADDRESS = "code_asked", "code_tried", "code_tried_in_a_month", "code_tried_from"
WORDS = 4
NOBODY = uuid.UUID(int=0)
DIGITS = 6


def code_of(session: Session, link_id: uuid.UUID, issue: int, number: int) -> str:
    """The digits of a link's code of this number."""
    text = link_id.bytes + issue.to_bytes(4, "big") + number.to_bytes(4, "big")
    mac = hmac.digest(ring().house(session).derive(CODE_LABEL), text, hashlib.sha256)
    return f"{int.from_bytes(mac[:8], 'big') % 10**DIGITS:0{DIGITS}d}"


def words_of(session: Session, link_id: uuid.UUID, issue: int) -> bytes:
    """Four words as bytes: from the half of the link's own HMAC that its secret does not show, so no link tells them."""
    key = ring().house(session).derive(LINK_LABEL)
    return hmac.digest(key, link_id.bytes + issue.to_bytes(4, "big"), hashlib.sha256)[16 : 16 + WORDS]


def new_code(session: Session, link_id: uuid.UUID, at: datetime) -> int | None:
    """Make a link's next code the only one that counts; its number. None when too many were asked for lately."""
    if count_up(session, ASKED, str(link_id), at, WINDOW) > MOST_ASKED:
        return None
    row = session.get(OneTimeCode, link_id, with_for_update=True)
    if row is None:
        row = OneTimeCode(link_id=link_id, number=0)
        session.add(row)
    row.number, row.expires_at, row.used_at = row.number + 1, at + CODE_LASTS, None
    return row.number


def use_code(session: Session, link: Link, typed: str, address: str, at: datetime) -> bool:
    """Whether these digits open the link now. Every try counts before it is looked at, and a code opens once."""
    counted = count_try(session, f"{link.id}", address, at)
    row = session.get(OneTimeCode, link.id, with_for_update=True)
    right = code_of(session, link.id, link.issue, row.number if row else 0)
    digits = "".join(str(int(letter)) for letter in typed if letter.isdecimal())  # in any script
    fits = hmac.compare_digest(digits.encode(), right.encode())
    alive = row is not None and row.used_at is None and row.expires_at > at
    if not (fits and alive and counted.may) or row is None:
        note_guessing(session, link, counted, at)
        return False
    row.used_at = at
    forgive(session, f"{link.id}")
    forget(session, ASKED, str(link.id))
    return True


def use_words(session: Session, reference: str, typed: str, address: str, at: datetime) -> Link | None:
    """The link that a reference and its four words open; None for every other try alike."""
    counted = count_try(session, reference, address, at)
    link = session.execute(
        select(Link).join(Submission, Submission.id == Link.submission_id).where(Submission.reference == reference)
    ).scalar_one_or_none()
    right = words_of(session, link.id if link else NOBODY, link.issue if link else 0)
    fits = any([hmac.compare_digest(one, right) for one in heard(typed)])  # noqa: C419  each is compared
    alive = link is not None and link.revoked_at is None and (link.expires_at is None or link.expires_at > at)
    if not (fits and alive and counted.may):
        note_guessing(session, link, counted, at)
        return None
    forgive(session, reference)
    return link


@dataclass(frozen=True, slots=True)
class Counted:
    """Whether a try may be right, and whether it used up the last one of a month."""

    may: bool
    last: bool


def count_try(session: Session, what: str, address: str, at: datetime) -> Counted:
    """Count one more for a link (or a reference) and for an address.

    What the hour refuses uses up nothing of the month, or a script would lock a page for a month within seconds.
    """
    in_time = count_up(session, TRIED, what, at, WINDOW) <= MOST_TRIES
    from_here = count_up(session, FROM_ADDRESS, address, at, WINDOW)
    counts = in_time and from_here <= MOST_TRIES_FROM_ONE_ADDRESS
    in_a_month = count_up(session, TRIED_LONG, what, at, MONTH) if counts else 0
    return Counted(counts and in_a_month <= MOST_TRIES_IN_A_MONTH, in_a_month == MOST_TRIES_IN_A_MONTH)


def note_guessing(session: Session, link: Link | None, counted: Counted, at: datetime) -> None:
    """Say on the case, once, that somebody tries again and again: staff call the party."""
    if link is not None and counted.last:
        with change(session, [link.case_id], PUBLIC, None, at) as act:
            act.record("codes_guessed", party_id=link.party_id)


def forgive(session: Session, what: str) -> None:
    """Start again from nothing after a right one, or when staff read out words; an address never does."""
    forget(session, TRIED, what)
    forget(session, TRIED_LONG, what)
