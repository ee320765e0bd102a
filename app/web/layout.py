"""What every page is given: the program, the settings, the parts that are the same on every page, static addresses."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

from flask import Flask, current_app, render_template, request, url_for
from markupsafe import Markup

from app.core.settings import settings
from app.web.i18n import tag

MOST_PARTS = 200


def init_layout(app: Flask, given: Callable[[], dict[str, Any]], edition: Callable[[], str]) -> None:
    """`given` is what every template knows of the hospital, `edition` changes with it; its room stands above this one."""
    app.context_processor(lambda: {**given(), "settings": settings()})
    app.extensions["edition"] = edition
    app.jinja_env.globals["static_url"] = static_url
    app.jinja_env.globals["part"] = part
    # Every page draws with these: an import in each template would be made anew in each rendering.
    app.jinja_env.globals["icon"] = app.jinja_env.get_template("macros/icons.html").module
    app.jinja_env.globals["draw"] = app.jinja_env.get_template("macros/drawings.html").module
    app.extensions["parts"] = {}


def part(name: str, form: str = "", query: str = "") -> Markup:
    """A part of the page that is the same for everybody, made once for each language. Nothing personal may stand in it.

    `form` is the id of a form whose answers no button of the part may lose, `query` what must stay in the address.
    """
    made = cast("dict[tuple[str, ...], Markup]", current_app.extensions["parts"])
    key = (name, form, query, tag(), str(request.blueprint), request.script_root, current_app.extensions["edition"]())
    if key not in made:
        if len(made) >= MOST_PARTS:
            made.clear()
        made[key] = Markup(render_template(f"parts/{name}.html", form=form, query=query))  # nosec B704  # noqa: S704  our own template escapes what it prints
    return made[key]


def static_url(name: str) -> str:
    """Address of a static file with its digest, so that a browser may keep it."""
    return url_for("static", filename=name, v=digest_of(str(current_app.static_folder), name))


@lru_cache(maxsize=64)
def digest_of(folder: str, name: str) -> str:
    """The first digits of a file's digest."""
    return hashlib.sha256((Path(folder) / name).read_bytes()).hexdigest()[:10]
