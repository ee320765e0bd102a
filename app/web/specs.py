"""What the macros print: the static part of each question, resolved once for each page and language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from flask import current_app
from flask_babel import gettext as _

from app.web.fields import AS_WRITTEN, Agree, Asked, Asking, Choice, PageForm, fields_of
from app.web.i18n import tag


@dataclass(frozen=True, slots=True)
class OptionSpec:
    """One thing to choose."""

    value: str
    label: str
    hint: str
    id: str


@dataclass(frozen=True, slots=True, eq=False)
class FieldSpec:
    """One question without its answer. Made once for each language: it is itself a key to what is made from it."""

    name: str
    kind: str
    label: str
    hint: str
    optional: bool
    input_type: str
    autocomplete: str
    inputmode: str
    layout: str
    row: bool
    options: tuple[OptionSpec, ...]
    described_by: str
    typed: bool  # an answer in the sender's own words, not one of the options
    controls: tuple[str, ...]
    words: Mapping[str, str]  # what can be chosen, and how it reads
    wording: str  # the version of its words, where they are agreed to


def specs_of(form_class: type[PageForm], asking: Asking = AS_WRITTEN) -> Mapping[str, FieldSpec]:
    """Every question of a page that is asked, by name, in the language of this request."""
    return made(form_class, asking, tag(), current_app.extensions["edition"]())  # type: ignore[arg-type]  # a class is hashable; its stub says otherwise


@lru_cache(maxsize=256)
def made(form_class: type[PageForm], asking: Asking, locale: str, edition: str) -> Mapping[str, FieldSpec]:  # noqa: ARG001  the cache's keys
    """Resolve labels, hints and options once."""
    asked = (field for field in fields_of(form_class) if field.name not in asking.hidden)
    return {field.name: spec_of(field, asking) for field in asked}


def spec_of(field: Asked, asking: Asking) -> FieldSpec:
    """One question as plain strings."""
    required, spared = field.name in asking.required, field.name in asking.spared
    options: tuple[OptionSpec, ...] = ()
    if isinstance(field, Choice):
        options = tuple(
            OptionSpec(str(one[0]), str(one[1]), str(one[2]) if len(one) > 2 else "", f"{field.name}-{one[0]}")
            for one in field.options()
        )
    hint, line = str(field.hint), isinstance(field, Choice) and not options
    return FieldSpec(
        name=field.name, kind="text" if line else field.kind, label=str(field.label.text), hint=hint,
        optional=(field.needed is None or spared) and field.mark_optional and not required, input_type=field.input_type,
        autocomplete=field.autocomplete, inputmode=field.inputmode, layout=field.layout,
        row=bool(getattr(field, "row", False)), options=options,
        described_by=f"{field.name}-hint" if hint else "", typed=line or not isinstance(field, (Choice, Agree)),
        controls=tuple(field.shown_controls()), words={one.value: one.label for one in options} or {"yes": _("Yes")},
        wording=field.wording() if field.wording else "",
    )  # fmt: skip
