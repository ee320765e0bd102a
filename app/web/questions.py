"""The markup of a question, made once for each language: only what was typed, chosen or found wrong differs.

The macros in `macros/fields.html` draw; nothing that a person typed is kept here.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from flask import Flask, current_app
from markupsafe import Markup, escape

from app.web.fields import Answers, wording_of
from app.web.specs import FieldSpec

PLACE = "\ue000"  # stands where a typed answer goes; private use, so that no label holds it


def init_questions(app: Flask) -> None:
    """Templates say `question(spec, answers, faults)`."""
    app.jinja_env.globals["question"] = question


def question(spec: FieldSpec, answers: Answers, faults: Mapping[str, Any]) -> Markup:
    """One question with its answer, and what is wrong with it. An answer to other words is not shown as one to these."""
    if spec.wording and (answers.get(wording_of(spec.name)) or [spec.wording])[0] != spec.wording:
        answers = {}
    if spec.name in faults:
        return drawn(spec, answers, faults)
    if spec.typed:
        around = typed_around(spec)
        values = (escape((answers.get(name) or [""])[0]) for name in spec.controls)
        pairs = zip(around, (*values, ""), strict=True)
        return Markup("".join(part for pair in pairs for part in pair))  # nosec B704  # noqa: S704  markup and escaped answers
    chosen = tuple(value for value in answers.get(spec.name) or () if value in spec.values)
    return with_chosen(spec, chosen)


@lru_cache(maxsize=2048)
def with_chosen(spec: FieldSpec, chosen: tuple[str, ...]) -> Markup:
    """A question with options, some of them chosen."""
    return drawn(spec, {spec.name: list(chosen)}, {})


@lru_cache(maxsize=2048)
def typed_around(spec: FieldSpec) -> tuple[Markup, ...]:
    """What stands before, between and after the typed answers of a question."""
    whole = drawn(spec, {name: [PLACE] for name in spec.controls}, {})
    return tuple(whole.split(PLACE))


def drawn(spec: FieldSpec, answers: Answers, faults: Mapping[str, Any]) -> Markup:
    """The macro's own work."""
    macros: Any = current_app.jinja_env.get_template("macros/fields.html").module
    markup: Markup = macros.field(spec, answers, faults)
    return markup
