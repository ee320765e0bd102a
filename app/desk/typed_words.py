"""The desk's forms in words, for the page that shows what was being written when a session ended."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any
from uuid import UUID

from flask import Flask
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.accounts.presenters import TYPED_WORDS, TypedWords
from app.cases import decision
from app.cases.domain import Status, Urgency
from app.cases.models import Party
from app.cases.story import PartyView, find_case, names_of
from app.core.actor import Actor, Permission
from app.core.database import db
from app.core.reference import parse_reference
from app.core.sealing import ring
from app.desk.contacts import outcome_words, party_name, role_words
from app.desk.timeline import program_names
from app.desk.words import STATUS_WORDS, URGENCY_WORDS

TOLD = {"asked": _l("They want no call and no letter"), "told": _l("The child has died, we are not sure yet")}


def register(app: Flask) -> None:
    """Say which forms are worded here."""
    acts = (
        "claim",
        "assign",
        "status",
        "undo",
        "handover",
        "looked",
        "stop",
        "died",
        "lift",
        "release",
        "note",
        "contact",
        "task",
        "snooze",
        "decline",
        "told",
        "urgency",
    )
    app.extensions[TYPED_WORDS] = {f"desk.{act}": partial(words_of, act) for act in acts}


def words_of(act: str, actor: Actor, arguments: Mapping[str, Any], fields: Mapping[str, str]) -> TypedWords:
    """An act on a case. What the page knew (`seen`) is sent along and not shown."""
    reference = str(arguments["reference"])
    titles = {
        "claim": _("taking case %(reference)s", reference=reference),
        "assign": _("giving case %(reference)s to somebody", reference=reference),
        "status": _("status of case %(reference)s", reference=reference),
        "undo": _("taking back a step on case %(reference)s", reference=reference),
        "handover": _("handing over case %(reference)s", reference=reference),
        "looked": _("having looked at the change of case %(reference)s", reference=reference),
        "stop": _("whether case %(reference)s may be contacted", reference=reference),
        "died": _("that the child of case %(reference)s has died", reference=reference),
        "lift": _("that case %(reference)s may be contacted again", reference=reference),
        "release": _("letting letters of case %(reference)s go", reference=reference),
        "note": _("note on case %(reference)s", reference=reference),
        "urgency": _("urgency of case %(reference)s", reference=reference),
        "decline": _("decision about case %(reference)s", reference=reference),
        "told": _("what the family of case %(reference)s was told", reference=reference),
        "contact": _("call about case %(reference)s", reference=reference),
        "snooze": _("snoozing case %(reference)s", reference=reference),
        "task": _("task on case %(reference)s", reference=reference),
    }
    labels = {
        "body": _("Internal note: never shown to a family or a referrer"), "to": _("To"), "reason": _("Reason"),
        "assignee": _("Who has this case"), "party": _("Whom"), "channel": _("How"), "outcome": _("What came of it"),
        "interpreter": _("With an interpreter"), "detail": _("What was said (optional)"),
        "despite": _("Why all the same: it stays with the case"), "kind": _("What we were told"),
        "name": _("The child’s name"), "birth_date": _("Birth date"),
        "words": _("What is to be done"), "due": _("By the end of"), "until": _("Until"),
        "alternative": _("What may help instead"), "how": _("The family"), "by": _("Who tells them"), "on": _("Told on"),
    }  # fmt: skip
    to, outcome = fields.get("to", ""), fields.get("outcome", "")
    values = {"interpreter": _("Yes"), "outcome": _("we spoke") if outcome == "reached" else outcome_words(outcome)}
    if act == "told":
        values["how"] = _("was told") if fields.get("how") == decision.TOLD else _("will be told, as agreed")
    if to in set(Status):
        values["to"] = str(STATUS_WORDS[Status(to)])
    if to in set(Urgency):
        values["to"] = str(URGENCY_WORDS[Urgency(to)])
    if act == "stop":
        values["kind"] = str(TOLD.get(fields.get("kind", ""), ""))
    if act == "handover":
        values["to"] = program_names().get(to, "")
    if "assignee" in fields:
        values["assignee"] = person_words(fields["assignee"])
    if "party" in fields:
        values["party"] = party_words(actor, reference, fields["party"])
    return TypedWords(titles[act], labels, values)


def id_of(text: str) -> UUID | None:
    """An id that a list gave; None for anything else."""
    try:
        return UUID(text)
    except ValueError:
        return None


def person_words(typed: str) -> str:
    """Somebody's name."""
    wanted = id_of(typed)
    return names_of(db.session(), {wanted}).get(wanted, "") if wanted else _("Nobody: back to the queue")


def party_words(actor: Actor, reference: str, typed: str) -> str:
    """A party's name, if it is of this case and the case is this reader's."""
    session, canonical, wanted = db.session(), parse_reference(reference), id_of(typed)
    case = find_case(session, actor.programs_with(Permission.READ_CASES), canonical) if canonical else None
    party = session.get(Party, wanted) if wanted and case else None
    if party is None or case is None or party.case_id != case.id:
        return ""
    details = ring().load(session, party.key_id).unseal_json(party.details, ("party", "details", party.id))
    view = PartyView(party, details, ())
    return ", ".join(part for part in (party_name(view), role_words(view)) if part)
