"""What a case page says of a contact stop: which acts this reader has, what waits, and who is not stopped."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.cases.domain import Status
from app.cases.models import Case
from app.cases.search import Likeness, of_same_family
from app.core.actor import Actor, Permission
from app.desk.case_view import SameView, same_view


@dataclass(frozen=True, slots=True)
class StopView:
    """The acts with their titles, and other children of the family."""

    acts: dict[str, str]
    not_stopped: tuple[SameView, ...]


def stop_view(session: Session, actor: Actor, case: Case, same: Sequence[Likeness], today: date) -> StopView:
    """Only a manager takes back a stop. Brothers and sisters are named before the act and after it."""
    died = case.status == Status.DECEASED
    found: dict[str, str] = {}
    stopped = case.contact_stop or died
    if case.contact_held_at and not stopped:
        found["release"] = _("Let it go on")
    if not stopped:
        found["stop"] = _("Stop contact")
    elif actor.may(Permission.LIFT_STOP, case.program):
        found["lift"] = _("Has not died") if died else _("May contact again")
    if not died:
        found["died"] = _("Has died")
    twins = [one for one in same if one.sibling]
    known = {one.case_id for one in twins}
    family = [one for one in of_same_family(session, actor.programs_with(Permission.READ_CASES), case.id)
              if one.case_id not in known]  # fmt: skip
    return StopView(
        found, tuple(same_view(one, today) for one in (*twins, *family) if one.status is not Status.DECEASED),
    )  # fmt: skip
