"""Pages that anybody may read: home, further reading, privacy, accessibility."""

from __future__ import annotations

from flask import Blueprint, Response, render_template

from app.core.errors import NotFound
from app.programs.addresses import at_own_address, entered
from app.programs.look import stylesheet
from app.programs.service import hospital, own_texts
from app.web.access import public

bp = Blueprint("pages", __name__)
at_own_address(bp)


@bp.get("/")
@bp.get("/p/<program>")
@public
def home() -> str:
    """Emergency first, then two doors that cannot be confused; a program's own page has its doors only."""
    found, own = hospital(), entered()
    promise = (own or found.program_or_default(found.folder.default_program)).promises.routine
    return render_template("pages/home.html", promise=promise)


@bp.get("/learn/<slug>")
@public
def reading(slug: str) -> str:
    """Something to read, hosted here."""
    for one in own_texts().readings:
        if one.slug == slug:
            return render_template("pages/reading.html", reading=one)
    raise NotFound


@bp.get("/look.css")
@public
def look() -> Response:
    """The hospital's colors. Its address changes with the version in force, so that a browser may keep it."""
    return Response(stylesheet(hospital().folder.look), mimetype="text/css")


@bp.get("/mark.svg")
@public
def mark() -> Response:
    """The hospital's mark."""
    return Response(hospital().mark, mimetype="image/svg+xml")


@bp.get("/privacy")
@public
def privacy() -> str:
    """The privacy notice with its version."""
    return render_template("pages/privacy.html")


@bp.get("/accessibility")
@public
def accessibility() -> str:
    """What was tested, and what was not."""
    return render_template("pages/accessibility.html")
