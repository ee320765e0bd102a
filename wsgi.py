"""The app that servers and `flask --app wsgi` load. A server's start is refused where it would not be safe."""

from __future__ import annotations

import os

import click

from app import create_app, make_ready
from config import Settings

app = create_app(Settings.from_environment(os.environ))
# A command must be able to mend what a start refuses.
if click.get_current_context(silent=True) is None:
    make_ready(app)
