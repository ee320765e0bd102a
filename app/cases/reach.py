"""Whether a party of a case may be reached just now, by a person or by a letter; else why not, and who may pass it.

Asked before every call, message and letter, and once more at the moment of sending.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.cases.change import Change
from app.cases.domain import Status
from app.cases.models import Case, Consent, Party
from app.core.actor import Permission
from app.core.errors import Refused
from app.core.sealing import ring

DOCTOR = "doctor"  # whom the family named; who referred the child wrote to us themselves
FIELD = "despite"  # where a form asks for the reason to go on all the same


@dataclass(frozen=True, slots=True)
class Reach:
    """Free where `code` is empty; else `why` in a sentence, and the permission that passes it with a typed reason."""

    code: str = ""
    why: str = ""
    passed_by: Permission = Permission.WORK_CASES

    @property
    def allowed(self) -> bool:
        """Whether nothing stands against it."""
        return not self.code


FREE = Reach()


def may_reach(session: Session, case: Case, party: Party) -> Reach:
    """What stands against reaching this party, the weightiest first. Nothing automatic passes any of it."""
    agreed = session.execute(
        select(Consent.answer).where(Consent.case_id == case.id, Consent.wording == "contact_doctor")
        .order_by(Consent.at.desc(), Consent.id.desc()).limit(1)
    ).scalar_one_or_none()  # fmt: skip
    details = ring().load(session, party.key_id).unseal_json(party.details, ("party", "details", party.id))
    return against(case, party, details, doctor_agreed=bool(agreed))


def against(case: Case, party: Party, details: Mapping[str, Any], *, doctor_agreed: bool) -> Reach:
    """The same, of what is opened already. `doctor_agreed` is the newest answer to whether we may contact the doctor."""
    if case.status == Status.DECEASED:
        return Reach("died", _("The child has died: no call or letter without a manager."), Permission.LIFT_STOP)
    if case.contact_stop:
        return Reach("stopped", _("They asked us not to call or write."), Permission.LIFT_STOP)
    if party.silent:
        return Reach("silent", _("This person asked us not to call or write."), Permission.LIFT_STOP)
    if case.contact_held_at is not None:
        return Reach("held", _("Calls and letters wait: the child may have died. Find out first."))
    if party.role == DOCTOR and not doctor_agreed:
        return Reach("no_consent", _("The family has not said that we may contact the doctor."))
    if details.get("knows_of_referral") is False:
        return Reach("family_unaware", _("Does not know of the referral yet: ask the referrer first."))
    return FREE


def pass_or_refuse(act: Change, party: Party, despite: str) -> None:
    """Inside an act that reaches a party: nothing where it may; with a typed reason a line of the timeline; else Refused."""
    case = act.cases[party.case_id]
    reach = may_reach(act.session, case, party)
    if reach.allowed:
        return
    if not act.actor.may(reach.passed_by, case.program):
        raise Refused(reach.why, "party")
    if not despite.strip():
        raise Refused(_("%(why)s To go on all the same, write the reason.", why=reach.why), FIELD)
    act.record("reached_despite", case=case, new=reach.code, party_id=party.id, detail={"reason": despite.strip()})
