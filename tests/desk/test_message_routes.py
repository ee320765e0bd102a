"""The composer: its own page and words, a preview that binds, and one that every reader may see but few may use."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.cases.models import Case
from app.cases.models_work import Message
from app.core.clock import now
from app.core.database import db
from tests.messaging import Family
from tests.pages import Browser, words
from tests.sending import set_rows

pytestmark = pytest.mark.parametrize("make_app", ["sqlite"], indirect=True)
ENGLISH = {"preferred_language": "en"}


def sent(app: Flask, *directions: str) -> int:
    """How many messages there are, of both directions unless one is named."""
    with app.app_context():
        which = Message.direction.in_(directions or ("in", "out"))
        return db.session.execute(select(func.count()).select_from(Message).where(which)).scalar_one()


def test_what_was_not_previewed_word_for_word_is_shown_again_and_not_sent(
    staffed: Flask, clock: Any, desk: Browser
) -> None:
    family = Family(staffed, answers=ENGLISH)
    desk.get(family.thread)
    for mark in ("", "0123456789abcdef"):
        answer = desk.post(family.thread, {"act": "send", "text": "Hello", "shown": mark})
        assert "What Odalys will see" in words(answer)
    assert sent(staffed) == 0
    mark = desk.hidden("shown")
    other = desk.post(family.thread, {"act": "send", "text": "Other words", "shown": mark})
    assert "Other words" in words(other)
    assert sent(staffed) == 0
    back = desk.post(family.thread, {"act": "edit", "text": "Other words"})
    assert "Other words</textarea>" in back.text
    desk.post(family.thread, {"act": "preview", "text": "Other words"})
    assert (
        desk.post(family.thread, {"act": "send", "text": "Other words", "shown": desk.hidden("shown")}).status_code
        == 303
    )
    assert sent(staffed) == 1


def test_what_came_while_somebody_wrote_is_shown_first_and_still_waits(
    staffed: Flask, clock: Any, desk: Browser
) -> None:
    family = Family(staffed, answers=ENGLISH)
    family.enter()
    family.write("May we come on Friday?")
    desk.get(family.thread)
    reply = {"act": "preview", "text": "Yes, come on Friday."}
    for act, late in (("preview", "She has a fever now."), ("send", "We are at the hospital.")):
        known = {name: desk.hidden(name) for name in ("seen", "shown")}
        clock.shift(1)
        family.write(late)
        answer = desk.post(family.thread, {**reply, **known, "act": act})
        assert answer.status_code == 422
        assert "They wrote again meanwhile. Nothing was sent" in words(answer)
        assert late in words(answer)
        assert "Yes, come on Friday.</textarea>" in answer.text
        assert (sent(staffed, "out"), family.case().unanswered_at is None) == (0, False)
        assert desk.post(family.thread, {**reply, "seen": desk.hidden("seen")}).status_code == 200
    known = {name: desk.hidden(name) for name in ("seen", "shown")}
    assert desk.post(family.thread, {**reply, **known, "act": "send"}).status_code == 303
    assert (sent(staffed, "out"), family.case().unanswered_at) == (1, None)


@pytest.mark.parametrize("own", ["text", "translation"])
@pytest.mark.parametrize("act", ["preview", "send"])
def test_own_words_beside_a_template_are_never_dropped(
    staffed: Flask, clock: Any, desk: Browser, act: str, own: str
) -> None:
    family = Family(staffed)
    desk.get(family.thread)
    answer = desk.post(family.thread, {"act": act, "template": "tried_to_reach", own: "Bring the scans."})
    assert answer.status_code == 422
    assert "Choose a template or write your own words, not both." in words(answer)
    assert "Bring the scans.</textarea>" in answer.text
    assert sent(staffed) == 0


@pytest.mark.parametrize("act", ["preview", "send", "interpreter", "edit"])
def test_what_was_typed_is_shown_again_where_a_hold_came_meanwhile(
    staffed: Flask, clock: Any, desk: Browser, act: str
) -> None:
    family = Family(staffed)
    desk.get(family.thread)
    set_rows(staffed, Case.__table__.update().values(contact_held_at=now()))
    typed = {"text": "Bring the scans.", "translation": "Traiga las imágenes.", "translated_by": "Inés Robledo"}
    shown = words(desk.post(family.thread, {"act": act, **typed}))
    for said in ("What you wrote was not sent", "Bring the scans.", "Traiga las imágenes."):
        assert said in shown
    assert "Preview" not in shown
    assert "What you wrote" not in words(desk.get(family.thread))


def test_it_names_its_reader_and_the_child_and_is_no_note(staffed: Flask, clock: Any, desk: Browser) -> None:
    family = Family(staffed, answers=ENGLISH)
    shown = words(desk.get(family.thread))
    for said in (
        "Message to Odalys, mother",
        "They read it. It is no internal note.",
        "Itzel Quiñones",
        family.receipt.reference,
    ):
        assert said in shown
    assert "Internal note" not in shown


def test_a_reader_without_the_work_reads_and_cannot_write(staffed: Flask, clock: Any) -> None:
    family, reader = Family(staffed, answers=ENGLISH), Browser(staffed.test_client())
    reader.sign_in("petra.quist")
    assert "Preview" not in words(reader.get(family.thread))
    assert reader.post(family.thread, {"act": "preview", "text": "x"}).status_code == 403


def test_a_party_of_another_case_is_not_found(staffed: Flask, clock: Any, desk: Browser) -> None:
    one, other = Family(staffed), Family(staffed)
    address = one.thread.replace(str(one.party), str(other.party))
    desk.get(one.thread)
    assert desk.post(address, {"act": "preview", "text": "x"}).status_code == 404
    assert desk.get(address).status_code == 404


def test_an_open_case_hears_of_a_message_without_its_words(staffed: Flask, clock: Any, desk: Browser) -> None:
    family = Family(staffed, answers=ENGLISH)
    family.ask()
    for page in (f"/desk/cases/{family.receipt.reference}", family.thread):
        found = re.search(r'data-live="([^"]+)"', desk.get(page).text)
        assert found
        family.enter()
        clock.shift(1)
        family.write(f"Private words {page}")
        said = json.loads(desk.client.get(unescape(found.group(1))).text)["says"]
        assert "A new message came at 10:00 am." in said
        assert "Private" not in said


def test_what_was_being_written_is_kept_when_the_session_ended(staffed: Flask, clock: Any, desk: Browser) -> None:
    family = Family(staffed, answers=ENGLISH)
    desk.get(family.thread)
    clock.shift(timedelta(minutes=16))
    assert desk.post(family.thread, {"act": "send", "text": "Half a letter"}).status_code == 401
    back = desk.sign_in(typed=desk.hidden("typed"))
    assert f"message about case {family.receipt.reference}: it is sent by a second press" in words(back)
    assert 'value="Half a letter" dir="auto" readonly' in back.text
    assert sent(staffed) == 0
    kept = {name: desk.hidden(name) for name in ("act", "text")}
    assert "What Odalys will see" in words(desk.post(family.thread, kept)), "shown first, as any other"
    assert sent(staffed) == 0
