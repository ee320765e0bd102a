"""What the administrator sees: people, their grants, and the program in force. Nobody's patient."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from flask_babel import format_date

from app.accounts.models import User
from app.accounts.presenters import ROLE_NAMES
from app.core.actor import Role
from app.programs.domain import Hospital


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
class ProgramView:
    """The program that is in force, and since which edition."""

    name: str
    unit: str
    code: str
    version: str
    programs: tuple[str, ...]


def person_row(user: User, programs: Mapping[str, str], zone: ZoneInfo) -> PersonRow:
    """Roles in words, the program's name beside each; a code that no program has any more is shown as it is."""
    grants = sorted(
        f"{ROLE_NAMES[Role(grant.role)]}, {programs.get(grant.program, grant.program)}" for grant in user.grants
    )
    return PersonRow(user.name, user.email, user.active, user.demo, tuple(grants), day_of(user.last_sign_in_at, zone))


def day_of(at: datetime | None, zone: ZoneInfo) -> str:
    """The day in the program's own zone; empty for never."""
    return "" if at is None else str(format_date(at.astimezone(zone).date(), "long"))


def program_view(found: Hospital) -> ProgramView:
    """Name, edition and programs of the folder in force."""
    programs = tuple(f"{program.name} ({program.code})" for program in found.programs)
    folder = found.folder
    return ProgramView(folder.name, folder.unit, folder.code, found.version, programs)
