"""The app that servers and `flask --app wsgi` load."""

from __future__ import annotations

import os

from app import create_app
from config import Settings

app = create_app(Settings.from_environment(os.environ))
