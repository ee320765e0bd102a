"""The files of a case on the desk: the list, adding, sorting, and opening what the scanner found clean."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from flask import render_template, request, url_for
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError, validate_csrf
from werkzeug.utils import redirect
from werkzeug.wrappers import Response
from wtforms.validators import ValidationError

from app.audit.domain import Action
from app.audit.service import record as audit
from app.cases.models import Case
from app.cases.story import identity_of
from app.core.actor import Permission
from app.core.clock import now
from app.core.database import db, transaction
from app.core.errors import Refused
from app.core.sealing import ring
from app.core.settings import settings
from app.desk.case_routes import find, id_or_none
from app.desk.checklist_routes import bp
from app.desk.presenters import exact, full_name, moment
from app.desk.routes import rail_view
from app.programs.service import hospital
from app.records import tus
from app.records.domain import ITEMS
from app.records.downloads import clean_file, download
from app.records.kinds import SUFFIXES
from app.records.listing import ITEM_WORDS, ON_A_PAGE, files_of, scanner_alarm, unfinished_views
from app.records.receiving import NotReceived, receive_files, words_of
from app.records.sorting import sort_files
from app.records.uploads import Target
from app.web.access import current_actor, requires

# One key each, always the same; none of the keys that lead elsewhere.
SORT_KEYS = dict(zip(ITEMS, "1234567890vemhrdpo", strict=True))


@bp.context_processor
def alarms() -> dict[str, Callable[[], str | None]]:
    """Every page of the desk says when files cannot be scanned."""
    return {"scanner_alarm": lambda: scanner_alarm(db.session(), now())}


@bp.get("/cases/<reference>/files")
@requires(Permission.READ_CASES)
def files(reference: str) -> str:
    """Every file of a case; the view is put on the trail first."""
    return files_page(find(db.session(), reference, Permission.READ_CASES), ())


def files_page(case: Case, faults: tuple[str, ...]) -> str:
    """The list, with what was wrong with what was sent just now."""
    actor, at, zone = current_actor(), now(), hospital().zone
    with transaction() as writing:
        audit(writing, actor, Action.FILES_VIEWED, subject_kind="case", subject_id=case.id, program=case.program)
    session = db.session()
    lines, _total = rail_view(session, actor, at, zone, None, None)
    before = id_or_none(request.args.get("before"))
    shown = files_of(session, case.id, before=before)
    works = actor.may(Permission.WORK_CASES, case.program)
    child = identity_of(ring().load(session, case.key_id), case.id, case.identity)
    return render_template(
        "desk/files.html", reference=case.reference, child=full_name(child), rail=lines, faults=faults,
        files=[(one, moment(one.at, at, zone), exact(one.at, zone)) for one in shown],
        older=shown[-1].id if len(shown) == ON_A_PAGE else None, newer=before is not None,
        unfinished=unfinished_views(target(case.reference), where(case.reference)) if works else (),
        items=[(code, str(words), SORT_KEYS[code]) for code, words in ITEM_WORDS.items()], suffixes=SUFFIXES,
        most=settings().max_file_bytes // 1_000_000, works=works,
        unscanned=actor.may(Permission.OPEN_UNSCANNED, case.program),
    )  # fmt: skip


def target(reference: str) -> Target:
    """Who adds, and to what."""
    return Target(find(db.session(), reference, Permission.WORK_CASES).id, None, current_actor())


def where(reference: str) -> Callable[[uuid.UUID], str]:
    """Where an upload is gone on with."""
    return lambda upload_id: url_for("desk.upload", reference=reference, upload_id=upload_id)


@bp.post("/cases/<reference>/files")
@requires(Permission.WORK_CASES)
def add_files(reference: str) -> Response | tuple[str, int]:
    """A plain form. Its token is checked here: the common guard would read the files before anything seals them."""
    to = target(reference)
    try:
        outcomes = receive_files(to, check_token)
    except NotReceived as why:
        return files_page(db.session().get_one(Case, to.case_id), (why.message,)), why.status
    faults = tuple(words_of(one) for one in outcomes if one.fault)
    if not outcomes:
        faults = (_("Choose at least one file."),)
    if faults:
        return files_page(db.session().get_one(Case, to.case_id), faults), 422
    return redirect(url_for("desk.files", reference=reference), 303)


def check_token() -> None:
    """As the common guard does."""
    try:
        validate_csrf(request.form.get("csrf_token"))
    except ValidationError as fault:
        raise CSRFError(str(fault)) from fault


@bp.post("/cases/<reference>/files/sort")
@requires(Permission.WORK_CASES)
def sort(reference: str) -> Response | tuple[str, int]:
    """Onto what a review needs."""
    case = find(db.session(), reference, Permission.WORK_CASES)
    try:
        ids = [one for one in map(id_or_none, request.form.getlist("file")) if one]
        with transaction() as session:
            sort_files(session, case.id, current_actor(), now(), ids=ids, item=request.form.get("item", ""))
    except Refused as refused:
        return files_page(db.session().get_one(Case, case.id), (refused.message,)), 422
    return redirect(url_for("desk.files", reference=reference, _anchor=f"f-{ids[-1]}"), 303)


@bp.get("/cases/<reference>/files/<uuid:file_id>")
@requires(Permission.READ_CASES)
def open_file(reference: str, file_id: uuid.UUID) -> Response | tuple[str, int]:
    """A clean file, to be saved; who opened it is on the trail first."""
    case = find(db.session(), reference, Permission.READ_CASES)
    try:
        file = clean_file(db.session(), case.id, file_id)
    except Refused as refused:
        return files_page(db.session().get_one(Case, case.id), (refused.message,)), 403
    with transaction() as writing:
        audit(
            writing, current_actor(), Action.FILE_OPENED, subject_kind="file", subject_id=file.id, program=case.program,
        )  # fmt: skip
    return download(db.session(), file, original=bool(request.args.get("original")))


@bp.post("/cases/<reference>/uploads")
@requires(Permission.WORK_CASES)
def begin_upload(reference: str) -> Response:
    """A file that a script sends in parts."""
    return tus.create(target(reference), where(reference))


@bp.route("/cases/<reference>/uploads/<uuid:upload_id>", methods=["HEAD", "PATCH", "DELETE"])
@requires(Permission.WORK_CASES)
def upload(reference: str, upload_id: uuid.UUID) -> Response:
    """Where it stands, more of it, or no more of it."""
    return tus.act(target(reference), upload_id)
