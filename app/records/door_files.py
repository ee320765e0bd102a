"""The page of a door where papers and photos are added before the form is sent: they stay whatever happens to the form.

Knowing the form's handle is what opens it, as for every other page of the form.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from functools import partial

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.wrappers import Response

from app.cases.domain import Kind
from app.cases.models import Submission
from app.core.actor import PUBLIC
from app.core.database import db
from app.core.errors import NotFound
from app.core.settings import settings
from app.drafts.door import CHECK, Door
from app.drafts.journey import address, kept, readable
from app.drafts.routes import ADDRESSES
from app.drafts.service import Draft, submission_key
from app.records import tus
from app.records.checklist_view import choices
from app.records.drafted import remove_file, sort_drafted
from app.records.kinds import SUFFIXES
from app.records.listing import FileView, files_of_draft, unfinished_views
from app.records.receiving import NotReceived, receive_files, too_often, words_of
from app.records.sorting import items_said
from app.records.uploads import Target
from app.web.access import public
from app.web.limits import may_post

UPLOAD = "uploads/<uuid:upload_id>"


def add_file_views(bp: Blueprint, door: Door) -> None:
    """Give a door its page of files, open to everybody who knows a form's handle."""
    for name, methods, path, act in (
        ("files", ["GET"], "files", show), ("add_files", ["POST"], "files", add),
        ("sort_files", ["POST"], "files/sort", sort),
        ("remove_file", ["POST"], "files/<uuid:file_id>/remove", remove),
        ("begin_upload", ["POST"], "uploads", begin), ("upload", ["HEAD", "PATCH", "DELETE"], UPLOAD, go_on),
    ):  # fmt: skip
        view = public(partial(act, door))
        for place in ADDRESSES:
            bp.add_url_rule(f"{place}/{door.kind}/<handle>/{path}", name, view, methods=methods)


def kept_files(draft: Draft) -> tuple[FileView, ...]:
    """For the check page."""
    return files_of_draft(db.session(), draft.id)


def show(door: Door, handle: str) -> str | Response:
    """What lies here, and a form for more."""
    draft = kept(door, readable(handle))
    if draft is None:
        return redirect(address(door, handle, CHECK), 303)  # which knows where a sent form is
    return page(door, draft, ())


def page(door: Door, draft: Draft, faults: tuple[str, ...]) -> str:
    """The page, with what was wrong with files that came just now."""
    return render_template(
        "journey/files.html", door=door, handle=draft.handle, files=kept_files(draft), faults=faults,
        unfinished=unfinished_views(target(draft), where(door, draft)), suffixes=SUFFIXES,
        most=settings().max_file_bytes // 1_000_000, check=address(door, draft.handle, CHECK),
        choices=choices(plain=door.kind == Kind.INQUIRY),
    )  # fmt: skip


def target(draft: Draft) -> Target:
    """Files go to the form until it is sent."""
    key = submission_key(draft.kind, draft.handle)
    sent = db.session().execute(select(Submission.case_id).where(Submission.key == key)).scalar_one_or_none()
    return Target(None, None, PUBLIC, draft.id, sent)


def where(door: Door, draft: Draft) -> Callable[[uuid.UUID], str]:
    """Where an upload is gone on with."""
    return lambda upload_id: url_for(f"{door.room}.upload", handle=draft.handle, upload_id=upload_id)


def begun(door: Door, handle: str) -> Draft:
    """The form that a file is for. Raises NotFound."""
    draft = kept(door, readable(handle))
    if draft is None:
        raise NotFound
    return draft


def add(door: Door, handle: str) -> Response | tuple[str, int]:
    """A plain form. The address is the secret that allows it, so it needs no token and cannot run out of one."""
    draft = begun(door, handle)
    if not may_post(handle):
        return page(door, draft, (too_often(),)), 429
    try:
        outcomes = receive_files(target(draft))
    except NotReceived as why:
        return page(door, draft, (why.message,)), why.status
    faults = tuple(words_of(one) for one in outcomes if one.fault) if outcomes else (_("Choose at least one file."),)
    if faults:
        return page(door, draft, faults), 422
    return redirect(address(door, handle, CHECK), 303)


def sort(door: Door, handle: str) -> Response | tuple[str, int]:
    """What the sender says that files are."""
    draft = begun(door, handle)
    if not may_post(handle):
        return page(door, draft, (too_often(),)), 429
    sort_drafted(draft.id, items_said(request.form))
    return redirect(url_for(f"{door.room}.files", handle=handle), 303)


def remove(door: Door, handle: str, file_id: uuid.UUID) -> Response:
    """One that is not to be sent; a second press finds it gone."""
    remove_file(begun(door, handle).id, file_id)
    return redirect(url_for(f"{door.room}.files", handle=handle), 303)


def begin(door: Door, handle: str) -> Response:
    """A file that a script sends in parts."""
    draft = begun(door, handle)
    return tus.create(target(draft), where(door, draft)) if may_post(handle) else tus.answer(429, too_often())


def go_on(door: Door, handle: str, upload_id: uuid.UUID) -> Response:
    """Where it stands, more of it, or no more of it."""
    return tus.act(target(begun(door, handle)), upload_id)
