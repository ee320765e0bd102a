"""A program as frozen data: what it is called, whom to phone, when it is open, what it promises, treats and says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time


@dataclass(frozen=True, slots=True)
class Phone:
    """A number as it is shown, as it is dialed, and when somebody answers."""

    display: str
    uri: str
    hours_text: str


@dataclass(frozen=True, slots=True)
class Emergency:
    """The number for emergencies, and what never waits for our call."""

    number: str
    signs_call: str
    signs_clinic: str


@dataclass(frozen=True, slots=True)
class Director:
    """Who to contact to find out whether the treatment is right for a child."""

    name: str
    title: str
    about: str


@dataclass(frozen=True, slots=True)
class Calendar:
    """When the program is open: weekdays (Monday 0), hours, and closed days; all in its time zone."""

    time_zone: str
    weekdays: frozenset[int]
    opens: time
    closes: time
    closed: Mapping[date, str]


@dataclass(frozen=True, slots=True)
class Wording:
    """A text that people agree to, with the version that is kept with their answer."""

    version: str
    text: str


@dataclass(frozen=True, slots=True)
class Disease:
    """A diagnosis as families choose it, its group, the desk it goes to, and whether days matter."""

    code: str
    label: str
    hint: str
    group: str
    desk: str
    time_critical: bool


@dataclass(frozen=True, slots=True)
class CodeRule:
    """ICD-10-CM codes that begin like this belong to a group and go to a desk."""

    prefix: str
    group: str
    desk: str
    time_critical: bool
    label: str


@dataclass(frozen=True, slots=True)
class Desk:
    """A program of the staff: cases carry its code, roles are granted in it."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Section:
    """A titled piece of the home page."""

    title: str
    paragraphs: tuple[str, ...]
    points: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """Something to learn more from, hosted by the program itself."""

    kind: str  # video, story, booklet
    title: str
    about: str
    paragraphs: tuple[str, ...]
    slug: str


@dataclass(frozen=True, slots=True)
class Program:
    """The program in force. `version` is its edition and the digest of its folder."""

    code: str
    version: str
    name: str
    unit: str
    sender_name: str
    mail_from: str
    time_zone: str
    phone: Phone
    physician_line: Phone
    emergency: Emergency
    director: Director
    calendar: Calendar
    first_contact_days: Mapping[str, int]  # by urgency; urgent is not in it: no hour is promised
    desks: tuple[Desk, ...]
    default_desk: str
    diseases: tuple[Disease, ...]
    code_rules: tuple[CodeRule, ...]
    wordings: Mapping[str, Wording]
    texts: Mapping[str, str]
    sections: Mapping[str, Section]
    readings: tuple[Reading, ...]
    invented: str = ""

    def disease(self, code: str) -> Disease | None:
        """The disease that a family chose."""
        return next((one for one in self.diseases if one.code == code), None)

    def rule_for(self, icd: str | None) -> CodeRule | None:
        """The rule of the longest prefix that a code begins with."""
        bare = (icd or "").replace(".", "").upper()
        fitting = [rule for rule in self.code_rules if bare.startswith(rule.prefix)]
        return max(fitting, key=lambda rule: len(rule.prefix), default=None)

    @property
    def time_critical(self) -> frozenset[str]:
        """Codes of the diseases in which days matter."""
        return frozenset(one.code for one in self.diseases if one.time_critical)
