"""What staff add to a form that they fill in for somebody: how it came, and who told it."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from app.web.fields import Choice, Option, PageForm, Text

TOLD = _l("How it came")
READ_OUT = _l("Read these words out. Leave it empty if you did not ask.")
CHANNELS: tuple[Option, ...] = (("phone", _l("Phone")), ("fax", _l("Fax")), ("email", _l("Email")))


class ToldForm(PageForm):
    """The first page of a form by phone, fax or email. The relation stays readable beside the case, the name is sealed."""

    channel = Choice(_l("How did it come?"), CHANNELS, row=True, needed=_l("Choose how it came"))
    told_by = Choice(
        _l("Who told it?"),
        (
            ("sender", _l("The person whom this form is from")),
            ("family", _l("Somebody else of the family")),
            ("practice", _l("Somebody else of the practice or hospital")),
            ("interpreter", _l("An interpreter")),
            ("other", _l("Somebody else")),
        ),
        needed=_l("Choose who told it"),
    )  # fmt: skip
    told_by_name = Text(_l("If somebody else: their name"))
