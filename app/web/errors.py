"""One friendly page for everything that goes wrong: what happened, what to do, the phone; never a trace."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Flask, render_template, request
from flask_babel import lazy_gettext as _l
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException

from app.core.database import db
from app.core.errors import Conflict, NotAllowed, NotFound, Refused
from app.core.logs import log

# Title, then what to do.
WORDS: Mapping[int, tuple[object, object]] = {
    400: (_l("We could not read that"), _l("Go back and try again. What you saved before is still there.")),
    403: (_l("This page is not open to you"), _l("If you think it should be, ask the person who set up your account.")),
    404: (_l("We could not find that page"), _l("The link may be old or not whole. Start again from the home page, or call us.")),
    405: (_l("That does not work here"), _l("Go back and use the buttons on the page.")),
    409: (_l("Somebody else was quicker"), _l("Nothing of yours was lost. Go back, look again, and decide.")),
    413: (_l("That is more than we can take at once"), _l("What you just sent was not kept; what you saved before is. Go back: if your text is still there, shorten it and send it again.")),
    429: (_l("Please wait a little"), _l("Many forms came from your network just now. Wait a few minutes and try again, or call us.")),
    500: (_l("Sorry, something broke on our side"), _l("What you saved before is still there. Try again in a few minutes, or call us.")),
    503: (_l("Sorry, we are busy for a moment"), _l("What you saved before is still there. Try again in a minute, or call us.")),
}  # fmt: skip


def init_errors(app: Flask) -> None:
    """Every error ends on the one page."""
    app.register_error_handler(HTTPException, on_http)
    app.register_error_handler(CSRFError, lambda _error: friendly(400))
    app.register_error_handler(NotFound, lambda _error: friendly(404))
    app.register_error_handler(NotAllowed, lambda _error: friendly(403))
    app.register_error_handler(Conflict, lambda error: friendly(409, error.message))
    app.register_error_handler(Refused, lambda error: friendly(400, error.message))
    app.register_error_handler(OperationalError, on_database)
    app.register_error_handler(PoolTimeout, on_database)
    app.register_error_handler(Exception, on_fault)


def on_http(error: HTTPException) -> Any:  # noqa: ANN401  whatever Flask answers with
    """Keep redirects as they are; everything else gets its words."""
    code = error.code or 500
    if code < 400:
        return error
    page, status = friendly(code if code in WORDS else (400 if code < 500 else 500))
    if code == 405 and error.get_response().headers.get("Allow"):
        return page, status, {"Allow": error.get_response().headers["Allow"]}
    return page, status


def on_database(error: Exception) -> tuple[str, int]:
    """Busy or away: nothing was stored by half."""
    log().error("database_unavailable", fault=type(error).__name__, path=request.endpoint)
    db.session.rollback()
    return friendly(503)


def on_fault(error: Exception) -> tuple[str, int]:
    """A fault of ours: its type is logged, its text never (it could hold what somebody typed)."""
    log().error("fault", fault=fault_place(error), endpoint=request.endpoint)
    db.session.rollback()
    return friendly(500)


def fault_place(error: BaseException) -> str:
    """Type and place of a fault: file and line, no values."""
    trace, place = error.__traceback__, ""
    while trace is not None:
        place = f"{trace.tb_frame.f_code.co_filename.rpartition('/app/')[2]}:{trace.tb_lineno}"
        trace = trace.tb_next
    return f"{type(error).__name__} at {place}"


def friendly(code: int, message: str | None = None) -> tuple[str, int]:
    """The page for a code, with a rule's own words where there are any."""
    title, advice = WORDS[code]
    return render_template("error.html", code=code, title=title, advice=message or advice), code
