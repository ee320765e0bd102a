"""Prints a page of a form: its frame made once for each language, and in it what belongs to one person's form.

A template knows only its `Frame`, so nothing that a person typed can stay in what is kept; where two forms differ it
leaves a slot.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from flask import current_app, render_template, request
from flask_babel import LazyString
from flask_babel import gettext as _
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup, escape

from app.web.i18n import tag
from app.web.questions import question
from app.web.specs import FieldSpec

SLOT = "\ue001"  # private use, so that no label holds it
MOST_FRAMES = 200


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one answer, and the control that an error links to."""

    control: str
    message: str


@dataclass(frozen=True, slots=True)
class Frame:
    """All that a page's template is told: the same for everybody, and the key to what is kept of it."""

    template: str
    title: LazyString = field(compare=False)  # its template's own
    number: int
    of: int
    days: int
    saved: bool
    context: tuple[tuple[str, Hashable], ...]


@dataclass(frozen=True, slots=True)
class PageView:
    """What belongs to one person's form."""

    specs: Mapping[str, FieldSpec]
    answers: Mapping[str, list[str]]
    faults: Mapping[str, Fault]
    message: str | None
    child: str
    action: str
    back: bool
    first: Callable[[], str]
    issued: str | None


def printed(frame: Frame, view: PageView) -> str:
    """The page."""
    parts: list[str] = []
    for text, kind, names in pieces(frame):
        parts += (text, SLOTS[kind](view, *names) if kind else "")
    return "".join(parts)


def pieces(frame: Frame) -> list[tuple[str, str, list[str]]]:
    """A frame cut at its slots: text, then what comes after it and of which questions."""
    kept = cast("dict[Hashable, list[tuple[str, str, list[str]]]]", current_app.extensions.setdefault("frames", {}))
    key = (frame, tag(), request.script_root, current_app.extensions["edition"]())
    if key not in kept:
        if len(kept) >= MOST_FRAMES:
            kept.clear()
        whole = render_template(frame.template, page=frame, slot=slot, **dict(frame.context)).split(SLOT)
        texts, slots = whole[::2], [one.split(" ") for one in (*whole[1::2], "")]
        kept[key] = [(text, what[0], what[1:]) for text, what in zip(texts, slots, strict=True)]
    return kept[key]


def slot(kind: str, *names: str) -> Markup:
    """Where a template leaves a place, for one of `SLOTS`."""
    return Markup(SLOT + " ".join((kind, *names)) + SLOT)  # nosec B704  # noqa: S704  names that a template wrote


def ask(view: PageView, name: str) -> str:
    """A question with its answer."""
    return question(view.specs[name], view.answers, view.faults)


def ask_after(view: PageView, name: str, other: str) -> str:
    """A question that is asked once it was answered, or another one's answer is wrong."""
    asked = name in view.specs and (other in view.faults or answered(view, name))
    return ask(view, name) if asked else ""


def unfolded(view: PageView, *names: str) -> str:
    """A folded part stands open when anything in it was answered or is wrong."""
    return " open" if any(name in view.faults or answered(view, name) for name in names) else ""


def answered(view: PageView, name: str) -> bool:
    """Whether anything was typed."""
    return bool((view.answers.get(name) or [""])[0])


def summary(view: PageView) -> str:
    """Every fault, with a link to its question."""
    return drawn("summary", view.faults, view.message) if view.faults or view.message else ""


def drawn(macro: str, *given: Any) -> str:  # noqa: ANN401
    """One of the macros that draw parts of forms."""
    macros: Any = current_app.jinja_env.get_template("macros/fields.html").module
    return str(getattr(macros, macro)(*given))


SLOTS: Mapping[str, Callable[..., str]] = {
    "ask": ask,
    "ask_after": ask_after,
    "unfolded": unfolded,
    "summary": summary,
    "error": lambda view: _("Error:") + " " if view.faults or view.message else "",
    "about": lambda view: drawn("about", view.child) if view.child else "",
    "back": lambda view: drawn("back") if view.back else "",
    "first": lambda view: escape(view.first()),
    "action": lambda view: escape(view.action),
    "issued": lambda view: drawn("issued", view.issued) if view.issued else "",
    "token": lambda _view: escape(generate_csrf()),
}
