"""Another hospital from its folder alone: its country, languages, colors, hours and promises, in a real browser."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import time_machine
from playwright.sync_api import Browser, BrowserContext

from app.accounts.service import add_user
from app.core.actor import Role
from app.core.database import transaction
from config import ROOT
from tests.conftest import build, close, migrate, settings_for
from tests.pages import PASSWORD
from tests.services import served
from tests.stories.browsers import at, press, sign_in, violations, write

FRIDAY = datetime(2026, 11, 27, 19, 30, tzinfo=UTC)  # half past three in Santo Domingo: closed since three
COLOR = "rgb(47, 62, 143)"  # its action color


@pytest.fixture
def hospital(tmp_path: Path) -> Iterator[str]:
    """The example under waitress, with one coordinator; its address."""
    with time_machine.travel(FRIDAY):
        app = build(settings_for(tmp_path, PROGRAM_DIR=str(ROOT / "examples" / "valle_sereno")))
        migrate(app)
        with app.app_context(), transaction() as session:
            add_user(
                session, email="ana.ribeiro@example.org", name="Ana Ribeiro", password=PASSWORD,
                grants={"trasplante": [Role.COORDINATOR]},
            )  # fmt: skip
        with served(app) as address:
            yield address
        close(app)


@pytest.fixture
def phone(browser: Browser) -> Iterator[BrowserContext]:
    """A phone in Spanish, which asks no other host."""
    context = browser.new_context(viewport={"width": 375, "height": 800}, locale="es-DO", has_touch=True)
    elsewhere: list[str] = []
    context.on("request", lambda request: elsewhere.append(request.url) if "//127.0.0.1" not in request.url else None)
    yield context
    context.close()
    assert elsewhere == []


def test_a_family_writes_in_spanish_changes_the_language_and_is_promised_by_the_hospitals_own_clock(
    phone: BrowserContext, hospital: str
) -> None:
    page = phone.new_page()
    page.goto(f"{hospital}/")
    assert page.get_attribute("html", "lang") == "es"
    assert "¿Puede un trasplante ayudar a su hijo o hija?" in page.inner_text("h1")
    assert page.locator(".door .btn").first.evaluate("e => getComputedStyle(e).backgroundColor") == COLOR
    assert violations(page) == []

    page.goto(f"{hospital}/inquiry")
    page.locator("main form button").first.click()
    page.select_option("#relationship", "mother")
    page.fill("#contact_given_name", "Yolanda")
    page.fill("#contact_phone", "809 555 0119")
    write(page, "contact_given_name", "")
    with page.expect_navigation():  # Enter goes on; it does not press the button of the other language
        page.keyboard.press("Enter")
    assert page.get_attribute("html", "lang") == "es"
    assert at(page)["id"] == "summary"
    assert violations(page) == []

    page.fill("#contact_family_name", "Peña")
    with page.expect_navigation():
        page.click("button[lang=en]")
    assert page.get_attribute("html", "lang") == "en"
    assert "Choose the language you like to speak" in page.inner_text("#summary")
    assert page.input_value("#contact_given_name") == "Yolanda"
    assert page.input_value("#contact_family_name") == "Peña", "what was typed just before is kept as well"
    page.select_option("#preferred_language", "es")
    page.check("#interpreter_needed-no")
    with page.expect_navigation():
        page.click("button[lang=es]")
    press(page, "Guardar y seguir")

    boxes = page.locator("input[id^=child_dob-]").evaluate_all("all => all.map(one => one.id)")
    assert boxes == ["child_dob-day", "child_dob-month", "child_dob-year"]
    page.fill("#child_given_name", "Emil")
    for part, text in (("day", "3"), ("month", "febrero"), ("year", "2019")):
        page.fill(f"#child_dob-{part}", text)
    page.check("#diagnosis-sickle_cell")
    page.check("#in_hospital_now-no")
    press(page, "Guardar y seguir")
    page.check("#consent_contact_doctor-yes")
    press(page, "Guardar y seguir")
    assert page.locator("[name=state], [name=insurance_type]").count() == 0, "the folder leaves them out"
    page.fill("#message", "¿Su hermana puede ser la donante?")
    press(page, "Guardar y seguir")
    assert "3 de febrero de 2019" in page.inner_text("main")
    page.check("#consent_contact_me")
    press(page, "Enviar a")
    said = page.inner_text("main")
    assert "/follow/" in page.url
    assert "miércoles, 2 de diciembre" in said, "two business days from Monday's opening"
    assert "17:30" in said
    assert "5 días laborables después de tener todos los documentos" in said
    assert violations(page) == []


def test_its_desk_shows_the_case_with_its_own_numbers(browser: Browser, phone: BrowserContext, hospital: str) -> None:
    page = phone.new_page()
    page.goto(f"{hospital}/referral")
    labels = page.locator("label").all_inner_texts()
    assert any("Exequátur" in one for one in labels)
    assert not any("NPI" in one for one in labels)
    for name, text in (
        ("patient_given_name", "Emil"), ("patient_family_name", "Peña"), ("patient_dob-day", "3"),
        ("patient_dob-month", "2"), ("patient_dob-year", "2019"), ("icd10cm", "D57.1"), ("referrer_given_name", "Rosa"),
        ("back_line_phone", "(809) 555-0112"), ("npi", "123-45"),
    ):  # fmt: skip
        page.fill(f"#{name}", text)
    page.check("#urgency-routine")
    page.check("#family_aware-yes")
    press(page, "Enviar ahora")
    assert "/follow/" in page.url, page.inner_text("main")[:300]
    desk = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
    sign_in(desk, hospital)
    desk.click("text=Emil Peña")
    said = desk.inner_text("main")
    assert "Exequátur" in said
    assert "123-45" in said
    assert "Feb 3, 2019" in desk.inner_text(".child")
    assert desk.get_attribute("html", "lang") == "en", "the staff's pages"
    assert violations(desk) == []
    desk.context.close()
