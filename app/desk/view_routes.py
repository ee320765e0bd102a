"""Looking at a file on the desk: one page of it as a picture that the server made, on a page that may run nothing.

A clean file needs no more; one that could not be scanned needs a permission and a reason, which stays on its case.
"""

from __future__ import annotations

import base64
import uuid

from flask import current_app, make_response, render_template, request, url_for
from flask_babel import gettext as _
from itsdangerous import BadSignature, URLSafeTimedSerializer
from werkzeug.utils import redirect
from werkzeug.wrappers import Response

from app.audit.domain import Action
from app.audit.service import record as audit
from app.cases.change import change
from app.cases.models import Case
from app.core.actor import Permission
from app.core.clock import now
from app.core.database import db, end_reading, transaction
from app.core.errors import NotAllowed, Refused
from app.desk.case_routes import find
from app.desk.file_routes import files_page
from app.desk.message_routes import bp as bp  # noqa: PLC0414  joined by the factory from here
from app.records.domain import ScanState
from app.records.downloads import file_of, reader_of
from app.records.kinds import KINDS
from app.records.listing import views
from app.records.models import File
from app.records.pictures import SHOWN, NotDrawn, Why, page_of
from app.web.access import current_actor, requires

LOOKED = 30 * 60  # seconds that a reason holds for
# Nothing runs, nothing is loaded but the style of our pages; the picture stands in the page itself.
ALONE = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; font-src 'self'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'; sandbox allow-same-origin allow-forms"
)


def signer() -> URLSafeTimedSerializer:
    """Notes that somebody gave a reason."""
    return URLSafeTimedSerializer(current_app.secret_key or "", salt="opened unscanned")


def has_reason(file: File) -> bool:
    """Whether this person gave one for this file a while ago."""
    try:
        said = signer().loads(request.args.get("reason", ""), max_age=LOOKED)
    except BadSignature:
        return False
    return bool(said == [str(file.id), str(current_actor().id)])


@bp.get("/cases/<reference>/files/<uuid:file_id>/view")
@requires(Permission.READ_CASES)
def view_file(reference: str, file_id: uuid.UUID) -> Response | tuple[Response | str, int]:
    """One page of it; who looked is on the trail before anything is drawn."""
    case = find(db.session(), reference, Permission.READ_CASES)
    file = file_of(db.session(), case.id, file_id)
    asks = file.scan_state == ScanState.FAILED and not has_reason(file)
    if file.media_type not in SHOWN or file.scan_state in {ScanState.PENDING, ScanState.INFECTED}:
        return files_page(case, (_("This file cannot be shown here."),)), 403
    if asks and not current_actor().may(Permission.OPEN_UNSCANNED, case.program):
        raise NotAllowed
    if asks:
        return shown(case, file, asks=True), 200
    number = max(1, request.args.get("page", 1, int))
    with transaction() as writing:
        audit(
            writing, current_actor(), Action.FILE_OPENED, subject_kind="file", subject_id=file.id, program=case.program,
            detail={"page": number},
        )  # fmt: skip
    reader = reader_of(db.session(), file)
    end_reading(db.session())
    try:
        count, picture = page_of(KINDS[file.media_type], reader.all(), number)
    except NotDrawn as fault:
        return shown(case, file, fault=why_words(fault.why)), 503 if fault.why is Why.BUSY else 422
    drawn = "data:image/jpeg;base64," + base64.b64encode(picture).decode()
    return shown(case, file, drawn=drawn, number=min(number, count), count=count)


def shown(
    case: Case, file: File, *, asks: bool = False, fault: str = "", drawn: str = "", number: int = 1, count: int = 1
) -> Response:
    """The page, under a policy of its own."""
    (view,) = views(db.session(), [file])
    response = make_response(render_template(
        "desk/view.html", reference=case.reference, file=view, asks=asks, fault=fault, drawn=drawn, number=number,
        count=count, reason=request.args.get("reason"),
    ))  # fmt: skip
    response.headers["Content-Security-Policy"] = ALONE
    return response


@bp.post("/cases/<reference>/files/<uuid:file_id>/view")
@requires(Permission.OPEN_UNSCANNED)
def view_unscanned(reference: str, file_id: uuid.UUID) -> Response | tuple[Response, int]:
    """A typed reason, on the timeline and the trail; then the pages, for a while."""
    case = find(db.session(), reference, Permission.OPEN_UNSCANNED)
    file = file_of(db.session(), case.id, file_id)
    reason = request.form.get("reason", "").strip()[:500]
    if file.scan_state != ScanState.FAILED or file.media_type not in SHOWN:
        raise Refused(_("This file cannot be shown here."))
    if not reason:
        return shown(case, file, asks=True, fault=_("Say why you need to look at it.")), 422
    with transaction() as session, change(session, [case.id], current_actor(), Permission.OPEN_UNSCANNED, now()) as act:
        act.record("file_opened_unscanned", subject_id=file.id, detail={"reason": reason})
        audit(
            session, current_actor(), Action.FILE_OPENED, subject_kind="file", subject_id=file.id, program=case.program,
            reason=reason,
        )  # fmt: skip
    note = signer().dumps([str(file.id), str(current_actor().id)])
    return redirect(url_for("desk.view_file", reference=reference, file_id=file.id, reason=note), 303)


def why_words(why: Why) -> str:
    """What to do instead."""
    return {
        Why.UNREADABLE: _("This file is damaged, or no picture can be made of it. Ask the sender to save it anew."),
        Why.TOO_LARGE: _("This is more than can be shown here. Save it, or ask the sender for smaller parts."),
        Why.LOCKED: _("This file has a password. Ask the sender for one without."),
        Why.BUSY: _("Many files are being looked at just now. Try again in a moment."),
    }[why]
