"""Answers beside their questions, for check pages and the desk: the words, and the value that was sent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from flask_babel import format_date
from flask_babel import gettext as _

from app.core.blind import MONTHS
from app.web.dates import DateParts
from app.web.fields import PageForm, notes_of
from app.web.specs import FieldSpec, specs_of


@dataclass(frozen=True, slots=True)
class AnswerView:
    """One question with what was answered: (value as sent, words) for each answer."""

    name: str
    question: str
    answers: tuple[tuple[str, str], ...]
    long: bool


@dataclass(frozen=True, slots=True)
class AnswerGroup:
    """A page's worth of answers."""

    title: str
    answers: tuple[AnswerView, ...]


def answers_to(spec: FieldSpec, answers: Mapping[str, list[str]]) -> tuple[tuple[str, str], ...]:
    """What was answered to one question, in words; a date's three parts stand together, as they were typed."""
    if spec.kind == "date":
        shown = date_words([(answers.get(f"{spec.name}-{part}") or [""])[0].strip() for part in DateParts.PARTS])
        return (shown,) if shown else ()
    words = {} if spec.typed else spec.words
    return tuple((value, words.get(value, value)) for value in answers.get(spec.name) or () if value.strip())


def date_words(parts: list[str]) -> tuple[str, str] | None:
    """A date as (ISO, words) where its three parts make one, else as it was typed."""
    month, day, year = parts
    named = MONTHS.get(month.casefold().rstrip("."), month)
    try:
        found = date(int(year), int(named), int(day))
    except ValueError:
        typed = " ".join(part for part in parts if part)
        return (typed, typed) if typed else None
    return found.isoformat(), format_date(found, "long", rebase=False)


def groups_of(
    pages: Iterable[tuple[str, type[PageForm]]],
    answers: Mapping[str, list[str]],
    notes: Mapping[str, str] | None = None,
) -> tuple[AnswerGroup, ...]:
    """Answered questions only, page by page; a note of ours stands behind what was answered."""
    groups = []
    for title, form in pages:
        unread = dict.fromkeys(unread_of(form, answers), _("could not be read"))
        found = tuple(
            AnswerView(
                spec.name, spec.label, noted(said, {**unread, **(notes or {})}.get(spec.name)), spec.kind == "area"
            )
            for spec in specs_of(form).values()
            if (said := answers_to(spec, answers))
        )
        if found:
            groups.append(AnswerGroup(title, found))
    return tuple(groups)


def unread_of(form: type[PageForm], answers: Mapping[str, list[str]]) -> dict[str, str]:
    """What of a page stands as it was typed because it could not be read, by question: how it is written."""
    page = form(answers, answers)
    page.validate()
    return notes_of(page)


def noted(said: tuple[tuple[str, str], ...], note: str | None) -> tuple[tuple[str, str], ...]:
    """Answers with our note in brackets; the values stay as they were sent."""
    return tuple((value, f"{words} ({note})") for value, words in said) if note else said
