"""What every page is given: the program, the settings, and addresses of static files that change with their content."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask import Flask, current_app, url_for

from app.core.settings import settings


def init_layout(app: Flask, program: Callable[[], Any]) -> None:
    """`program` gives the program in force; the room of programs stands above this one."""
    app.context_processor(lambda: {"program": program(), "settings": settings()})
    app.jinja_env.globals["static_url"] = static_url


def static_url(name: str) -> str:
    """Address of a static file with its digest, so that a browser may keep it."""
    return url_for("static", filename=name, v=digest_of(str(current_app.static_folder), name))


@lru_cache(maxsize=64)
def digest_of(folder: str, name: str) -> str:
    """The first digits of a file's digest."""
    return hashlib.sha256((Path(folder) / name).read_bytes()).hexdigest()[:10]
