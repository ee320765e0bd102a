"""What a correction changes on a case: who is called, and what is known, follow the newest answers.

What was sent first stays in its submission; what a caller looked at before is kept sealed with the timeline's line.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.cases.addresses import HELD, held_back
from app.cases.change import Change
from app.cases.domain import ChildIdentity, NewParty, NewSubmission, Urgency
from app.cases.models import Party
from app.cases.moves import take_step
from app.core.actor import Actor, ActorKind
from app.core.database import AnyRow
from app.core.sealing import ring
from app.programs.service import calendar_of

RISING = tuple(Urgency)  # from routine to urgent
FACTS = ("disease_group", "language", "country", "insurance_type", "age_band", "in_hospital", "time_critical")
Was = dict[str, dict[str, Any]]
HEARD = ("language_spoken", "language_read", "interpreter", "reply_by")


def take_answers(session: Session, act: Change, new: NewSubmission, known: AnyRow) -> tuple[Was, list[NewParty]]:
    """Put the newest answers where the case shows them.

    Returns what stood there, of the child and of each party by its id, and whom only the correction names.
    """
    case, key = act.case, act.key()
    at = ("case", "identity", case.id)
    child = {name: getattr(new.child, name) for name in ChildIdentity.__slots__}
    before = key.unseal_json(case.identity, at)
    child["our_mrn"] = before.get("our_mrn")  # ours to say
    was: Was = {"child": replaced(before, child)}
    case.identity = key.seal_json(child, at)
    for name in FACTS:
        setattr(case, name, getattr(new.facts, name))
    parties = session.execute(select(Party).where(Party.case_id == case.id)).scalars().all()
    sender = next(one for one in parties if one.id == known.party_id)
    was[str(sender.id)] = correct(session, sender, new.party, new.actor)
    named = [one for one in parties if one.submission_id is None and one.origin_case_id == sender.origin_case_id]
    unknown: list[NewParty] = []
    for other in new.others:
        if named:
            party = named.pop(0)
            was[str(party.id)] = correct(session, party, other, new.actor)
        else:
            unknown.append(other)
    raise_urgency(act, new)
    return {place: before for place, before in was.items() if before}, unknown


def replaced(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """What was said before where it is said otherwise now."""
    return {name: value for name, value in before.items() if value and value != after.get(name)}


def correct(session: Session, party: Party, said: NewParty, actor: Actor) -> dict[str, Any]:
    """A party's newest details, sealed in place of the old ones; returns what changed. Staff have looked already."""
    key, at = ring().load(session, party.key_id), ("party", "details", party.id)
    known = key.unseal_json(party.details, at)
    known.pop(HELD, None)
    before = replaced(known, said.details)
    details, reply_by = dict(said.details), said.reply_by
    if actor.kind is not ActorKind.STAFF:
        details, reply_by = held_back(known, party.reply_by, said)
    party.details, party.role = key.seal_json(details, at), said.role
    for name in HEARD:
        heard = reply_by if name == "reply_by" else getattr(said, name)
        if getattr(party, name) != heard:
            before[name] = getattr(party, name)
        setattr(party, name, heard)
    return before


def raise_urgency(act: Change, new: NewSubmission) -> None:
    """More urgent than before: what was promised comes sooner. Less urgent is for staff to say."""
    case = act.case
    if RISING.index(new.facts.urgency) <= RISING.index(Urgency(case.urgency)):
        return
    case.urgency = new.facts.urgency
    due = new.first_contact_due_at
    case.first_contact_due_at = min(due, case.first_contact_due_at or due) if due else None
    if case.is_open:
        take_step(case, act.at, calendar_of(case.program))
