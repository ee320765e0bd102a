"""What staff say to a caller after their words became a case: the reference letter by letter, what happens next, by when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from flask_babel import ngettext

from app.cases.domain import Kind, Urgency
from app.cases.models import Case
from app.drafts.door import Sent
from app.programs.promised import day_and_hour, promise_words
from app.programs.service import calendar_of, hospital


@dataclass(frozen=True, slots=True)
class EnteredView:
    """What the page prints."""

    reference: str  # of what was sent, for the caller
    case: str  # where it is worked on
    urgent: bool
    words: tuple[str, ...]


def entered_view(case: Case, sent: Sent, at: datetime) -> EnteredView:
    """The sentences to read out, in their order."""
    zone = ZoneInfo(calendar_of(case.program).time_zone)
    waits = case.is_open and case.first_contact_at is None
    urgent, due = waits and case.urgency == Urgency.URGENT, case.first_contact_due_at
    days = hospital().program_or_default(case.program).promises.of(case.urgency).decision
    words = [_("Your reference number is %(reference)s. Please write it down.", reference=sent.reference)]
    if waits and not urgent and due is not None and due >= at:
        words.append(promise_words(day_and_hour(due.astimezone(zone)), has_phone=True))
    if case.kind == Kind.REFERRAL:
        words.append(_("A coordinator calls you, and the family if they know of the referral."))
    else:
        words.append(f"{_('If you said yes, we ask the doctor for records.')} {_('You do not need to send any.')}")
    words.append(
        ngettext(
            "Our doctors meet within %(num)s business day after we have all the records. Then we tell you what they think, person to person.",
            "Our doctors meet within %(num)s business days after we have all the records. Then we tell you what they think, person to person.",
            days,
        )
    )
    return EnteredView(sent.reference, case.reference, urgent, tuple(words))
