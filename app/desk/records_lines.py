"""Lines of the timeline about records and the second clock."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from flask_babel import gettext as _
from flask_babel import ngettext

from app.cases.checklist_domain import ItemState
from app.cases.domain import WaitingOn
from app.cases.story import EventView
from app.desk.presenters import exact
from app.desk.records_words import STATE_WORDS
from app.desk.words import WAITING_WORDS
from app.programs.service import hospital
from app.records.checklist_view import item_words

KINDS = frozenset(
    {
        "record_marked", "records_complete", "records_missing_again", "clock_paused", "clock_goes_on",
        "records_asked", "records_chased", "request_failed", "request_sent", "file_moved",
    }
)  # fmt: skip


def record_line(event: EventView, whom: str) -> tuple[str, str]:
    """Icon and sentence."""
    kind, old, new = event.row.kind, event.row.old_value or "", event.row.new_value or ""
    detail = event.detail if isinstance(event.detail, dict) else {}
    if kind == "file_moved":
        return "swap", (
            _("A file was moved to %(case)s", case=detail["to"]) if "to" in detail
            else _("A file was moved here from %(case)s", case=detail["from"])
        )  # fmt: skip
    if kind == "record_marked":
        states = {"old": STATE_WORDS[ItemState(old)], "new": STATE_WORDS[ItemState(new)]}
        return "check", _("%(item)s: %(old)s → %(new)s", item=item_words(detail.get("item", "")), **states)
    if kind == "records_complete":
        due = exact(datetime.fromisoformat(new), hospital().zone) if new else ""
        return "check", _("Records complete: the decision is due %(due)s", due=due)
    if kind == "records_missing_again":
        return "alert", _("A record is missing again: the clock to a decision has stopped")
    if kind == "clock_paused":
        return "hourglass", _("The clock to a decision stands still: waiting on %(whom)s", whom=waited(new))
    if kind == "clock_goes_on":
        return "clock", _("The clock to a decision goes on: no longer waiting on %(whom)s", whom=waited(new))
    if kind == "request_failed":
        return "alert", _("The letter about records could not be delivered: call %(whom)s", whom=whom)
    if kind == "request_sent":
        return "mail", _("The request went out by text") if new == "text" else _("The request went out by mail")
    items = detail.get("items", ())
    asked = _("Asked %(whom)s for %(items)s") if kind == "records_asked" else _("Asked %(whom)s again for %(items)s")
    return "mail", asked % {"whom": whom, "items": named(items)}


def waited(code: str) -> str:
    """Who was waited for."""
    return str(WAITING_WORDS[WaitingOn(code)]) if code in set(WaitingOn) else "?"


def named(items: Sequence[str]) -> str:
    """The first three by name, the rest as a count."""
    names, more = [item_words(item) for item in items[:3]], len(items) - 3
    if more > 0:
        names.append(ngettext("%(num)s more", "%(num)s more", more))
    return ", ".join(names)
