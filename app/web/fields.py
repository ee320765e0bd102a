"""The form kit: WTForms parses and validates, our own macros render prepared specs; a GET makes no form at all.

A page's form class lists `Asked` fields; it reads raw strings from a POST or from a saved draft alike. What was typed
is never changed: parsed values are copies.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any, ClassVar

from email_validator import EmailNotValidError, validate_email
from flask_babel import LazyString, ngettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import Field
from wtforms.validators import StopValidation

Text_ = str | LazyString
Option = tuple[str, Text_] | tuple[str, Text_, Text_]
Answers = Mapping[str, list[str]]

# What is no UTF-8 becomes this mark in every kind of body (werkzeug would keep it as %XX), so that its field can say so.
codecs.register_error("werkzeug.url_quote", codecs.replace_errors)

INVISIBLE = re.compile("[\u00ad\u200b\u2060\ufeff]")
UNREADABLE = re.compile("[\x00-\x1f\x7f-\x9f\ufffd]")  # control characters, and what stands for broken encoding
UNREADABLE_LINES = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffd]")  # where line breaks and tabs are text
MADE: dict[type[PageForm], dict[str, Asked]] = {}  # the questions of each page, as WTForms binds them
BROKEN = _l("There is a character here that we cannot read. Take it out and type it again.")
TWICE = _l("This answer came twice and differs. Choose one.")


@dataclass(frozen=True, slots=True)
class Asking:
    """What of a form is left out here, what must be answered beyond what the form itself says, and what need not be."""

    hidden: frozenset[str] = frozenset()
    required: frozenset[str] = frozenset()
    spared: frozenset[str] = frozenset()  # asked, though nobody has to answer: staff write down what they were told


AS_WRITTEN = Asking()


class Refused(StopValidation):
    """Holds a form up even where an answer that cannot be read is only noted: nobody could act without this one."""


class PageForm(FlaskForm):
    """One page of questions. `answers` is the whole draft, for questions that depend on an earlier page.

    On a `soft` page an optional answer that cannot be read holds nothing up: it is kept as typed, with a note.
    """

    soft: ClassVar[bool] = False

    _fields: dict[str, Asked]
    form_errors: list[str]

    class Meta:
        csrf = False  # checked by the page's route, which gives every answer back when it fails

    def __init__(self, answers: Answers, whole: Answers | None = None, asking: Asking = AS_WRITTEN) -> None:
        self.answers: Answers = whole if whole is not None else answers
        self.asking, self.form_errors = asking, []
        made = type(self)
        if made not in MADE:
            super().__init__()
            MADE[made] = self._fields
        # Copies of the questions: making them anew for each form was most of a form's cost.
        self._fields = {name: question.blank() for name, question in MADE[made].items()}
        for question in self._fields.values():
            question.process(answers)

    def process(self, *_given: Any, **_more: Any) -> None:  # noqa: ANN401
        """Not as WTForms would, which looks for defaults, filters and objects: we have none."""

    def validate(self, extra_validators: Any = None) -> bool:  # noqa: ANN401, ARG002
        """Every question reads its answer; then the page's own rule about it has its word (`validate_<name>`)."""
        rules = rules_of(type(self))  # type: ignore[arg-type]  # a class is hashable; its stub says otherwise
        asked = [name for name in self._fields if name not in self.asking.hidden]
        return all([self._fields[name].validate(self, rules[name]) for name in asked])  # noqa: C419

    @classmethod
    def names(cls) -> tuple[str, ...]:
        """Every control's name, in order: what is saved of a POST."""
        return tuple(controls_of(cls))  # type: ignore[arg-type]  # a class is hashable; its stub says otherwise


class Asked(Field):
    """A question. `needed` is the sentence shown when it is left out; without it the question is optional."""

    kind: ClassVar[str] = "text"
    input_type: ClassVar[str] = "text"
    unreadable: ClassVar[re.Pattern[str]] = UNREADABLE
    note: str = ""  # why an answer that holds nothing up could not be read
    doubt: str = ""  # what is asked about once, and stops nothing

    def __init__(
        self, label: Text_ = "", *, hint: Text_ = "", needed: Text_ | None = None, autocomplete: str = "off",
        inputmode: str = "", maximum: int = 200, layout: str = "", mark_optional: bool = True,
        wording: Callable[[], str] | None = None, **rest: Any,  # noqa: ANN401
    ) -> None:  # fmt: skip
        # `wording`: the version of the words that are agreed to; it travels with the page and is kept with the answer.
        self.wording, self.read_under = wording, ""
        self.hint, self.needed, self.autocomplete, self.inputmode = hint, needed, autocomplete, inputmode
        self.maximum, self.layout, self.mark_optional = maximum, layout, mark_optional
        super().__init__(label, **rest)  # type: ignore[arg-type]  # a lazy label is resolved when it is printed

    def blank(self) -> Asked:
        """The same question without anything from a form."""
        again = object.__new__(type(self))
        again.__dict__.update(self.__dict__)
        return again

    def control_names(self) -> list[str]:
        """The names of its controls in the page."""
        return [self.name, *([wording_of(self.name)] if self.wording else [])]

    def shown_controls(self) -> list[str]:
        """Their names in the order in which they stand on the page."""
        return self.control_names()

    def first_control(self) -> str:
        """The id that an error links to."""
        return self.name

    def process(self, formdata: Any, data: Any = None, extra_filters: Any = None) -> None:  # noqa: ANN401, ARG002
        """Keep the raw strings; the parsed value is made in `pre_validate`."""
        self.data, self.typed = None, formdata.get(self.name) or []
        if self.wording:
            self.read_under = (formdata.get(wording_of(self.name)) or [""])[0]

    def validate(self, form: Any, extra_validators: Any = ()) -> bool:  # noqa: ANN401
        """One fault at most: the first is the one to mend first. What a soft page cannot read has no value, and a note."""
        self.errors, self.note, self.doubt = (), "", ""
        for rule in (read_answer, refuse_left_out, *extra_validators):
            try:
                rule(form, self)
            except StopValidation as fault:
                said = self.note or str(fault)
                if isinstance(fault, Refused) or self.needed is not None or not form.soft:
                    self.errors = (said,)
                    break
                self.data, self.note = None, said
        return not self.errors

    def pre_validate(self, form: Any) -> None:  # noqa: ANN401  a Form
        """Read what was typed into `data`, or say what to do instead."""
        typed: list[str] = self.typed
        if len(set(typed)) > 1:
            raise StopValidation(str(TWICE))
        raw = typed[0] if typed else ""
        self.refuse_unreadable(raw.strip(" \t\r\n"))  # at the ends as well, where tidying would hide it
        text = self.tidy(raw)
        if not text:
            self.refuse_missing(form)
            return
        self.refuse_extra(len(raw) - self.room(), Refused)  # of what nobody can see, too, no more is kept
        self.refuse_extra(len(text) - self.maximum)
        self.data = self.read(text, form)

    def refuse_missing(self, form: PageForm) -> None:
        """Left out, where it must be answered."""
        if self.needed is not None and self.name not in form.asking.spared:
            raise StopValidation(str(self.needed))

    def room(self) -> int:
        """How many letters are kept, at most. What can be noted has room for a few lines."""
        return 2 * self.maximum if self.needed is not None else max(2 * self.maximum, 1000)

    def refuse_other_words(self) -> None:
        """An answer to a wording that is no longer in force is asked for again."""
        if self.wording and self.typed and self.read_under not in {"", self.wording()}:
            raise Refused(
                _("These words have changed. Please answer again: %(question)s", question=str(self.label.text))
            )

    def refuse_extra(self, extra: int, kind: type[StopValidation] = StopValidation) -> None:
        """More letters than there is room for."""
        if extra > 0:
            raise kind(ngettext("This is %(num)s character too long.", "This is %(num)s characters too long.", extra))

    def tidy(self, typed: str) -> str:
        """Forgive what nobody can see."""
        return typed.strip()

    def refuse_unreadable(self, text: str) -> None:
        """NUL, other control characters and broken encoding are named, not stored in names and numbers."""
        if self.unreadable.search(text):
            raise Refused(str(BROKEN))

    def read(self, text: str, form: Any) -> Any:  # noqa: ANN401, ARG002
        """The parsed value."""
        return unicodedata.normalize("NFC", text)


class Text(Asked):
    """One line."""


class Area(Asked):
    """Several lines; emoji and line breaks stay."""

    kind = "area"
    unreadable = UNREADABLE_LINES

    def __init__(self, label: Text_ = "", *, maximum: int = 4000, **rest: Any) -> None:  # noqa: ANN401
        super().__init__(label, maximum=maximum, **rest)

    def tidy(self, typed: str) -> str:
        """Line ends count once."""
        return typed.replace("\r\n", "\n").replace("\r", "\n").strip()


class Email(Asked):
    """An email address; its syntax only, what was typed is kept."""

    input_type = "email"

    def __init__(self, label: Text_ = "", *, maximum: int = 254, **rest: Any) -> None:  # noqa: ANN401
        super().__init__(label, maximum=maximum, **rest)

    def tidy(self, typed: str) -> str:
        """Pasted invisible characters go."""
        return INVISIBLE.sub("", typed).strip()

    def read(self, text: str, form: Any) -> str:  # noqa: ANN401, ARG002
        """No question to any server: a hospital's network may not answer."""
        try:
            validate_email(text, check_deliverability=False)
        except EmailNotValidError:
            raise StopValidation(_("Write an email address like name@example.org")) from None
        return text


class Choice(Asked):
    """One of a few, as radio buttons. Options are (value, label) or (value, label, hint), or make them when asked."""

    kind = "radios"

    def __init__(
        self, label: Text_ = "", options: Sequence[Option] | Callable[[], Sequence[Option]] = (), *,
        row: bool = False, also: Sequence[str] = (), **rest: Any,  # noqa: ANN401
    ) -> None:  # fmt: skip
        # `also`: values that are understood though nobody is offered them here and now.
        self.given, self.row, self.also = options, row, also
        super().__init__(label, **rest)

    def options(self) -> Sequence[Option]:
        """What can be chosen."""
        return self.given() if callable(self.given) else self.given

    def first_control(self) -> str:
        """The first radio button."""
        return f"{self.name}-{self.options()[0][0]}"

    def read(self, text: str, form: Any) -> Any:  # noqa: ANN401
        """Only what is offered; where nothing is, what was written."""
        if not self.options():
            return super().read(text, form)
        if text not in {option[0] for option in self.options()} and text not in self.also:
            raise StopValidation(_("Choose one of the answers"))
        return text


class YesNo(Choice):
    """Yes or no, read as True and False; further options (such as "not sure") stay words."""

    kind = "radios"

    def __init__(self, label: Text_ = "", *, more: Sequence[Option] = (), **rest: Any) -> None:  # noqa: ANN401
        super().__init__(label, (("yes", _l("Yes")), ("no", _l("No")), *more), row=True, **rest)

    def read(self, text: str, form: Any) -> Any:  # noqa: ANN401
        """Yes is True, no is False."""
        chosen = super().read(text, form)
        return {"yes": True, "no": False}.get(chosen, chosen)


class Select(Choice):
    """One of many, as a list."""

    kind = "select"

    def first_control(self) -> str:
        """The list itself."""
        return self.name


class Checks(Choice):
    """Any number of a few."""

    kind = "checks"

    def pre_validate(self, form: Any) -> None:  # noqa: ANN401
        """Each one must be offered; order and repetitions do not matter."""
        offered = {option[0] for option in self.options()}
        self.refuse_unreadable("".join(self.typed))
        typed = [value for value in self.typed if value]
        if not set(typed) <= offered:
            raise StopValidation(_("Choose from the answers"))
        if not typed:
            self.refuse_missing(form)
        self.data = tuple(dict.fromkeys(typed))


class Agree(Asked):
    """One box to tick, never ticked beforehand."""

    kind = "agree"

    def tidy(self, typed: str) -> str:
        """Only a tick counts; whatever else is sent in its place is none."""
        return "yes" if typed == "yes" else ""

    def read(self, text: str, form: Any) -> bool:  # noqa: ANN401
        """Ticked."""
        return bool(super().read(text, form))


class Number(Asked):
    """A number within bounds; comma or point, spaces and units forgiven where they are unmistakable."""

    def __init__(
        self,
        label: Text_ = "",
        *,
        low: float = 0,
        high: float = 1_000_000,
        whole: bool = False,
        **rest: Any,  # noqa: ANN401
    ) -> None:
        self.low, self.high, self.whole = low, high, whole
        rest.setdefault("inputmode", "numeric" if whole else "decimal")
        super().__init__(label, maximum=40, **rest)

    def read(self, text: str, form: Any) -> Decimal:  # noqa: ANN401, ARG002
        """Bounds are named in the message."""
        bare = re.sub(r"^[<>~]|\s|%|kg$", "", text).replace(",", ".")
        try:
            value = Decimal(bare)
        except InvalidOperation:
            raise StopValidation(
                _("Write a number, such as %(example)s", example=10 if self.whole else "27.4")
            ) from None
        if not value.is_finite() or (self.whole and value != value.to_integral_value()):
            raise StopValidation(_("Write a whole number") if self.whole else _("Write a number"))
        if not self.low <= value <= self.high:
            raise StopValidation(_("Write a number from %(low)s to %(high)s", low=self.low, high=self.high))
        return value


def read_answer(form: PageForm, field: Asked) -> None:
    """The first rule of every question."""
    field.pre_validate(form)
    field.refuse_other_words()


def refuse_left_out(form: PageForm, field: Asked) -> None:
    """What the hospital requires here, though the form does not. What was typed and could not be read is not left out."""
    if field.data in (None, "", ()) and not field.note and field.name in form.asking.required:
        raise Refused(_("Please answer: %(question)s", question=str(field.label.text)))


@cache
def rules_of(form_class: type[PageForm]) -> Mapping[str, tuple[Any, ...]]:
    """What a page says itself of each of its questions."""
    said = {name: getattr(form_class, f"validate_{name}", None) for name in form_class({})._fields}
    return {name: (rule,) if rule else () for name, rule in said.items()}


def fields_of(form_class: type[PageForm]) -> list[Asked]:
    """The questions of a page, in order, unbound from any request."""
    return [field for field in form_class({}) if isinstance(field, Asked)]


@cache
def controls_of(form_class: type[PageForm]) -> Mapping[str, int]:
    """Every control's name of a page, and how many letters of it are kept at most; found once."""
    return {name: field.room() for field in fields_of(form_class) for name in field.control_names()}


@cache
def wordings_of(form_class: type[PageForm]) -> Mapping[str, Callable[[], str]]:
    """The questions of a page whose words have a version."""
    return {field.name: field.wording for field in fields_of(form_class) if field.wording}


def wording_of(name: str) -> str:
    """Where the version of a question's wording is kept."""
    return f"{name}-wording"


def typed_of(form_class: type[PageForm], posted: Any) -> dict[str, list[str]]:  # noqa: ANN401  a MultiDict
    """What of a POST belongs to this page: line ends normalised, equal values once; unknown names are left out.

    An answer that came without the version of its wording is one to the wording in force.
    """
    typed = {
        name: list(dict.fromkeys(value.replace("\r\n", "\n").replace("\r", "\n") for value in posted.getlist(name)))
        for name in form_class.names()
    }
    for name, version in wordings_of(form_class).items():  # type: ignore[arg-type]  # as above
        if typed[name] and not typed[wording_of(name)]:
            typed[wording_of(name)] = [version()]
    return typed


def kept_of(form_class: type[PageForm], typed: Answers) -> dict[str, list[str]]:
    """What of it is stored: an answer that there is no room for is given back with its error, and not kept."""
    most = controls_of(form_class)  # type: ignore[arg-type]  # as above
    return {name: list(values) for name, values in typed.items() if sum(map(len, values)) <= most[name]}


def faults_of(form: PageForm) -> list[tuple[str, str, str]]:
    """Field name, id to link to, and message of each question that needs another answer."""
    return [
        (field.name, field.first_control(), str(field.errors[0]))
        for field in form
        if isinstance(field, Asked) and field.errors
    ]


def notes_of(form: PageForm) -> dict[str, str]:
    """What of a validated page could not be read and holds nothing up, by question: how it is written."""
    return {field.name: field.note for field in form if isinstance(field, Asked) and field.note}


def cleaned_of(forms: Iterable[PageForm]) -> dict[str, Any]:
    """The typed values of several pages together."""
    return {field.name: field.data for form in forms for field in form if isinstance(field, Asked)}
