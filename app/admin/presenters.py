"""What the administrator sees: people, their grants, and the program in force. Nobody's patient."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from flask_babel import format_date, ngettext
from flask_babel import gettext as _

from app.accounts.models import User
from app.accounts.presenters import ROLE_NAMES
from app.core.actor import Role
from app.programs.domain import Disease, Hospital, LabelFact, Program
from app.programs.hints import is_stale
from app.programs.texts import Texts
from app.web.i18n import day_words


@dataclass(frozen=True, slots=True)
class PersonRow:
    """One account in the list."""

    name: str
    email: str
    active: bool
    demo: bool
    grants: tuple[str, ...]
    last_sign_in: str


@dataclass(frozen=True, slots=True)
class ProgramRow:
    """One program: what it treats and promises."""

    name: str
    code: str
    treats: str
    ages: str
    first_contact: str
    decision: str


@dataclass(frozen=True, slots=True)
class LabelRow:
    """One label fact, and whether somebody should read the label again."""

    product: str
    population: str
    labeled: str
    checked: str
    source: str
    stale: bool


@dataclass(frozen=True, slots=True)
class HospitalView:
    """The folder that is in force: since when, and what it says."""

    name: str
    unit: str
    version: str
    since: str
    holidays_until: str
    programs: tuple[ProgramRow, ...]
    labels: tuple[LabelRow, ...]
    stale: int


def person_row(user: User, programs: Mapping[str, str], zone: ZoneInfo) -> PersonRow:
    """Roles in words, the program's name beside each; a code that no program has any more is shown as it is."""
    grants = sorted(
        f"{ROLE_NAMES[Role(grant.role)]}, {programs.get(grant.program, grant.program)}" for grant in user.grants
    )
    return PersonRow(user.name, user.email, user.active, user.demo, tuple(grants), day_of(user.last_sign_in_at, zone))


def day_of(at: datetime | None, zone: ZoneInfo) -> str:
    """The day in the program's own zone; empty for never."""
    return "" if at is None else str(format_date(at.astimezone(zone).date(), "long"))


def hospital_view(found: Hospital, texts: Texts, applied_at: datetime | None, at: datetime) -> HospitalView:
    """The folder in force, in words."""
    today = at.astimezone(found.zone).date()
    labels = tuple(label_row(fact, today) for fact in found.label_facts)
    return HospitalView(
        found.folder.name, found.folder.unit, found.version, day_of(applied_at, found.zone),
        day_words(found.folder.hours.holidays_until),
        tuple(program_row(program, found, texts) for program in found.programs), labels, sum(one.stale for one in labels),
    )  # fmt: skip


def program_row(program: Program, found: Hospital, texts: Texts) -> ProgramRow:
    """One program, in words."""
    routine = program.promises.routine
    named = [disease_name(found.disease(code), texts) for code in program.diseases]
    return ProgramRow(
        program.name, program.code, "; ".join(named),
        _("%(low)s to %(high)s years", low=program.ages.from_years, high=program.ages.to_years),
        business_days(routine.first_contact or 0), business_days(routine.decision),
    )  # fmt: skip


def disease_name(disease: Disease | None, texts: Texts) -> str:
    """As families are asked about it, or as the desk calls it."""
    if disease is None:
        return ""
    if disease.code in texts.diseases:
        return texts.diseases[disease.code].label
    return ", ".join(sorted({one.label for one in disease.codes})) or disease.code


def business_days(days: int) -> str:
    """A promise, in words."""
    return ngettext("%(num)s business day", "%(num)s business days", days)


def label_row(fact: LabelFact, today: date) -> LabelRow:
    """One label fact, in words."""
    return LabelRow(
        fact.product,
        fact.population,
        day_words(fact.labeled),
        day_words(fact.checked),
        fact.source,
        is_stale(fact, today),
    )
