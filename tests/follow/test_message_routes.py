"""Messages on the private page: only after a code, only one's own, and nothing that was written is lost."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.cases.domain import Kind
from app.cases.models import Link, OneTimeCode, Party, Submission
from app.cases.models_work import Message
from app.core.database import db
from app.follow.opened import LASTS
from tests.conftest import add_people
from tests.messaging import Family, sent_by_desk
from tests.pages import Browser, words
from tests.sending import set_rows, work
from tests.services import Mailbox

SECRET_WORDS = "We need the report of the marrow test."


def text_of(letter: Any) -> str:
    """What a person reads."""
    return str(letter.get_payload(decode=True).decode())


def test_the_whole_way_by_a_real_mail_server(
    make_app: Callable[..., Flask], mailbox: tuple[Mailbox, int], clock: Any
) -> None:
    box, port = mailbox
    app = make_app(MAIL_HOST="127.0.0.1", MAIL_PORT=str(port), MAIL_TLS="no")
    add_people(app)
    family, desk = Family(app, answers={"preferred_language": "en"}), Browser(app.test_client())
    desk.sign_in()
    assert sent_by_desk(desk, family, text=SECRET_WORDS).status_code == 303
    assert "Queued" in desk.get(family.thread).text
    work(app)
    assert "Sent: told that it is there" in desk.get(family.thread).text
    (told,) = [one for one in box.letters if one["Subject"] == "A message for you"]
    text = text_of(told)
    assert told["To"] == "odalys@example.org"
    assert "marrow" not in text
    assert not re.search(r"Itzel|Odalys|leuk", text + told["Subject"])
    link = re.search(r"http://[^/]+(/follow/\S+)", text)
    assert link
    family.browser.get(link.group(1))
    assert SECRET_WORDS not in family.browser.page
    family.ask()
    work(app)
    code = re.search(r"\b(\d{6})\b", text_of(box.letters[-1]))
    assert code
    assert family.page not in text_of(box.letters[-1]), "the code travels without the link"
    family.browser.follow(family.open(code.group(1)))
    assert SECRET_WORDS in family.browser.page
    assert "Ana Ribeiro" in family.browser.page
    assert "Opened" in desk.get(family.thread).text
    clock.shift(timedelta(minutes=1))
    assert family.write("Here it is.").status_code == 303
    assert "Here it is." in desk.get(family.thread).text


def test_a_get_shows_no_message_and_uses_nothing_up(staffed: Flask, clock: Any, desk: Browser) -> None:
    family = Family(staffed, answers={"preferred_language": "en"})
    sent_by_desk(desk, family, text=SECRET_WORDS)
    family.ask()
    for path in ("", "/messages", "/messages?asked=1", "/code", "/open"):
        scanner = staffed.test_client()
        answer = scanner.get(family.page + path, follow_redirects=True)
        assert answer.status_code == 200
        assert SECRET_WORDS not in answer.text
        assert scanner.head(family.page + path).status_code in {200, 303}
    assert "1 new message for you." in words(family.browser.get(family.page))
    assert family.open().status_code == 303
    assert "new message" not in words(family.browser.get(family.page))


def test_mother_and_father_and_the_practice_read_each_their_own(staffed: Flask, clock: Any, desk: Browser) -> None:
    mother = Family(staffed, answers={"preferred_language": "en"})
    practice = Family(staffed, Kind.REFERRAL)
    join(staffed, practice, mother)
    sent_by_desk(desk, mother, text="Only for the mother")
    mother.enter()
    practice.enter()
    mother.write("Words of the mother")
    practice.write("Words of the practice")
    assert "Only for the mother" in mother.read()
    assert "Words of the practice" not in mother.read()
    assert "Words of the practice" in practice.read()
    for foreign in ("Words of the mother", "Only for the mother"):
        assert foreign not in practice.read()
    strange = Browser(staffed.test_client())
    strange.client.set_cookie("opened", cookie_of(mother), path=practice.page)
    assert "Words of the practice" not in strange.get(f"{practice.page}/messages").text, "a cookie opens its own page"


def cookie_of(family: Family) -> str:
    """What a right code left in the browser."""
    cookie = family.browser.client.get_cookie("opened", path=family.page)
    assert cookie
    return str(cookie.value)


@pytest.mark.parametrize("make_app", ["sqlite"], indirect=True)
def test_the_cookie_is_for_one_page_for_half_an_hour_and_what_was_typed_outlives_it(
    staffed: Flask, clock: Any, desk: Browser
) -> None:
    family = Family(staffed)
    family.ask()
    kept = family.open().headers["Set-Cookie"]
    assert f"Path={family.page};" in kept + ";"
    assert "HttpOnly" in kept
    assert "SameSite=Lax" in kept
    clock.shift(LASTS + timedelta(seconds=1))
    refused = family.write("A long letter\nthat took an hour")
    assert refused.status_code == 403
    assert "A long letter\nthat took an hour</textarea>" in refused.text
    typed = {"text": "A long letter\nthat took an hour"}
    assert "A long letter" in family.browser.post(f"{family.page}/code", typed).text
    assert "A long letter" in family.browser.post(f"{family.page}/open", {"code": "1", **typed}).text
    opened = family.browser.post(f"{family.page}/open", {"code": family.code(), **typed})
    assert "A long letter\nthat took an hour</textarea>" in opened.text
    assert family.write(typed["text"]).status_code == 303


DIED = {"name": "Itzel Quiñones", "birth_date": "2019-03-27", "reason": "Her doctor phoned."}
QUIET = "You do not need to do anything. If you would like to talk with us, please call."


@pytest.mark.parametrize("act", ["died", "told", "stop"])
@pytest.mark.parametrize("make_app", ["sqlite"], indirect=True)
def test_after_a_death_or_a_stop_no_code_is_promised_nothing_old_is_shown_and_what_they_write_is_kept(
    staffed: Flask, clock: Any, desk: Browser, act: str
) -> None:
    family = Family(staffed, answers={"preferred_language": "en"})
    sent_by_desk(desk, family, text=SECRET_WORDS)
    family.enter()
    clock.shift(timedelta(minutes=1))
    case = f"/desk/cases/{family.receipt.reference}"
    desk.get(case)
    desk.post(f"{case}/died", DIED) if act == "died" else desk.post(f"{case}/stop", {"kind": act, "reason": "r"})
    assert (SECRET_WORDS in family.read()) == (act == "stop"), "who only wants no contact may still read and write"
    answer = family.browser.follow(family.write("We are at home now."))
    assert "We have your message." in words(answer)
    assert (QUIET in words(answer)) == (act != "stop")
    assert "We are at home now." in desk.get(family.thread).text
    family.browser = Browser(staffed.test_client())
    before = numbers(staffed)
    for page in (family.browser.get(f"{family.page}/messages?asked=1"), family.ask(), family.write("Not\nsent")):
        assert QUIET in words(page), page.request.path
        assert "code" not in page.text[page.text.index("<main") : page.text.index("</main>")]
    assert "Not\nsent</p>" in page.text, "given back"
    assert numbers(staffed) == before


def numbers(app: Flask) -> list[int]:
    """How many codes were made for each link."""
    with app.app_context():
        return list(db.session.execute(select(OneTimeCode.number)).scalars())


@pytest.mark.parametrize("make_app", ["sqlite"], indirect=True)
def test_a_code_or_words_typed_after_a_death_open_nothing_and_count_nothing_as_read(
    staffed: Flask, clock: Any, desk: Browser
) -> None:
    family = Family(staffed, answers={"preferred_language": "en"})
    sent_by_desk(desk, family, text=SECRET_WORDS)
    family.ask()
    case = f"/desk/cases/{family.receipt.reference}"
    desk.get(case)
    desk.post(f"{case}/died", DIED)
    assert QUIET in words(family.open())
    entered = family.browser.post("/follow", {"reference": family.receipt.reference, "words": family.words()})
    assert QUIET in words(family.browser.follow(entered))
    with staffed.app_context():
        assert db.session.execute(select(Message.read_at)).scalars().all() == [None]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("  \n", "Write something first."),
        ("\u200b", "Write something first."),
        ("\u202e" * 100, "Write something first."),
        ("x" * 4001, "This is longer than 4000"),
        ("a\x07b", "a character here that we cannot read"),
    ],
)
@pytest.mark.parametrize("make_app", ["sqlite"], indirect=True)
def test_what_cannot_be_kept_is_given_back(staffed: Flask, clock: Any, text: str, says: str) -> None:
    family = Family(staffed)
    family.enter()
    answer = family.write(text)
    assert answer.status_code == 422
    assert says in words(answer)
    assert text.strip().replace("\x07", "") in answer.text.replace("\x07", "")


def test_a_second_press_makes_no_second_message_and_the_same_words_later_do(staffed: Flask, clock: Any) -> None:
    family = Family(staffed)
    family.enter()
    for _press in range(3):
        family.write("Any news?")
    clock.shift(timedelta(minutes=11))
    family.write("Any news?")
    with staffed.app_context():
        assert len(db.session.execute(select(Message.id)).all()) == 2


@pytest.mark.parametrize("make_app", ["sqlite"], indirect=True)
def test_any_words_are_shown_as_they_were_written_and_never_as_markup(
    staffed: Flask, clock: Any, desk: Browser
) -> None:
    family = Family(staffed)
    family.enter()
    family.write("<script>alert(1)</script> \u202eمرحبا & «hola»")
    for page in (family.read(), desk.get(family.thread).text):
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert(1)&lt;/script&gt; \u202eمرحبا &amp; «hola»" in page


def join(app: Flask, moved: Family, to: Family) -> None:
    """Put a party, its link and submission on another's case, as a join does."""
    for table in (Party, Link, Submission):
        here = table.__table__.update().where(table.__table__.c.case_id == moved.receipt.case_id)
        set_rows(app, here.values(case_id=to.receipt.case_id))
