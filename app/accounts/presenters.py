"""What the pages of the accounts room show: prepared, worded, frozen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.accounts.domain import Ended
from app.accounts.travel import Typed
from app.core.actor import Role
from config import Settings

SIGNED_OUT = "signed-out"
TYPED_WORDS = "typed_words"  # in `app.extensions`: by endpoint, what a room says of its form
HIDDEN_FIELDS = frozenset({"csrf_token"})

ROLE_NAMES: Mapping[Role, LazyString] = {
    Role.COORDINATOR: _l("Coordinator"),
    Role.CLINICIAN_REVIEWER: _l("Clinician reviewer"),
    Role.ON_CALL_CLINICIAN: _l("On-call clinician"),
    Role.MANAGER: _l("Manager"),
    Role.PRIVACY_OFFICER: _l("Privacy officer"),
    Role.ADMINISTRATOR: _l("Administrator"),
}


@dataclass(frozen=True, slots=True)
class SignInView:
    """The sign-in form: what stands in it, what it carries, what it says."""

    email: str = ""
    next: str = ""
    typed: str = ""
    notice: str = ""
    error: str = ""


@dataclass(frozen=True, slots=True)
class TypedWords:
    """How a room words what was typed on a form of its own: what it is, a label for each field, words for codes.

    A field without a label is sent along and not shown.
    """

    title: str
    labels: Mapping[str, str]
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class TypedField:
    """One field as it was typed, and as it reads; without a label it is not shown."""

    name: str
    label: str
    value: str
    words: str


@dataclass(frozen=True, slots=True)
class TypedView:
    """What was typed, where it would go on a second press (None: nowhere any more), and the way out."""

    title: str
    lead: str
    fields: tuple[TypedField, ...]
    action: str | None
    home: str


def ended_notice(ended: str | None, given: Settings) -> str:
    """Why the person has to sign in, or nothing."""
    if ended == Ended.IDLE:
        return str(_("You were signed out after %(minutes)d minutes without use.", minutes=given.idle_minutes))
    if ended == Ended.ABSOLUTE:
        return str(_("You were signed out: a session ends after %(hours)d hours.", hours=given.absolute_hours))
    if ended == Ended.REVOKED:
        return str(_("Your session was ended. Sign in again."))
    if ended == SIGNED_OUT:
        return str(_("You are signed out, here and on every other device."))
    return ""


def kept_notice(minutes: int) -> str:
    """What was typed is carried along."""
    return str(
        _(
            "What you were writing is kept for %(minutes)d minutes: sign in with the same account to see it.",
            minutes=minutes,
        )
    )


def too_long_notice() -> str:
    """What was typed could not be carried; saying so is all that is left."""
    return str(_("What you were writing is too long to be kept. Go back in your browser and copy it first."))


def refused_words(given: Settings) -> str:
    """The one answer to every failed sign-in: it tells nobody which accounts there are."""
    return str(
        _(
            "We could not sign you in. Check the email address and the password. "
            "After %(failures)d wrong tries an account is locked for %(minutes)d minutes.",
            failures=given.lockout_failures, minutes=given.lockout_minutes,
        )
    )  # fmt: skip


def stale_words() -> str:
    """The sign-in form itself was too old."""
    return str(_("This page was open for too long. Please sign in once more."))


def busy_words() -> str:
    """Too many tries from one network address, whoever they were for."""
    return str(_("Many people tried to sign in from your network just now. Wait a few minutes and try again."))


def typed_view(typed: Typed, *, signed_out: bool, action: str | None, home: str, words: TypedWords | None) -> TypedView:
    """What was typed, to be read first and sent by a second press."""
    title = _("You were signed out while writing") if signed_out else _("This was not saved yet")
    lead = _("This is what you typed. Nothing was saved. Look at it, then send it or let it go.")
    if action is None:
        lead = _("This is what you typed. Nothing was saved. Its page is not open to you now: copy what you need.")
    fields = tuple(typed_field(name, value, words) for name, value in typed.fields if name not in HIDDEN_FIELDS)
    return TypedView(f"{title}: {words.title}" if words else title, lead, fields, action, home)


def typed_field(name: str, value: str, words: TypedWords | None) -> TypedField:
    """One field, in the words of its form where they are known."""
    if words is None:
        return TypedField(name, label_of(name), value, value)
    return TypedField(name, words.labels.get(name, ""), value, words.values.get(name, value))


def dropped_view(home: str) -> TypedView:
    """It belonged to somebody else, or its time was over."""
    return TypedView(
        _("You are signed in"),
        _("What was being written before belonged to somebody else, or was too old. It was not kept."),
        (), None, home,
    )  # fmt: skip


def label_of(name: str) -> str:
    """A readable name for a form's field."""
    words = name.replace("-", " ").replace("_", " ").strip()
    return words[:1].upper() + words[1:]
