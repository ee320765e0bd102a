"""The settings of the running app, by one name."""

from __future__ import annotations

from typing import cast

from flask import current_app

from config import Settings


def settings() -> Settings:
    """The frozen settings that the current app was created with."""
    return cast("Settings", current_app.extensions["settings"])
