"""A page of every part of the public pages and the desk's forms, for tests and pictures only: never part of the app."""

from __future__ import annotations

from pathlib import Path

from flask import Flask, render_template_string

from app.drafts.printing import Fault
from app.web.access import public
from app.web.dates import DateParts
from app.web.fields import Agree, Area, Checks, Choice, PageForm, Select, Text, YesNo
from app.web.specs import specs_of

TEMPLATE = Path(__file__).parent / "data" / "components.html"
OPTIONS = (("one", "One"), ("two", "Two", "With a hint"))
MONTH = "Write the month as a word or a number, like March or 3"


class Parts(PageForm):
    """One question of each kind."""

    name = Text("A line", hint="With a hint")
    phone = Text("A line that is wrong", needed="Write a phone number with its area code")
    born = DateParts("A date that is wrong", needed="Write the date")
    pick = Choice("One of a few", OPTIONS)
    yes = YesNo("Yes or no")
    ticks = Checks("Several of a few", OPTIONS)
    listed = Select("One of many", OPTIONS)
    words = Area("Many words")
    agree = Agree("You may call or write to me.")


def add_components(app: Flask) -> None:
    """Serve the page at /components, before the first request."""
    app.add_url_rule("/components", "components", components)


@public
def components() -> str:
    """Every part once, some filled in, some wrong."""
    answers = {
        "name": ["Noa"],
        "born-month": ["13"],
        "pick": ["two"],
        "yes": ["yes"],
        "ticks": ["one"],
        "agree": ["yes"],
    }
    faults = {
        "phone": Fault("phone", "Write a phone number with its area code"),
        "born": Fault("born-month", MONTH),
    }
    return render_template_string(
        TEMPLATE.read_text(encoding="utf-8"), specs=specs_of(Parts), answers=answers, faults=faults
    )
