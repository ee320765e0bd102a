"""The markup of a question, and of its line on a check page, made once for each language: only what was typed, chosen
or found wrong differs. The macros in `macros/` draw; nothing that a person typed is kept here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from flask import Flask, current_app
from markupsafe import Markup, escape

from app.web.answers import answers_to
from app.web.fields import Answers, wording_of
from app.web.specs import FieldSpec

PLACE = "\ue000"  # stands where a typed answer goes; private use, so that no label holds it


def init_questions(app: Flask) -> None:
    """Templates say `question(spec, answers, faults)` and `answer_lines(specs, answers, faults, href)`."""
    app.jinja_env.globals["question"] = question
    app.jinja_env.globals["answer_lines"] = answer_lines


def question(spec: FieldSpec, answers: Answers, faults: Mapping[str, Any]) -> Markup:
    """One question with its answer, and what is wrong with it. An answer to other words is not shown as one to these."""
    if spec.wording and (answers.get(wording_of(spec.name)) or [spec.wording])[0] != spec.wording:
        answers = {}
    if spec.name in faults:
        return drawn(spec, answers, faults)
    if spec.typed:
        return filled(typed_around(spec), ((answers.get(name) or [""])[0] for name in spec.controls))
    chosen = tuple(value for value in answers.get(spec.name) or () if value in spec.words)
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


def filled(around: tuple[Markup, ...], values: Iterable[str]) -> Markup:
    """Markup with something typed in each of its places."""
    pairs = zip(around, (*map(escape, values), ""), strict=True)
    return Markup("".join(part for pair in pairs for part in pair))  # nosec B704  # noqa: S704  markup and escaped answers


def answer_lines(
    specs: Mapping[str, FieldSpec], answers: Answers, faults: Mapping[str, Any], notes: Mapping[str, str], href: str, *,
    answered_only: bool = False, without: str = "",
) -> Markup:  # fmt: skip
    """The lines of a check page: what was answered, what is wrong or could not be read, and the needed ones that were not answered."""
    lines = []
    for spec in specs.values():
        said = tuple(words for _value, words in answers_to(spec, answers))
        fault = faults.get(spec.name)
        if spec.name != without and (said or fault or not (spec.optional or answered_only)):
            lines.append(answer_line(spec, said, fault, notes.get(spec.name, ""), href))
    return Markup("").join(lines)


def answer_line(spec: FieldSpec, said: tuple[str, ...], fault: Any, note: str, href: str) -> Markup:  # noqa: ANN401  its Fault
    """One line."""
    if fault or note:
        return drawn_line(spec, said, fault, note, href)
    if spec.typed and said:
        return filled(line_around(spec, (PLACE,) * len(said)), (*said, href))
    if set(said) <= set(spec.words.values()):
        return filled(line_around(spec, said), (href,))
    return drawn_line(spec, said, None, "", href)


@lru_cache(maxsize=2048)
def line_around(spec: FieldSpec, words: tuple[str, ...]) -> tuple[Markup, ...]:
    """A line that is right, cut where the address of its page goes, and what was typed."""
    return tuple(drawn_line(spec, words, None, "", PLACE).split(PLACE))


def drawn_line(spec: FieldSpec, said: tuple[str, ...], fault: Any, note: str, href: str) -> Markup:  # noqa: ANN401
    """The macro's own work."""
    macros: Any = current_app.jinja_env.get_template("macros/answers.html").module
    markup: Markup = macros.line(spec, said, fault, note, href)
    return markup


def drawn(spec: FieldSpec, answers: Answers, faults: Mapping[str, Any]) -> Markup:
    """The macro's own work."""
    macros: Any = current_app.jinja_env.get_template("macros/fields.html").module
    markup: Markup = macros.field(spec, answers, faults)
    return markup
