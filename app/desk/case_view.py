"""How a case reads: one child line, what each party sent, whom to call and how, what was done since."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import format_date, ngettext
from flask_babel import gettext as _

from app.cases.domain import Channel, Kind, Status, Urgency, WaitingOn, age_on
from app.cases.story import PartyView, SentView, Story
from app.codes import phones
from app.codes.languages import name_of
from app.desk.hint_view import HintView, hint_views
from app.desk.presenters import due_words, exact, full_name, moment
from app.desk.timeline import Line, timeline
from app.desk.words import CHANNEL_WORDS, KIND_WORDS, STATUS_WORDS, STEP_WORDS, URGENCY_WORDS, WAITING_WORDS
from app.inquiries import presenters as inquiries
from app.programs.rules import Facts
from app.referrals import presenters as referrals
from app.web.answers import AnswerGroup, AnswerView

PHONES = ("back_line_phone", "phone")
Answers = dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class Door:
    """How a door's answers are read: every answer in groups, and the sender's own words."""

    groups: Callable[[Answers], tuple[AnswerGroup, ...]]
    said: Callable[[Answers], str]
    speaks: Callable[[Answers], str]
    known: Callable[[Answers], Facts]


DOORS: Mapping[str, Door] = {
    Kind.INQUIRY: Door(inquiries.answer_groups, inquiries.said, inquiries.speaks, inquiries.known),
    Kind.REFERRAL: Door(referrals.answer_groups, referrals.said, referrals.speaks, referrals.known),
}


@dataclass(frozen=True, slots=True)
class ChangeView:
    """One answer that a correction changed."""

    name: str
    question: str
    before: tuple[tuple[str, str], ...]
    after: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class SubmissionView:
    """What one sending said: all of it, or for a correction what it changed."""

    id: str
    title: str
    by: str
    at: str
    at_exact: str
    speaks: str
    said: str
    groups: tuple[AnswerGroup, ...]
    changes: tuple[ChangeView, ...]
    amends: bool


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
    warning: str | None


@dataclass(frozen=True, slots=True)
class CaseView:
    """Everything the case page prints."""

    reference: str
    name: str
    was: str
    preferred: str | None
    born: str
    born_iso: str
    age: str
    sex: str
    urgent: bool
    urgency: str
    status: str
    status_code: str
    is_open: bool
    late: str | None
    next_step: str
    due: str
    due_late: bool
    assignee: str | None
    assignee_id: str
    waiting_on: str
    clocks: tuple[Fact, ...]
    sent: tuple[SubmissionView, ...]
    contacts: tuple[ContactView, ...]
    lines: tuple[Line, ...]
    missing: tuple[str, ...]
    hints: tuple[HintView, ...]

    @property
    def contact_choices(self) -> tuple[tuple[str, str], ...]:
        """For the list of whom somebody tried to reach."""
        return tuple((one.id, f"{one.name}, {one.role}") for one in self.contacts)


def case_view(story: Story, at: datetime, zone: ZoneInfo) -> CaseView:
    """Word a case."""
    case, child, today = story.case, story.child, at.astimezone(zone).date()
    late = bool(case.is_open and case.due_at and case.due_at < at)
    first_late = bool(
        case.is_open and not case.first_contact_at and case.first_contact_due_at and case.first_contact_due_at < at
    )
    born = date.fromisoformat(child.birth_date) if child.birth_date else None
    return CaseView(
        reference=case.reference, name=full_name(child), was=child_was(story), preferred=child.preferred_name,
        born=format_date(born, "MMM d, y", rebase=False) if born else "", born_iso=child.birth_date or "",
        age=age_in_full(born, today) if born else "", sex=sex_words(child.sex), urgent=case.urgency == Urgency.URGENT,
        urgency=str(URGENCY_WORDS[Urgency(case.urgency)]), status=str(STATUS_WORDS[Status(case.status)]),
        status_code=case.status, is_open=case.is_open,
        late=_("First call: %(due)s", due=due_words(case.first_contact_due_at, at, zone)) if first_late and case.first_contact_due_at else None,
        next_step=str(STEP_WORDS.get(case.next_step, case.next_step)),
        due=due_words(case.due_at, at, zone) if case.due_at else "", due_late=late,
        assignee=story.people.get(case.assignee_id) if case.assignee_id else None, assignee_id=str(case.assignee_id or ""),
        waiting_on=str(WAITING_WORDS[WaitingOn(case.waiting_on)]), clocks=clocks(story, at, zone),
        sent=tuple(submission_view(one, story, zone, at) for one in story.sent),
        contacts=tuple(contact_view(one, story, at, zone) for one in story.parties),
        lines=timeline(story, at, zone), missing=missing(story),
        hints=hint_views(known(story), child.birth_date, today) if case.is_open else (),
    )  # fmt: skip


def age_in_full(born: date, today: date) -> str:
    """Years, or months for the very young."""
    years = age_on(born, today)
    if years >= 2:
        return ngettext("%(num)s year", "%(num)s years", years)
    months = max(0, (today.year - born.year) * 12 + today.month - born.month - (today.day < born.day))
    return ngettext("%(num)s month", "%(num)s months", months)


def sex_words(code: str | None) -> str:
    """As people say it."""
    return {"F": _("girl or woman"), "M": _("boy or man")}.get(code or "", _("sex not given"))


def known(story: Story) -> Facts:
    """What every sending says of the facts that labels ask about; the newest word counts, a referral's before a family's."""
    sent = sorted(story.sent, key=lambda one: (one.row.kind == Kind.REFERRAL, one.row.received_at))
    facts: dict[str, tuple[str, ...]] = {}
    for one in sent:
        facts |= DOORS[one.row.kind].known(one.document)
    return facts


def missing(story: Story) -> tuple[str, ...]:
    """What the newest referral left open, in the form's words."""
    rows = [one.row for one in story.sent if one.row.kind == Kind.REFERRAL and one.row.missing]
    return referrals.missing_words(rows[-1].missing.split(",")) if rows else ()


def clocks(story: Story, at: datetime, zone: ZoneInfo) -> tuple[Fact, ...]:
    """The promise and how long it has been."""
    case, found = story.case, []
    if case.first_contact_at:
        found.append(Fact(_("First call"), _("Reached %(when)s", when=moment(case.first_contact_at, at, zone))))
    elif case.first_contact_due_at and case.is_open:
        due = case.first_contact_due_at
        found.append(Fact(_("First call"), due_words(due, at, zone), late=due < at))
    elif case.is_open:
        found.append(Fact(_("First call"), _("Now: no hour was promised"), late=True))
    days = (at.astimezone(zone).date() - case.received_at.astimezone(zone).date()).days
    found.append(Fact(_("Since first word"), ngettext("%(num)s day", "%(num)s days", days)))
    return tuple(found)


def submission_view(sent: SentView, story: Story, zone: ZoneInfo, at: datetime) -> SubmissionView:
    """One sending. A correction is laid against what it corrects."""
    row, door = sent.row, DOORS[sent.row.kind]
    earlier = [one for one in story.sent if row.amends in {one.row.id, one.row.amends} and one.row.id < row.id]
    party = next((one for one in story.parties if one.row.submission_id == (row.amends or row.id)), None)
    groups = door.groups(sent.document)
    return SubmissionView(
        id=f"sent-{row.id}", title=_("Changed after sending") if row.amends else str(KIND_WORDS[Kind(row.kind)]),
        by=f"{party_name(party)}, {role_words(party)}" if party else "",
        at=moment(row.received_at, at, zone), at_exact=exact(row.received_at, zone),
        speaks=", ".join(filter(None, (str(CHANNEL_WORDS[Channel(row.channel)]), door.speaks(sent.document)))),
        said=door.said(sent.document), groups=() if earlier else groups,
        changes=changes(door.groups(earlier[-1].document), groups) if earlier else (), amends=bool(row.amends),
    )  # fmt: skip


def changes(before: tuple[AnswerGroup, ...], after: tuple[AnswerGroup, ...]) -> tuple[ChangeView, ...]:
    """The answers that differ, in the order of the form."""
    old, new = by_name(before), by_name(after)
    names = [*old, *(name for name in new if name not in old)]
    return tuple(
        ChangeView(name, (new.get(name) or old[name]).question, said(old.get(name)), said(new.get(name)))
        for name in names
        if said(old.get(name)) != said(new.get(name))
    )


def by_name(groups: tuple[AnswerGroup, ...]) -> dict[str, AnswerView]:
    """Answers by the name of their question."""
    return {answer.name: answer for group in groups for answer in group.answers}


def said(answer: AnswerView | None) -> tuple[tuple[str, str], ...]:
    """What was answered, nothing for nothing."""
    return answer.answers if answer else ()


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
        "patient": _("the patient"), "caseworker": _("caseworker"),
    }  # fmt: skip
    return str(roles.get(party.row.role, party.row.role))


def contact_view(party: PartyView, story: Story, at: datetime, zone: ZoneInfo) -> ContactView:
    """Whom to call and what to mind before dialing."""
    details = party.details
    numbers = [details.get(one) for one in PHONES]
    tried = [one.row for one in story.attempts if one.row.party_id == party.row.id]
    facts = [
        Fact(_("Last tried"), f"{moment(tried[-1].at, at, zone)}, {outcome_words(tried[-1].outcome)}") if tried else None,
        Fact(_("Speaks"), speaks(party)) if party.row.language_spoken else None,
        Fact(_("Best time"), best_time(details)) if details.get("best_time") else None,
        Fact(_("Voicemail"), _("may name the hospital") if details.get("ok_voicemail") else _("do not name the hospital"))
        if details.get("relationship") else None,
        Fact(_("Email"), str(details["email"])) if details.get("email") else None,
        Fact(_("Fax"), phones.shown(str(details["fax"]), details.get("country"))) if details.get("fax") else None,
        Fact(_("Direct"), str(details["direct_address"])) if details.get("direct_address") else None,
        Fact(_("NPI"), str(details["npi"])) if details.get("npi") else None,
        Fact(_("Practice"), str(details["practice_name"])) if details.get("practice_name") else None,
        *consent_facts(party),
    ]  # fmt: skip
    return ContactView(
        id=str(party.row.id), name=party_name(party) or _("Not named"), role=role_words(party),
        phones=tuple(phone_view(str(one), details.get("country")) for one in numbers if one),
        facts=tuple(fact for fact in facts if fact), was=party_was(party, story), warning=warning(party),
    )  # fmt: skip


def corrected(story: Story, place: str) -> dict[str, Any]:
    """What the newest correction of each value replaced: of the child, or of a party by its id."""
    found: dict[str, Any] = {}
    for event in story.events:
        if event.row.kind == "changed_after_sending" and isinstance(event.detail, dict):
            found |= event.detail.get("was", {}).get(place, {})
    return found


def child_was(story: Story) -> str:
    """Name and birth date that the child had before a correction."""
    was = corrected(story, "child")
    name = " ".join(str(was[part]) for part in ("given_name", "family_name") if part in was)
    born = _("born %(date)s", date=format_date(date.fromisoformat(was["birth_date"]), "MMM d, y", rebase=False)) if "birth_date" in was else ""  # fmt: skip
    return ", ".join(part for part in (name, born) if part)


def party_was(party: PartyView, story: Story) -> str:
    """Name, numbers and language that a party had before a correction."""
    was = corrected(story, str(party.row.id))
    name = " ".join(str(was[part]) for part in ("given_name", "family_name") if part in was)
    numbers = [phones.shown(str(was[one]), party.details.get("country")) for one in PHONES if one in was]
    language = name_of(was["language_spoken"]) if was.get("language_spoken") else ""
    return ", ".join(part for part in (name, *numbers, was.get("email", ""), language) if part)


def warning(party: PartyView) -> str | None:
    """The one thing that must be read before calling."""
    if party.details.get("knows_of_referral") is False:
        return _("Does not know of the referral yet: ask the referrer first.")
    if party.details.get("phone_or_mailbox_shared"):
        return _("Others answer this phone: do not say why you call.")
    if party.details.get("address_confidential"):
        return _("Where they live must stay secret.")
    return None


def consent_facts(party: PartyView) -> list[Fact]:
    """The newest answer to each permission."""
    titles = {"contact_me": _("May call them"), "contact_doctor": _("May call the doctor")}
    newest = {one.wording: one.answer for one in party.consents}
    return [Fact(title, _("Yes") if newest[name] else _("No")) for name, title in titles.items() if name in newest]


def speaks(party: PartyView) -> str:
    """Language and interpreter."""
    language = name_of(party.row.language_spoken or "und")
    return _("%(language)s, with an interpreter", language=language) if party.row.interpreter else language


def best_time(details: Mapping[str, Any]) -> str:
    """When to call, on whose clock."""
    words = {"morning": _("Morning"), "afternoon": _("Afternoon"), "evening": _("Evening"), "any": _("Any time")}
    return ", ".join(str(part) for part in (words.get(details["best_time"]), details.get("time_zone")) if part)


def phone_view(typed: str, country: str | None) -> PhoneView:
    """A number to read and to dial."""
    return PhoneView(typed, phones.shown(typed, country), phones.uri(typed, country))


def outcome_words(code: str) -> str:
    """What came of a try."""
    return {
        "reached": _("reached"), "no_answer": _("no answer"), "left_message": _("left a message"),
        "wrong_number": _("wrong number"), "refused": _("did not want to talk"),
    }.get(code, code)  # fmt: skip


def people_choices(people: Mapping[uuid.UUID, str]) -> list[tuple[str, str]]:
    """For the list of assignees."""
    return [("", _("Nobody: back to the queue")), *((str(key), name) for key, name in people.items())]
