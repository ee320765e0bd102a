"""Writes docs/settings.md from the fields of `Settings`: `.venv/bin/python -m tests.house.settings_page`."""

from __future__ import annotations

from dataclasses import fields

from config import ROOT, Settings


def page() -> str:
    """The table."""
    lines = [
        "# Settings",
        "",
        "Every setting is an environment variable. All faults are reported together at the start.",
        "This page is made from `config.py`; a test holds the two together.",
        "",
        "| Variable | Default | What it decides |",
        "|---|---|---|",
    ]
    for one in fields(Settings):
        default = str(one.default).replace(f"{ROOT}/", "") if str(one.default) else "empty"
        lines.append(f"| `{one.name.upper()}` | {default} | {one.metadata['doc']} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    (ROOT / "docs" / "settings.md").write_text(page(), encoding="utf-8")
