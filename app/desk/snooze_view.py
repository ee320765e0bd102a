"""How a snooze reads on a case, and until when one may be chosen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from flask_babel import gettext as _

from app.cases.attention import PROMISES, Band
from app.cases.models import Case
from app.cases.snooze import ANSWER, instant_text, mornings
from app.desk.presenters import due_words
from app.programs.service import calendar_of


@dataclass(frozen=True, slots=True)
class AsideView:
    """Until when the case is put aside, whether it may be, what may be chosen, and what the page has seen."""

    until: str
    may: bool
    options: tuple[tuple[str, str], ...]
    seen: str


def aside_view(case: Case, at: datetime, zone: ZoneInfo) -> AsideView:
    """Only days on which somebody works; waiting for an answer ends with the last of them."""
    found = [
        (day.isoformat(), due_words(opens, at, zone))
        for day, opens in mornings(calendar_of(case.program), case.urgency, at)
    ]
    until = (
        due_words(case.snoozed_until, at, zone) if case.snoozed_until and case.attention_band == Band.SNOOZED else ""
    )
    answer = (ANSWER, _("They answer, or %(when)s at the latest", when=found[-1][1]))
    presses = set(PROMISES.values()) & set(case.attention_reasons.split(","))
    may = case.attention_band in {Band.PROMISE, Band.BACK, Band.WORK} and not presses
    return AsideView(until, may, (*found, answer), instant_text(case.snoozed_until))
