"""Questions for dates: three boxes that take month names, and one line that takes as much of a date as is known."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from functools import cache
from typing import Any, ClassVar

from babel import Locale
from flask_babel import gettext as _
from wtforms.validators import StopValidation

from app.core.blind import MONTHS
from app.web.fields import INVISIBLE, Asked, Refused, Text_
from app.web.i18n import page_language


@cache
def order(locale: Locale) -> tuple[str, ...]:
    """Month, day and year as a language says them."""
    pattern = re.sub("'[^']*'", "", locale.date_formats["long"].pattern)
    return tuple(sorted(DateParts.PARTS, key=lambda part: pattern.index({"month": "M", "day": "d", "year": "y"}[part])))


class DateParts(Asked):
    """A date as month, day and year; the month may be a word. `partial` also takes a year, or month and year."""

    kind = "date"
    PARTS: ClassVar = ("month", "day", "year")

    def __init__(
        self,
        label: Text_ = "",
        *,
        partial: bool = False,
        future: Text_ | None = None,
        **rest: Any,  # noqa: ANN401
    ) -> None:
        self.partial, self.future = partial, future
        self.wrong_part = "month"
        super().__init__(label, **rest)

    def control_names(self) -> list[str]:
        """Three controls."""
        return [f"{self.name}-{part}" for part in self.PARTS]

    def shown_controls(self) -> list[str]:
        """In the order of the page's language; each box has its own name, so none is read for another."""
        return [f"{self.name}-{part}" for part in order(page_language())]

    def first_control(self) -> str:
        """The part that is wrong."""
        return f"{self.name}-{self.wrong_part}"

    def process(self, formdata: Any, data: Any = None, extra_filters: Any = None) -> None:  # noqa: ANN401, ARG002
        """Read three values instead of one."""
        self.data, self.raw_data = None, [(formdata.get(name) or [""])[0] for name in self.control_names()]

    def pre_validate(self, form: Any) -> None:  # noqa: ANN401
        """Each fault has its own sentence."""
        month_text, day_text, year_text = (INVISIBLE.sub("", raw).strip() for raw in self.raw_data or ())
        if not (month_text or day_text or year_text):
            self.refuse_missing(form)
            return
        for part, raw in zip(self.PARTS, self.raw_data or (), strict=True):
            self.wrong_part = part
            self.refuse_unreadable(raw.strip(" \t\r\n"))
        self.refuse_extra(max(map(len, self.raw_data or ())) - self.room(), Refused)
        year = self.whole("year", year_text, 1900, 2200, _("Write the year with four digits, like 2019"))
        if self.partial and not month_text and not day_text:
            self.data = f"{year:04d}"
            return
        month = self.month(month_text)
        if self.partial and not day_text:
            self.data = f"{year:04d}-{month:02d}"
            return
        day = self.whole("day", day_text, 1, 31, _("Write the day as a number from 1 to 31"))
        try:
            self.data = date(year, month, day).isoformat()
        except ValueError:
            self.wrong_part = "day"
            raise StopValidation(_("That day is not in that month. Look at the day again.")) from None

    def month(self, text: str) -> int:
        """A number or a word."""
        named = MONTHS.get(text.casefold().rstrip("."))
        return named or self.whole("month", text, 1, 12, _("Write the month as a word or a number, like March or 3"))

    def whole(self, part: str, text: str, low: int, high: int, message: str) -> int:
        """One part as a number, or the sentence that says how to write it."""
        digits = unicodedata.normalize("NFKC", text)
        if digits.isdecimal() and len(digits) <= 4 and low <= int(digits) <= high:
            return int(digits)
        self.wrong_part = part
        raise StopValidation(message)


class DateLine(Asked):
    """A date on one line for people who type fast: 2026-11-02, 2026-11, 2026, Nov 2026, Nov 2, 2026.

    Month and year may stand with a stroke (3/2024), and a whole date whose day is past 12 (3/15/2024, 15/3/2024): half
    the world reads 03/04 the other way round, so that one is refused. `data` is an ISO date or its beginning.
    """

    ISO: ClassVar = re.compile(r"^(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?$")
    STROKES: ClassVar = re.compile(
        r"^(?:(?P<d1>1[3-9]|2\d|3[01])[/-])?(?P<month>\d{1,2})[/-](?:(?P<d2>1[3-9]|2\d|3[01])[/-])?(?P<year>\d{4})$"
    )
    WORDS: ClassVar = re.compile(
        r"^(?:(?P<d1>\d{1,2})\.?\s+)?(?:de\s+)?(?P<month>[^\W\d]+)\.?\s*(?:(?:de|del)\s+)?(?:(?P<d2>\d{1,2}),?\s+)?(?P<year>\d{4})$"
    )

    def __init__(self, label: Text_ = "", **rest: Any) -> None:  # noqa: ANN401
        super().__init__(label, maximum=40, **rest)

    def read(self, text: str, form: Any) -> str:  # noqa: ANN401, ARG002
        """The date, or the ways to write one."""
        found, words = self.ISO.match(text), self.WORDS.match(text.casefold())
        strokes = self.STROKES.match(text)
        if found is not None:
            parts = [part for part in found.groups() if part]
        elif strokes is not None:
            parts = [strokes["year"], strokes["month"], strokes["d1"] or strokes["d2"] or ""]
        elif words is not None and words["month"] in MONTHS:
            parts = [words["year"], str(MONTHS[words["month"]]), words["d1"] or words["d2"] or ""]
        else:
            raise StopValidation(_("Write the date as 2026-11-02, Nov 2, 2026, Nov 2026 or 2026"))
        year, month, day = (int(part) if part else 0 for part in (*parts, "", "")[:3])
        try:
            date(year, month or 1, day or 1)
        except ValueError:
            raise StopValidation(_("There is no such date. Look at it again.")) from None
        return f"{year:04d}" + (f"-{month:02d}" if month else "") + (f"-{day:02d}" if day else "")
