"""How a case reads: one child line, what each party sent, whom to call and how, what was done since."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from flask_babel import ngettext

from app.accounts.absence import Away
from app.cases.decision import family_waits
from app.cases.domain import Channel, Kind, Status, Urgency, WaitingOn, age_on
from app.cases.models import Case
from app.cases.search import Likeness
from app.cases.story import SentView, Story
from app.desk.contacts import ContactView, Fact, contact_view, corrected, party_name, role_words
from app.desk.hint_view import HintView, hint_views
from app.desk.presenters import age_words, due_words, exact, full_name, moment
from app.desk.timeline import program_names
from app.desk.words import (
    CHANNEL_WORDS,
    KIND_WORDS,
    STATUS_WORDS,
    STEP_WORDS,
    TOKEN_WORDS,
    URGENCY_WORDS,
    WAITING_WORDS,
)
from app.inquiries import presenters as inquiries
from app.programs.rules import Facts
from app.referrals import presenters as referrals
from app.referrals.domain import RECORDS
from app.web.answers import AnswerGroup, AnswerView
from app.web.i18n import day_words

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
class SameView:
    """Another case of perhaps the same child; `name` is the program's where the reader may not open it."""

    reference: str
    name: str
    known: str
    why: str
    readable: bool


@dataclass(frozen=True, slots=True)
class CaseView:
    """Everything the case page prints."""

    reference: str
    name: str
    was: str
    died: bool
    silent: bool
    held: str
    family_unaware: bool
    family_waits: bool
    our_number: str
    urgency_code: str
    today: str
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
    untold: int
    contacts: tuple[ContactView, ...]
    missing: tuple[str, ...]
    hints: tuple[HintView, ...]
    program: str
    program_code: str
    handover_to: tuple[tuple[str, str], ...]
    changed: str

    @property
    def urgencies(self) -> list[tuple[str, str]]:
        """The others to choose from, the most urgent first."""
        found = ((str(one), str(URGENCY_WORDS[one])) for one in reversed(Urgency) if one != self.urgency_code)
        return [("", _("Choose")), *found]

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
    born, programs = date.fromisoformat(child.birth_date) if child.birth_date else None, program_names()
    return CaseView(
        reference=case.reference, name=full_name(child), was=child_was(story), died=case.status == Status.DECEASED, silent=case.contact_stop or case.status == Status.DECEASED, held=case.contact_held_at.isoformat() if case.contact_held_at else "", family_unaware=family_unaware(story), family_waits=family_waits(case), our_number=story.child.our_mrn or "", urgency_code=case.urgency, today=today.isoformat(), preferred=child.preferred_name,
        born=day_words(born) if born else "", born_iso=child.birth_date or "",
        age=age_in_full(born, today) if born else "", sex=sex_words(child.sex), urgent=case.urgency == Urgency.URGENT,
        urgency=str(URGENCY_WORDS[Urgency(case.urgency)]), status=str(STATUS_WORDS[Status(case.status)]),
        status_code=case.status, is_open=case.is_open,
        late=_("First call: %(due)s", due=due_words(case.first_contact_due_at, at, zone)) if first_late and case.first_contact_due_at else None,
        next_step=str(STEP_WORDS.get(case.next_step, case.next_step)),
        due=due_words(case.due_at, at, zone) if case.due_at else "", due_late=late,
        assignee=story.people.get(case.assignee_id) if case.assignee_id else None, assignee_id=str(case.assignee_id or ""),
        waiting_on=str(WAITING_WORDS[WaitingOn(case.waiting_on)]), clocks=clocks(story, at, zone),
        sent=tuple(submission_view(one, story, zone, at) for one in story.sent), untold=story.untold,
        contacts=tuple(contact_view(one, story, at, zone) for one in story.parties),
        missing=missing(story),
        hints=hint_views(known(story), child.birth_date, today) if case.is_open else (),
        program=programs.get(case.program, case.program) if len(programs) > 1 else "", program_code=case.program,
        handover_to=tuple(one for one in programs.items() if one[0] != case.program) if case.is_open else (),
        changed=case.changed_after_sending_at.isoformat() if case.changed_after_sending_at else "",
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
    """What the newest referral left open or wrote so that it could not be read, in the form's words; records stand apart."""
    found = [one for one in story.sent if one.row.kind == Kind.REFERRAL]
    if not found:
        return ()
    open_answers = (code for code in found[-1].row.missing.split(",") if code and code not in RECORDS)
    return referrals.missing_words(open_answers, referrals.unread(found[-1].document))


def family_unaware(story: Story) -> bool:
    """Whether the newest referral says that the family does not know of it, whether or not it names somebody."""
    referrals_sent = [one.document for one in story.sent if one.row.kind == Kind.REFERRAL]
    return bool(referrals_sent) and referrals_sent[-1].get("family_aware") == ["no"]


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
    decision = decision_words(story, at, zone)
    if decision:
        found.append(Fact(_("Decision"), decision, late=decision_late(case, at)))
    found.append(Fact(_("Since first word"), days_between(case.received_at, at, zone)))
    return tuple(found)


def decision_late(case: Case, at: datetime) -> bool:
    """Whether the promise of a decision is broken."""
    return bool(case.is_open and not case.decided_at and case.decision_due_at and case.decision_due_at < at)


def decision_words(story: Story, at: datetime, zone: ZoneInfo) -> str:
    """The second clock: when it is due, whom it waits for, and for how many calendar days it has run."""
    case = story.case
    if case.records_complete_at is None:
        return _("Starts when the records are complete") if case.is_open and not case.decided_at else ""
    since = case.records_complete_at
    if case.decided_at:
        return _("%(when)s, %(days)s after complete records", when=moment(case.decided_at, at, zone), days=days_between(since, case.decided_at, zone))  # fmt: skip
    if not case.is_open:
        return ""
    ran = _("records complete for %(days)s", days=days_between(since, at, zone))
    if case.decision_due_at is None:
        paused = next((one.row.at for one in reversed(story.events) if one.row.kind == "clock_paused"), at)
        return _(
            "Stands still, waiting on %(whom)s for %(days)s; %(ran)s", whom=WAITING_WORDS[WaitingOn(case.waiting_on)],
            days=days_between(paused, at, zone), ran=ran,
        )  # fmt: skip
    return f"{due_words(case.decision_due_at, at, zone)}; {ran}"


def days_between(begins: datetime, ends: datetime, zone: ZoneInfo) -> str:
    """Calendar days."""
    days = (ends.astimezone(zone).date() - begins.astimezone(zone).date()).days
    return ngettext("%(num)s day", "%(num)s days", days)


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
        speaks=", ".join(filter(None, (str(CHANNEL_WORDS[Channel(row.channel)]), typed_by(sent, story), door.speaks(sent.document)))),
        said=door.said(sent.document), groups=() if earlier else groups,
        changes=changes(door.groups(earlier[-1].document), groups) if earlier else (), amends=bool(row.amends),
    )  # fmt: skip


def typed_by(sent: SentView, story: Story) -> str:
    """Who of the staff wrote it down."""
    name = story.people.get(sent.row.actor_id) if sent.row.actor_id else None
    return _("written down by %(name)s", name=name) if name else ""


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


def child_was(story: Story) -> str:
    """Name and birth date that the child had before a correction."""
    was = corrected(story, "child")
    name = " ".join(str(was[part]) for part in ("given_name", "family_name") if part in was)
    born = _("born %(date)s", date=day_words(date.fromisoformat(was["birth_date"]))) if "birth_date" in was else ""  # fmt: skip
    return ", ".join(part for part in (name, born) if part)


def same_view(other: Likeness, today: date) -> SameView:
    """Who it is and how it stands; of another program's, where it is."""
    if other.child is None or other.status is None:
        return SameView(other.reference, program_names().get(other.program, other.program), "", "", readable=False)
    why = [str(TOKEN_WORDS[kind]) for kind in other.why]
    if other.sibling:
        why.append(_("may be a brother or sister"))
    known = (age_words(other.child.birth_date, today), str(STATUS_WORDS[other.status]))
    return SameView(
        other.reference, full_name(other.child), ", ".join(filter(None, known)), ", ".join(why), readable=True
    )


def people_choices(
    people: Mapping[uuid.UUID, str], away: Mapping[uuid.UUID, Away], zone: ZoneInfo
) -> list[tuple[str, str]]:
    """For the list of assignees; whoever is away says so, and who covers."""
    said = {key: away_words(name, away[key], zone) if key in away else name for key, name in people.items()}
    return [("", _("Nobody: back to the queue")), *((str(key), name) for key, name in said.items())]


def away_words(name: str, absence: Away, zone: ZoneInfo) -> str:
    """Until the end of which day, and who covers."""
    last = day_words((absence.ends.astimezone(zone) - timedelta(minutes=1)).date())
    return _("%(name)s, away until %(last)s: %(cover)s covers", name=name, last=last, cover=absence.cover)
