"""The languages of the pages: whose choice counts, what a switch keeps, and that no public sentence lacks its words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po
from flask import Flask

from app.cases.domain import Kind
from app.programs.service import hospital, in_force
from app.web.i18n import CATALOGUES
from config import ROOT
from tests.doors import begin, fill
from tests.pages import Browser, faults
from tests.sending import work
from tests.services import Mailbox
from tests.stories.ways import INQUIRY

ONE_DATABASE = pytest.mark.parametrize("make_app", ["sqlite"], indirect=True)
# Where the sentences of public pages and of letters to senders stand; the desk, its letters and its rooms are English.
PUBLIC = re.compile(
    r"app/(web|codes|drafts/(?!told)|inquiries|referrals|follow|pages|programs|records|cases/(message_)?letters)"
    r"|templates/(?!desk|parts/top_of_desk|admin|accounts|follow/page|email/(?!receipt|request|message|code))"
)
PLACES = re.compile(r"%\(\w+\)[sd]|%(?!\()")


def sentences() -> Iterator[str | tuple[str, ...]]:
    """Every sentence that a public page or a letter to a sender may print."""
    for kind, folder, suffix in (("python", "app", "py"), ("jinja2", "templates", "*")):
        found = extract_from_dir(
            ROOT / folder,
            [(f"**.{suffix}", kind)],
            keywords={"_": None, "_l": None, "ngettext": (1, 2), "gettext": None},
        )
        for file, _line, message, _comments, _context in found:
            if PUBLIC.match(f"{folder}/{file}") and message:
                yield message


@pytest.fixture(params=sorted(CATALOGUES))
def catalogue(request: pytest.FixtureRequest) -> Catalog:
    """Each catalogue in its turn."""
    with CATALOGUES[request.param].open("rb") as file:
        return read_po(file, locale=request.param)


def forms(text: Any) -> tuple[str, ...]:
    """One sentence, or one for each number."""
    return (text,) if isinstance(text, str) else tuple(text or ("",))


def test_every_public_sentence_is_translated(catalogue: Catalog) -> None:
    wanted = set(sentences())
    assert len(wanted) > 500
    lacking = [one for one in wanted if not ((found := catalogue.get(forms(one)[0])) and all(forms(found.string)))]
    assert lacking == []


def test_no_translation_is_doubtful_left_over_or_differs_in_its_places(catalogue: Catalog) -> None:
    wanted = {forms(one)[0] for one in sentences()}
    for message in catalogue:
        if not message.id:
            continue
        assert not message.fuzzy, message.id
        assert forms(message.id)[0] in wanted, f"no page says this: {message.id}"
        for text, said in zip(forms(message.string), forms(message.id), strict=True):
            assert sorted(PLACES.findall(text)) == sorted(PLACES.findall(said)), message.id


@pytest.fixture
def bilingual(app: Flask) -> Flask:
    """The shipped hospital in Spanish first, with its own English texts in both."""
    with app.app_context():
        found = hospital()
        in_force().hospital = replace(
            found, folder=replace(found.folder, languages=("es", "en")),
            texts={"es": found.texts["en"], "en": found.texts["en"]}, version="es-en",
        )  # fmt: skip
    return app


@ONE_DATABASE
def test_a_hospital_of_one_language_shows_no_switch(app: Flask) -> None:
    browser = Browser(app.test_client())
    page = browser.get("/?lang=es", headers={"Accept-Language": "es"})
    assert '<html lang="en" dir="ltr">' in page.text
    assert "Español" not in page.text
    assert "language=" not in str(page.headers.getlist("Set-Cookie"))


@ONE_DATABASE
def test_a_choice_counts_before_the_browser_and_the_browser_before_the_first_language(bilingual: Flask) -> None:
    browser = Browser(bilingual.test_client())
    assert '<html lang="es" dir="ltr">' in browser.get("/").text
    assert '<html lang="es" dir="ltr">' in browser.get("/", headers={"Accept-Language": "fr"}).text
    assert '<html lang="en" dir="ltr">' in browser.get("/", headers={"Accept-Language": "en-US"}).text
    chosen = browser.get("/?lang=es", headers={"Accept-Language": "en"})
    assert '<html lang="es" dir="ltr">' in chosen.text
    assert [one.split(";")[0] for one in chosen.headers.getlist("Set-Cookie")] == ["language=es"]
    assert '<html lang="es" dir="ltr">' in browser.get("/", headers={"Accept-Language": "en"}).text
    assert browser.get("/?lang=xx<b>").headers.getlist("Set-Cookie") == []


@ONE_DATABASE
def test_the_rooms_of_the_staff_are_in_their_language(bilingual: Flask) -> None:
    browser = Browser(bilingual.test_client())
    page = browser.get("/sign-in?lang=es", headers={"Accept-Language": "es"})
    assert '<html lang="en" dir="ltr">' in page.text
    assert "Español" not in page.text


@ONE_DATABASE
def test_a_switch_keeps_every_answer_and_looks_at_it_anew(bilingual: Flask) -> None:
    browser = Browser(bilingual.test_client())
    form = begin(browser, Kind.INQUIRY)
    wrong = browser.follow(browser.post(f"{form}/you", {"contact_given_name": "Odalys", "contact_phone": "12"}))
    assert "Elija quién escribe" in faults(wrong)
    page = browser.follow(
        browser.post(
            f"{form}/you?wrong=yes", {"contact_given_name": "Odalys B.", "contact_phone": "12", "language": "en"}
        )
    )
    assert '<html lang="en" dir="ltr">' in page.text
    assert 'value="Odalys B."' in page.text
    assert "Choose who is writing" in faults(page)
    untouched = browser.follow(browser.post(f"{form}/child", {"child_given_name": "Itzel", "language": "es"}))
    assert 'value="Itzel"' in untouched.text
    assert faults(untouched) == []


@ONE_DATABASE
def test_a_tick_on_the_check_page_outlasts_a_switch(bilingual: Flask) -> None:
    browser = Browser(bilingual.test_client())
    form = begin(browser, Kind.INQUIRY)
    assert fill(browser, form, INQUIRY).status_code == 200
    page = browser.follow(browser.post(f"{form}/check", {"consent_contact_me": "yes", "language": "en"}))
    assert "Check your answers" in page.text
    assert 'value="yes" checked' in page.text


@ONE_DATABASE
def test_the_letter_is_in_the_language_that_the_sender_ended_in(bilingual: Flask, mailbox: tuple[Mailbox, int]) -> None:
    sink, port = mailbox
    bilingual.extensions["settings"] = replace(
        bilingual.extensions["settings"], mail_host="127.0.0.1", mail_port=port, mail_tls=False
    )
    browser = Browser(bilingual.test_client())
    form = begin(browser, Kind.INQUIRY)
    browser.get(f"{form}/you?lang=en")
    browser.get(f"{form}/you?lang=es")
    assert fill(browser, form, INQUIRY).status_code == 200
    browser.follow(browser.post(f"{form}/check", INQUIRY))
    work(bilingual)
    assert [letter for letter in sink.letters if "Tenemos su formulario" in str(letter)]
