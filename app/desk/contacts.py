"""Whom to call on a case: name, numbers, and everything to mind before dialing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import gettext as _

from app.cases.addresses import HELD
from app.cases.domain import Channel, Kind
from app.cases.models_work import ContactAttempt
from app.cases.reach import against
from app.cases.story import PartyView, Story
from app.codes import phones
from app.codes.languages import name_of
from app.desk.presenters import moment
from app.programs.service import hospital

PHONES = ("back_line_phone", "phone")


@dataclass(frozen=True, slots=True)
class Fact:
    """A line under a party or a clock."""

    term: str
    words: str
    late: bool = False


@dataclass(frozen=True, slots=True)
class PhoneView:
    """A number as it was typed, as it is read, as it is dialed."""

    typed: str
    shown: str
    uri: str


@dataclass(frozen=True, slots=True)
class ContactView:
    """Whom to call: name, role, numbers, and what to mind."""

    id: str
    name: str
    role: str
    phones: tuple[PhoneView, ...]
    facts: tuple[Fact, ...]
    was: str
    warnings: tuple[str, ...]
    free: bool


def party_name(party: PartyView | None) -> str:
    """Given and family name as they were typed."""
    details: Mapping[str, Any] = party.details if party else {}
    return " ".join(str(details[name]) for name in ("given_name", "family_name") if details.get(name))


def role_words(party: PartyView | None) -> str:
    """Who they are to the child."""
    if party is None:
        return ""
    relationship = party.details.get("relationship")
    words = {
        "mother": _("mother"), "father": _("father"), "stepparent": _("stepparent"), "grandparent": _("grandparent"),
        "foster_parent": _("foster parent"), "legal_guardian": _("legal guardian"),
        "other_family": _("other family"), "agency_caseworker": _("caseworker of an agency"),
        "hospital_social_worker": _("social worker"), "other_helper": _("other helper"), "self": _("the patient"),
    }  # fmt: skip
    if relationship in words:
        return str(words[relationship])
    roles = {
        "referrer": party.details.get("credential") or _("referrer"),
        "family": _("family, named by the referrer") if party.row.submission_id is None else _("family"),
        "patient": _("the patient"), "caseworker": _("caseworker"), "doctor": _("doctor named by the family"),
    }  # fmt: skip
    return str(roles.get(party.row.role, party.row.role))


def contact_view(party: PartyView, story: Story, at: datetime, zone: ZoneInfo) -> ContactView:
    """Whom to call and what to mind before dialing."""
    details = party.details
    numbers = [details.get(one) for one in PHONES]
    tried = [one.row for one in story.attempts if one.row.party_id == party.row.id]
    noted = tuple(
        _("%(what)s, %(when)s", what=outcome_words(one.outcome), when=moment(one.at, at, zone))
        for one in lasting(tried)
    )
    bar = against(story.case, party.row, details, doctor_agreed=doctor_agreed(story))
    facts = [
        Fact(_("Last tried"), f"{moment(tried[-1].at, at, zone)}, {outcome_words(tried[-1].outcome)}") if tried else None,
        Fact(_("Phone, could not be read"), str(details["phone_as_typed"])) if details.get("phone_as_typed") else None,
        Fact(_("Speaks"), speaks(party)) if party.row.language_spoken else None,
        Fact(_("Best time"), best_time(details)) if details.get("best_time") else None,
        Fact(_("Voicemail"), _("may name the hospital") if details.get("ok_voicemail") else _("do not name the hospital"))
        if details.get("relationship") else None,
        Fact(_("Email"), str(details["email"])) if details.get("email") else None,
        Fact(_("New email, not used until the change was looked at"), str(details[HELD]["email"])) if HELD in details else None,
        Fact(_("Fax"), phones.shown(str(details["fax"]), details.get("country"), home())) if details.get("fax") else None,
        Fact(_("Direct"), str(details["direct_address"])) if details.get("direct_address") else None,
        Fact(hospital().folder.identifiers.prescriber_label, str(details["npi"])) if details.get("npi") else None,
        Fact(_("Practice"), str(details["practice_name"])) if details.get("practice_name") else None,
        *consent_facts(party, story),
    ]  # fmt: skip
    return ContactView(
        id=str(party.row.id), name=party_name(party) or _("Not named"), role=role_words(party),
        phones=tuple(phone_view(str(one), details.get("country")) for one in numbers if one),
        facts=tuple(fact for fact in facts if fact), was=party_was(party, story), warnings=(*((bar.why,) if bar.why else ()), *warnings(party), *noted), free=bar.allowed,
    )  # fmt: skip


def doctor_agreed(story: Story) -> bool:
    """The family's newest answer to whether we may contact the doctor."""
    answers = [one for party in story.parties for one in party.consents if one.wording == "contact_doctor"]
    return bool(answers) and max(answers, key=lambda one: (one.at, one.id)).answer


def corrected(story: Story, place: str) -> dict[str, Any]:
    """What the newest correction of each value replaced: of the child, or of a party by its id."""
    found: dict[str, Any] = {}
    for event in story.events:
        if event.row.kind == "changed_after_sending" and isinstance(event.detail, dict):
            found |= event.detail.get("was", {}).get(place, {})
    return found


def party_was(party: PartyView, story: Story) -> str:
    """Name, numbers and language that a party had before a correction."""
    was = corrected(story, str(party.row.id))
    name = " ".join(str(was[part]) for part in ("given_name", "family_name") if part in was)
    numbers = [phones.shown(str(was[one]), party.details.get("country"), home()) for one in PHONES if one in was]
    language = name_of(was["language_spoken"]) if was.get("language_spoken") else ""
    return ", ".join(
        part for part in (name, *numbers, "" if HELD in party.details else was.get("email", ""), language) if part
    )


def lasting(tried: Sequence[ContactAttempt]) -> list[ContactAttempt]:
    """What a later try does not make forgotten: a wrong number, and that they did not want to talk."""
    newest = {one.outcome: one for one in tried if one.outcome in {"wrong_number", "refused"}}
    return list(newest.values())


def warnings(party: PartyView) -> tuple[str, ...]:
    """Everything that must be read before calling."""
    details = party.details
    found = (
        (details.get("phone_or_mailbox_shared"), _("Others answer this phone: do not say why you call.")),
        (details.get("address_confidential"), _("Where they live must stay secret.")),
    )
    return tuple(words for holds, words in found if holds)


def consent_facts(party: PartyView, story: Story) -> list[Fact]:
    """The newest answer to each permission; of what staff wrote down, how it was given, or that nobody asked."""
    titles = {"contact_me": _("May call them"), "contact_doctor": _("May call the doctor")}
    came: dict[object, Channel] = {one.row.id: Channel(one.row.channel) for one in story.sent}
    said = {Channel.PHONE: _("said by phone"), Channel.FAX: _("by fax"), Channel.EMAIL: _("by email")}
    newest = {one.wording: one for one in party.consents}
    first = next((one.row for one in story.sent if one.row.id == party.row.submission_id), None)
    asked = first is not None and first.kind == Kind.INQUIRY and Channel(first.channel) in said
    facts = []
    for name, title in titles.items():
        if name in newest:
            how = said.get(came.get(newest[name].submission_id, Channel.WEB))
            facts.append(Fact(title, ", ".join(filter(None, (_("Yes") if newest[name].answer else _("No"), how)))))
        elif asked:
            facts.append(Fact(title, _("Not asked")))
    return facts


def speaks(party: PartyView) -> str:
    """Language and interpreter."""
    language = name_of(party.row.language_spoken or "und")
    return _("%(language)s, with an interpreter", language=language) if party.row.interpreter else language


def best_time(details: Mapping[str, Any]) -> str:
    """When to call, on whose clock."""
    words = {"morning": _("Morning"), "afternoon": _("Afternoon"), "evening": _("Evening"), "any": _("Any time")}
    return ", ".join(str(part) for part in (words.get(details["best_time"]), details.get("time_zone")) if part)


def home() -> str:
    """The hospital's own country."""
    return hospital().folder.country


def phone_view(typed: str, country: str | None) -> PhoneView:
    """A number to read and to dial."""
    return PhoneView(typed, phones.shown(typed, country, home()), phones.uri(typed, country, home()))


def outcome_words(code: str) -> str:
    """What came of a try."""
    return {
        "reached": _("reached"), "no_answer": _("no answer"), "left_message": _("left a message"),
        "wrong_number": _("wrong number"), "refused": _("did not want to talk"),
    }.get(code, code)  # fmt: skip
