"""What a rule says no with. Routes turn these into words beside the cause; nothing personal is in them."""

from __future__ import annotations


class Refused(Exception):
    """A rule said no. `message` is translated, plain and safe to show; `field` names the control it stands beside."""

    def __init__(self, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.field = field


class TooLate(Exception):
    """A form that was sent can no longer be changed: its page says so and gives back what was typed."""


class Conflict(Exception):
    """Somebody changed the same field meanwhile: both values are shown, none is lost."""

    def __init__(self, message: str, *, mine: str, theirs: str) -> None:
        super().__init__(message)
        self.message = message
        self.mine = mine
        self.theirs = theirs


class NotAllowed(Exception):
    """The actor lacks the permission. Answered with 403 and audited."""


class NotFound(Exception):
    """No such thing, or none that this actor may know of. Answered with 404."""
