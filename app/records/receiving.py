"""Files of a plain form: each part is sealed while it is read; one that is refused takes no other with it."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import request
from flask_babel import gettext as _
from werkzeug.exceptions import RequestEntityTooLarge

from app.core.errors import Refused
from app.core.settings import settings
from app.records.domain import name_as_typed
from app.records.pieces import SealedWriter
from app.records.stores import StoreAway, store
from app.records.uploads import Arriving, Moved, Target, begin, let_go, refuse_size, take
from app.web.requests import own_request

MOST_AT_ONCE = 20  # files of one form: each is put on the disk for good before the next; the page's words say twenty
AT_ONCE = 2  # such forms in one process: each holds one of its few threads
PATIENCE = 2.0  # seconds
places = threading.BoundedSemaphore(AT_ONCE)


class NotReceived(Exception):
    """Nothing of a form was kept; `message` is for its sender."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.message, self.status = message, status


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one file; `fault` in words for its sender, None when it is kept."""

    name: str
    fault: str | None


class Part(io.RawIOBase):
    """What the form's parser writes one file to. It winds back when the part is over: only then is it whole."""

    def __init__(self, target: Target, name: str) -> None:
        self.target, self.name = target, name
        self.arriving: Arriving | None = None
        self.writer: SealedWriter | None = None
        self.size, self.whole = 0, False
        self.fault: str | None = None

    def write(self, data: Any) -> int:  # noqa: ANN401  any bytes
        """Seal more; after a refusal the rest passes by."""
        if self.fault is None:
            try:
                self.keep(bytes(data))
            except Refused as refused:
                self.drop(refused.message)
            except StoreAway:
                self.drop(away_words())
        return len(data)

    def keep(self, data: bytes) -> None:
        """The row first, then the bytes."""
        if self.writer is None:
            self.arriving = begin(self.target, self.name, None)
            self.writer = SealedWriter(store(), self.arriving.key, self.arriving.id)
        self.size += len(data)
        refuse_size(self.size)
        self.writer.write(data)

    def seek(self, _offset: int, _whence: int = 0) -> int:
        """The part is over."""
        self.whole = True
        return 0

    def finish(self) -> Outcome:
        """Make it a file, or say why not."""
        if self.fault is None:
            try:
                self.end()
            except Refused as refused:
                self.fault = refused.message
            except (StoreAway, Moved):
                self.drop(away_words())
        return Outcome(self.name, self.fault)

    def end(self) -> None:
        """All that is left to do with a file that has arrived."""
        if not self.whole:
            self.drop(_("It did not arrive whole. Please send it again."))
        elif self.arriving is None or self.writer is None:
            raise Refused(_("This file is empty. Choose it again."))
        else:
            take(self.arriving, self.writer.end(last=True))

    def drop(self, fault: str) -> None:
        """Refuse it, and let go of what is stored."""
        self.fault = fault
        if self.arriving is not None:
            try:
                let_go(self.arriving)
            except StoreAway:
                return  # its hours end it


def away_words() -> str:
    """The store's fault is ours."""
    return _("We could not keep it just now. That is our mistake: try again in a few minutes, or call us.")


def receive_files(target: Target, check: Callable[[], None] = lambda: None) -> tuple[Outcome, ...]:
    """Read the present request's form, its files sealed as they come, and say what became of each.

    `check` may raise once the form was read: nothing is kept then. Raises NotReceived.
    """
    if not places.acquire(timeout=PATIENCE):
        raise NotReceived(
            _("Many files come just now, and we could not take these. Wait a minute and send them again, or call us."),
            503,
        )
    parts: list[Part] = []
    try:
        read(target, parts)
        check()
        return tuple(part.finish() for part in parts)
    except BaseException as fault:
        for part in parts:
            if part.fault is None:
                part.drop("")
        if isinstance(fault, RequestEntityTooLarge):
            raise NotReceived(too_much(), 413) from None
        raise
    finally:
        places.release()


def read(target: Target, parts: list[Part]) -> None:
    """Read the form; each file becomes a part as it begins. Raises RequestEntityTooLarge."""

    def keep(name: str) -> Part:
        if len(parts) == MOST_AT_ONCE:
            raise RequestEntityTooLarge
        parts.append(Part(target, name))
        return parts[-1]

    own_request().keep_file = keep
    own_request().max_content_length = settings().max_file_bytes + settings().max_form_bytes
    request.form  # noqa: B018  reading it is the work


def words_of(outcome: Outcome) -> str:
    """Which file, and what is wrong with it."""
    return f"{name_as_typed(outcome.name)}: {outcome.fault}"


def too_often() -> str:
    """Of a sender's limit."""
    return _("Many files came just now. Wait a few minutes and try again, or call us.")


def too_much() -> str:
    """Of all that was sent at once."""
    return _(
        "Send up to %(most)s MB and twenty files at once: nothing of this was kept.",
        most=settings().max_file_bytes // 1_000_000,
    )
