"""What a door is: its pages, how to send, and what differs from the other door."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flask_babel import LazyString
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from app.core.errors import NotFound
from app.drafts.service import Draft, new_handle
from app.web.fields import AS_WRITTEN, Asking, PageForm

CHECK = "check"
ELSEWHERE = "elsewhere"  # kept with the answers: the page that says where to go instead was shown


@dataclass(frozen=True, slots=True)
class FormPage:
    """One page of a door."""

    slug: str
    title: LazyString
    form: type[PageForm]


@dataclass(frozen=True, slots=True)
class Sent:
    """What a handle has sent before. The answers as typed, and the receipt's address, are None when too long ago."""

    submission_id: uuid.UUID
    case_id: uuid.UUID
    program: str
    answers: dict[str, list[str]] | None
    receipt_url: str | None
    reference: str
    amended: bool


@dataclass(frozen=True, slots=True)
class Door:
    """How one door differs. `send` receives the whole form inside a transaction and returns where to go next.

    `about_sender` names the answers that go over to a form about another child, `another_page` where that begins;
    `context` gives its templates what follows from the answers so far and names nobody, `missing` what may still be added, `files` what lies with the form;
    `asking` says what the hospital's folder leaves out or requires for these answers;
    `elsewhere` says whether others treat this disease: one page says where to go, and the form goes on all the same.
    """

    kind: str
    room: str  # whose templates it has
    at: str  # whose views
    pages: tuple[FormPage, ...]
    check_form: type[PageForm]
    program: Callable[[], str]
    sent: Callable[[Connection, str], Sent | None]
    send: Callable[[Session, Draft, Mapping[str, Any], datetime], str]
    fresh: Callable[[], str] = new_handle  # the handle of a new form
    by_staff: bool = False  # filled by somebody who is signed in: no limit of the public, no field for machines
    about_sender: frozenset[str] = frozenset()
    another_page: str = ""
    asking: Callable[[Mapping[str, list[str]]], Asking] = field(default=lambda _answers: AS_WRITTEN)
    elsewhere: Callable[[Mapping[str, list[str]]], bool] = field(default=lambda _answers: False)
    context: Callable[[Mapping[str, list[str]]], Mapping[str, Hashable]] = field(default=lambda _answers: {})
    missing: Callable[[Draft, Mapping[str, Any], Iterable[str]], tuple[str, ...]] = field(
        default=lambda _draft, _cleaned, _unread: ()
    )

    files: Callable[[Draft], Sequence[Any]] = field(default=lambda _draft: ())

    def page(self, slug: str) -> FormPage:
        """The page of this name. Raises NotFound."""
        for one in self.pages:
            if one.slug == slug:
                return one
        raise NotFound

    def before(self, slug: str) -> str:
        """The page before this one; the first has none."""
        slugs = [one.slug for one in self.pages]
        return slugs[max(slugs.index(slug) - 1, 0)]

    def following(self, slug: str) -> str:
        """The page after this one, at last the check page."""
        slugs = [one.slug for one in self.pages]
        place = slugs.index(slug) + 1
        return slugs[place] if place < len(slugs) else CHECK
