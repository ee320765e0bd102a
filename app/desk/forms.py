"""The desk's forms: what each act posts. WTForms parses; the rules live in `cases`."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import BooleanField, StringField, TextAreaField
from wtforms.validators import Length, ValidationError

from app.web.fields import BROKEN, UNREADABLE_LINES


def readable(_form: FlaskForm, field: StringField) -> None:
    """As at the doors: control characters and broken encoding are named, not stored."""
    if UNREADABLE_LINES.search(field.data or ""):
        raise ValidationError(str(BROKEN))


class SearchForm(FlaskForm):
    """The search box."""

    q = StringField(validators=[Length(max=200)])


class AssignForm(FlaskForm):
    """Who gets the case; `seen` is who had it on the page."""

    seen = StringField()
    assignee = StringField()


class StatusForm(FlaskForm):
    """Where the case goes; `seen` is where it stood on the page."""

    seen = StringField()
    to = StringField()
    then = StringField()
    reason = TextAreaField(validators=[readable, Length(max=4000)])


class UndoForm(FlaskForm):
    """Which step is taken back, by its line of the timeline."""

    done = StringField()


class HandOverForm(FlaskForm):
    """Which program gets the case; `seen` is the one that had it on the page."""

    seen = StringField()
    to = StringField()
    reason = TextAreaField(validators=[readable, Length(max=4000)])


class LookedForm(FlaskForm):
    """Which change was looked at, by its instant."""

    seen = StringField()


class StopForm(FlaskForm):
    """Whom not to contact any more, or not before somebody found out; `kind` is which of the two."""

    kind = StringField()
    reason = TextAreaField(validators=[readable, Length(max=4000)])


class DiedForm(FlaskForm):
    """The child has died: name and birth date are typed, so that it is this child's case."""

    name = StringField(validators=[readable, Length(max=200)])
    birth_date = StringField(validators=[Length(max=10)])
    reason = TextAreaField(validators=[readable, Length(max=4000)])


class LiftForm(FlaskForm):
    """What is taken back; `seen` is what stood on the page."""

    seen = StringField()
    reason = TextAreaField(validators=[readable, Length(max=4000)])


class RecordsForm(FlaskForm):
    """Where the ticked records stand, or what a party is asked for."""

    to = StringField()
    party = StringField()
    reason = StringField(validators=[readable, Length(max=1000)])
    line = StringField(validators=[readable, Length(max=300)])


class NoteForm(FlaskForm):
    """An internal note."""

    body = TextAreaField(validators=[readable, Length(max=10_000)])


class ContactForm(FlaskForm):
    """A try to reach a party."""

    party = StringField()
    channel = StringField()
    outcome = StringField()
    interpreter = BooleanField()
    despite = TextAreaField(validators=[readable, Length(max=4000)])
    detail = TextAreaField(validators=[readable, Length(max=4000)])


def first_fault(form: FlaskForm) -> str | None:
    """The first thing to mend, if any."""
    return next((str(fault) for faults in form.errors.values() for fault in faults), None)


class MoveForm(FlaskForm):
    """Where a file goes and why; `sure` once the child's name was read back."""

    to = StringField(validators=[readable, Length(max=40)])
    reason = StringField(validators=[readable, Length(max=500)])
    sure = StringField()
