"""Who acts, and what each role may do in a program. One dict decides."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Role(StrEnum):
    """Roles are granted per program; the administrator sees no patient."""

    COORDINATOR = "coordinator"
    CLINICIAN_REVIEWER = "clinician_reviewer"
    ON_CALL_CLINICIAN = "on_call_clinician"
    MANAGER = "manager"
    PRIVACY_OFFICER = "privacy_officer"
    ADMINISTRATOR = "administrator"


class Permission(StrEnum):
    """What a view or an act asks for."""

    READ_CASES = "read_cases"
    READ_PAGED = "read_paged"  # only what one's program was paged about, for a while
    WORK_CASES = "work_cases"
    REVIEW_CASES = "review_cases"  # clinical review: decide "not a candidate now"
    REOPEN_DECEASED = "reopen_deceased"
    OPEN_UNSCANNED = "open_unscanned"  # look at a file that could not be scanned, with a reason
    LIFT_STOP = "lift_stop"  # let calls and letters go again after a contact stop
    READ_AUDIT = "read_audit"
    MANAGE_USERS = "manage_users"
    READ_PROGRAMS = "read_programs"


GRANTED: Mapping[Role, frozenset[Permission]] = {
    Role.COORDINATOR: frozenset({Permission.READ_CASES, Permission.WORK_CASES}),
    Role.CLINICIAN_REVIEWER: frozenset({Permission.READ_CASES, Permission.WORK_CASES, Permission.REVIEW_CASES}),
    Role.ON_CALL_CLINICIAN: frozenset({Permission.READ_PAGED}),
    Role.MANAGER: frozenset(
        {
            Permission.READ_CASES,
            Permission.WORK_CASES,
            Permission.REOPEN_DECEASED,
            Permission.OPEN_UNSCANNED,
            Permission.LIFT_STOP,
        }
    ),
    Role.PRIVACY_OFFICER: frozenset({Permission.READ_CASES, Permission.READ_AUDIT}),
    Role.ADMINISTRATOR: frozenset({Permission.MANAGE_USERS, Permission.READ_PROGRAMS}),
}


class ActorKind(StrEnum):
    """Where an act comes from."""

    PUBLIC = "public"
    STAFF = "staff"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody or something that acts; `grants` maps a program's code to the roles held there."""

    kind: ActorKind
    id: uuid.UUID | None = None
    name: str = ""
    grants: Mapping[str, frozenset[Role]] = field(default_factory=dict)
    covers: frozenset[uuid.UUID] = frozenset()  # who is away now, and whose work is this person's too
    single_keys: bool = True  # whether single keys work the desk

    def may(self, permission: Permission, program: str | None = None) -> bool:
        """Whether any role grants the permission, in the program or (None) in any."""
        if self.kind is ActorKind.SYSTEM:
            return True
        programs = self.grants if program is None else (program,)
        return any(permission in GRANTED[role] for code in programs for role in self.grants.get(code, frozenset()))

    def programs_with(self, permission: Permission) -> tuple[str, ...]:
        """Codes of the programs in which the actor holds the permission, sorted."""
        return tuple(sorted(code for code in self.grants if self.may(permission, code)))


SYSTEM = Actor(ActorKind.SYSTEM)
PUBLIC = Actor(ActorKind.PUBLIC)
