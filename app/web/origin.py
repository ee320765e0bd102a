"""Which site's page sent a form, as the browser says: what another site sends is refused before anything is written."""

from __future__ import annotations

from flask import Flask, request
from flask_babel import gettext as _

from app.web.errors import friendly

SENDING = frozenset({"POST", "PUT", "PATCH", "DELETE"})


def init_origin(app: Flask) -> None:
    """Before every other question of a request: no later one may touch the session."""
    app.before_request(refuse_other_sites)


def refuse_other_sites() -> tuple[str, int] | None:
    """A plain page without a token: no cookie is set over that of somebody who is signed in."""
    if request.method in SENDING and origin() == "cross-site":
        return other_page()
    return None


def origin() -> str:
    """The sending page beside ours; a browser that does not say is taken at its token."""
    return request.headers.get("Sec-Fetch-Site", "none")


def is_own() -> bool:
    """Whether a page of this very host sent it, or nobody but the person at the keyboard."""
    return origin() in {"same-origin", "none"}


def other_page() -> tuple[str, int]:
    """The answer to what a page that is not ours sends."""
    return friendly(400, _("Another site sent this, and nothing was changed. Open our own page and do it there."))
