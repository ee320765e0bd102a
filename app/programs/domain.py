"""A hospital and its programs as frozen data: names, phones, calendar, promises, diseases, routing, label facts, texts.

The schema of a program folder is these types: each field's comment says what stands there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date, time
from enum import StrEnum
from typing import Literal
from zoneinfo import ZoneInfo

from app.programs.schema import stored
from app.programs.texts import Texts

DoorName = Literal["inquiry", "referral"]


class Confidence(StrEnum):
    """How well a label fact is supported."""

    HIGH = "high"  # the label itself, or several pages that agree
    MEDIUM = "medium"  # one secondary page
    LOW = "low"  # memory


@stored
class Phone:
    """A number as it is shown and dialed."""

    display: str
    uri: str


@stored
class Director:
    """Who to contact to find out whether the treatment is right for a child."""

    name: str
    title: str


@stored
class Span:
    """Hours within a day: the opening minute is inside, the closing minute is not."""

    opens: time
    closes: time


@stored
class Week:
    """Hours by weekday; a day that is left out is closed."""

    monday: tuple[Span, ...] = ()
    tuesday: tuple[Span, ...] = ()
    wednesday: tuple[Span, ...] = ()
    thursday: tuple[Span, ...] = ()
    friday: tuple[Span, ...] = ()
    saturday: tuple[Span, ...] = ()
    sunday: tuple[Span, ...] = ()

    def days(self) -> tuple[tuple[str, tuple[Span, ...]], ...]:
        """Name and hours, Monday first."""
        return tuple((one.name, getattr(self, one.name)) for one in fields(self))


@stored
class Hours:
    """When somebody is there, as the folder says it: spans by weekday, other spans on single days, closed days."""

    time_zone: str
    weekly: Week
    holidays_country: str  # ISO 3166: its public holidays are closed
    holidays_until: date  # the calendar is known up to here
    holidays_subdivision: str | None = None
    closed: Mapping[date, str] = field(default_factory=dict)
    exceptions: Mapping[date, tuple[Span, ...]] = field(default_factory=dict)


@stored
class Calendar:
    """Business time, resolved: the spans of each weekday (Monday 0) and of each day that differs (closed: none)."""

    time_zone: str
    weekly: Mapping[int, tuple[Span, ...]]
    days: Mapping[date, tuple[Span, ...]]
    until: date

    def spans(self, day: date) -> tuple[Span, ...]:
        """When somebody is there on a day."""
        return self.days.get(day, self.weekly.get(day.weekday(), ()))


@stored
class Promise:
    """Business days until somebody has spoken with the sender, and from complete records to a decision.

    `first_contact` is left out where no hour is promised: an urgent page says to phone.
    """

    decision: int
    first_contact: int | None = None


@stored
class Promises:
    """What is promised, by urgency."""

    routine: Promise
    expedited: Promise
    urgent: Promise

    def of(self, urgency: str) -> Promise:
        """By the urgency's word."""
        return {"routine": self.routine, "expedited": self.expedited, "urgent": self.urgent}[urgency]


@stored
class Escalation:
    """Hours before a promise breaks at which the manager is told."""

    hours_before: int


@stored
class IcdPrefix:
    """Codes that begin like this are this disease, called so on the desk."""

    prefix: str
    label: str


@stored
class Disease:
    """A diagnosis: what families choose (`asked`), which codes it is, whether days matter, whether it is treated."""

    code: str
    group: str
    codes: tuple[IcdPrefix, ...] = ()
    time_critical: bool = False
    treated: bool = True
    asked: bool = True


@stored
class RecordItem:
    """A record that a decision needs: who has it, and within how many business days it is asked for again."""

    item: str
    owner: Literal["referrer", "family", "us", "other_hospital"]
    needed: bool = True
    chase_days: int = 2


@stored
class Checklist:
    """The records of some disease groups."""

    groups: tuple[str, ...]
    records: tuple[RecordItem, ...]


@stored
class FormRule:
    """What a door asks: questions left out, and questions that are required, for some disease groups or for all."""

    door: DoorName
    groups: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()
    required: tuple[str, ...] = ()


@stored
class Ages:
    """Whom the program treats, in whole years; beyond them a soft word, never a refusal."""

    from_years: int = 0
    to_years: int = 25


@stored
class OnCall:
    """Whom urgent cases are paged to, in this order: by mail (a pager's or a phone's address), by webhook, or by both.

    Without either the number is only for people to dial.
    """

    name: str
    phone: Phone
    mail: str | None = None
    webhook: str | None = None

    @property
    def channels(self) -> tuple[str, ...]:
        """By what a page can go."""
        return tuple(name for name in ("webhook", "mail") if getattr(self, name))


@stored
class Program:
    """What one program treats, asks and promises. Cases carry its code; roles are granted in it."""

    code: str
    name: str
    doors: tuple[DoorName, ...]
    diseases: tuple[str, ...]  # codes of the diseases it treats
    promises: Promises
    escalation: Escalation
    records: tuple[Checklist, ...]
    ages: Ages = Ages()
    on_call: tuple[OnCall, ...] = ()
    test_page: time = time(10)  # when everybody of the list is paged to try it, each day, by the program's clock
    phone: Phone | None = None  # of its own; else the hospital's
    hours: Hours | None = None  # of its own site; else the hospital's

    def records_of(self, group: str) -> tuple[RecordItem, ...]:
        """The checklist of a disease group; what two lists name stands once."""
        named: dict[str, RecordItem] = {}
        for one in (one for listed in self.records if group in listed.groups for one in listed.records):
            named.setdefault(one.item, one)
        return tuple(named.values())

    def needed_records(self, group: str, owner: str) -> tuple[str, ...]:
        """What a review of this disease group needs, and this owner has."""
        return tuple(one.item for one in self.records_of(group) if one.needed and one.owner == owner)


@stored
class Route:
    """A row of routing: named facts with their allowed values; all must hold. The first row that does decides."""

    id: str
    then: str
    when: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@stored
class Routing:
    """Which program takes a case, and how urgent it is at least."""

    program: tuple[Route, ...]
    urgency: tuple[Route, ...]


@stored
class Age:
    """Bounds in months: from (inside) and before (outside)."""

    from_months: int | None = None
    before_months: int | None = None


@stored
class LabelFact:
    """A product's label as a routing hint: whom it is for, since when, where that was read and on which day."""

    id: str
    product: str
    population: str
    when: Mapping[str, tuple[str, ...]]
    labeled: date
    checked: date
    source: str
    confidence: Confidence
    age: Age | None = None
    note: str = ""


@stored
class Color:
    """One color on light and on dark ground, as #rrggbb."""

    light: str
    dark: str


@stored
class Look:
    """The colors and the mark (an SVG file of the folder) that the pages wear."""

    action: Color
    on_action: Color
    warmth: Color
    warmth_wash: Color
    mark: str


@stored
class Identifiers:
    """What numbers people and practices have here."""

    record_number: str  # what a medical record number is called
    prescriber: Literal["npi", "local"]  # the check digit of an NPI, or a local number without one
    prescriber_label: str


@stored
class Retention:
    """Years that a case is kept after its end, by how it ended."""

    became_patient: int
    never_seen: int
    spam: int


@stored
class Folder:
    """hospital.yaml: everything that is one for all programs."""

    code: str
    edition: date
    name: str
    unit: str
    sender_name: str  # neutral: a glance at a phone tells nothing
    mail_from: str
    country: str
    emergency_number: str
    phone: Phone
    physician_line: Phone
    director: Director
    hours: Hours
    languages: tuple[str, ...]  # the first is the one that texts must have
    default_program: str
    identifiers: Identifiers
    retention: Retention
    look: Look
    diseases: tuple[Disease, ...]
    forms: tuple[FormRule, ...] = ()


def asked_by(rules: tuple[FormRule, ...], door: DoorName, group: str) -> tuple[frozenset[str], frozenset[str]]:
    """What a door leaves out and what it requires for a disease group. What one row leaves out, no other can require."""
    mine = [one for one in rules if one.door == door and (not one.groups or group in one.groups)]
    hidden = frozenset(name for one in mine for name in one.hidden)
    return hidden, frozenset(name for one in mine for name in one.required) - hidden


@dataclass(frozen=True, slots=True)
class Hospital:
    """Everything of a folder, checked and resolved. `version` is its edition and the digest of its bytes."""

    version: str
    digest: bytes
    folder: Folder
    programs: tuple[Program, ...]
    routing: Routing
    label_facts: tuple[LabelFact, ...]
    texts: Mapping[str, Texts]
    mark: bytes
    calendars: Mapping[str, Calendar]  # by program; the hospital's own by its code

    def program(self, code: str) -> Program | None:
        """The program of this code."""
        return next((one for one in self.programs if one.code == code), None)

    def program_or_default(self, code: str) -> Program:
        """The program of this code; one that the folder no longer has is served by the default one."""
        found = self.program(code) or self.program(self.folder.default_program)
        if found is None:
            raise LookupError(code)
        return found

    @property
    def zone(self) -> ZoneInfo:
        """The hospital's time zone."""
        return ZoneInfo(self.folder.hours.time_zone)

    def disease(self, code: str) -> Disease | None:
        """The disease of this code."""
        return next((one for one in self.folder.diseases if one.code == code), None)

    def disease_of(self, icd: str) -> tuple[Disease, IcdPrefix] | None:
        """The disease whose prefix fits an ICD-10-CM code best (the longest), with that prefix."""
        typed = icd.replace(".", "").upper()
        fitting = [
            (disease, one)
            for disease in self.folder.diseases
            for one in disease.codes
            if typed.startswith(one.prefix.replace(".", "").upper())
        ]
        return max(fitting, key=lambda pair: len(pair[1].prefix), default=None)
