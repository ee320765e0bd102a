"""Takes the pictures of docs/pictures from a demonstration of its own: `.venv/bin/python -m tests.pictures`.

The clock stands on a Monday morning and the people are drawn from fixed seeds, so that a change of a picture is a
change of a page. Colors are counted and kept to 256, which makes a picture a third as large.
"""

from __future__ import annotations

import struct
import tempfile
import zlib
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

import time_machine
from playwright.sync_api import Browser, Page, ViewportSize

from app.samples.demo import Account, prepare
from config import ROOT
from tests.components import add_components
from tests.conftest import build, close, settings_for
from tests.services import served
from tests.stories.browsers import chromium

FOLDER = ROOT / "docs" / "pictures"
SIZE: ViewportSize = {"width": 1280, "height": 960}
PHONE: ViewportSize = {"width": 390, "height": 844}

DAY = datetime(2026, 12, 7, 15, tzinfo=UTC)  # a Monday, 10 am in Boston, while the shipped folder is fresh


def home(page: Page, site: str) -> None:
    """The two doors."""
    page.goto(f"{site}/")


def inquiry(page: Page, site: str) -> None:
    """The family's second page, begun."""
    page.goto(f"{site}/inquiry")
    page.click("text=This is not an emergency")
    page.goto(page.url.replace("/you", "/child"))
    page.fill("#child_given_name", "Noa")
    page.fill("#child_family_name", "Castellane-Reyes")
    for part, text in (("month", "March"), ("day", "27"), ("year", "2019")):
        page.fill(f"#child_dob-{part}", text)
    page.check("#diagnosis-all")


def referral(page: Page, site: str) -> None:
    """The referrer's first page, nearly done."""
    page.goto(f"{site}/referral")
    for name, text in (
        ("patient_given_name", "Minh Anh"), ("patient_family_name", "Nguyễn"), ("patient_dob-month", "Apr"),
        ("patient_dob-day", "3"), ("patient_dob-year", "2018"), ("icd10cm", "C91.02"),
        ("referrer_given_name", "Tamsin"), ("referrer_family_name", "Oyelaran"), ("back_line_phone", "(413) 555-0110"),
    ):  # fmt: skip
        page.fill(f"#{name}", text)
    page.check("#urgency-expedited")
    page.check("#family_aware-yes")


def components(page: Page, site: str) -> None:
    """Every part on one page."""
    page.goto(f"{site}/components")


def queue(page: Page, site: str) -> None:
    """What waits on a coordinator."""
    page.goto(f"{site}/desk")


def case(page: Page, site: str) -> None:
    """A case that was worked on: a message, a note, a call to make."""
    page.goto(f"{site}/desk?view=open")
    page.fill("#q", "Nguyen Minh Anh")
    with page.expect_navigation():
        page.press("#q", "Enter")
    page.click(".queue a >> nth=0")


def second_home(page: Page, site: str) -> None:
    """The second hospital's two doors, in its first language."""
    page.goto(f"{site}/")


def second_inquiry(page: Page, site: str) -> None:
    """Its form on a phone, day before month."""
    page.set_viewport_size(PHONE)
    page.goto(f"{site}/inquiry")
    page.locator("main form button").first.click()
    page.goto(page.url.replace("/you", "/child"))
    page.fill("#child_given_name", "Emil")
    for part, text in (("day", "3"), ("month", "febrero"), ("year", "2019")):
        page.fill(f"#child_dob-{part}", text)
    page.check("#diagnosis-sickle_cell")


PICTURES: tuple[Callable[[Page, str], None], ...] = (home, inquiry, referral, components, queue, case)
OF_THE_SECOND: tuple[Callable[[Page, str], None], ...] = (second_home, second_inquiry)


def sign_in(page: Page, site: str, account: Account) -> None:
    """To the desk."""
    page.goto(f"{site}/sign-in")
    page.fill("#email", account.email)
    page.fill("#password", account.password)
    page.click("button:has-text('Sign in')")


def pixels(png: bytes) -> tuple[int, int, list[bytes]]:
    """Width, height and the colors of a screenshot, row by row. Chromium writes eight bits, three or four channels."""
    width, height, _depth, kind = struct.unpack(">IIBB", png[16:26])
    step, place, packed = {2: 3, 6: 4}[kind], 8, b""
    while place < len(png):
        (length,) = struct.unpack(">I", png[place : place + 4])
        if png[place + 4 : place + 8] == b"IDAT":
            packed += png[place + 8 : place + 8 + length]
        place += length + 12
    raw, size, above, colors = zlib.decompress(packed), width * step, bytearray(width * step), []
    for row in range(height):
        start = row * (size + 1)
        line = bytearray(raw[start + 1 : start + 1 + size])
        unfilter(raw[start], line, above, step)
        colors += [bytes(line[at : at + 3]) for at in range(0, size, step)]
        above = line
    return width, height, colors


def unfilter(method: int, line: bytearray, above: bytearray, step: int) -> None:
    """Undo one of PNG's five filters in place."""
    for at in range(len(line)):
        left, up = line[at - step] if at >= step else 0, above[at]
        if method == 1:
            line[at] = (line[at] + left) & 255
        elif method == 2:
            line[at] = (line[at] + up) & 255
        elif method == 3:
            line[at] = (line[at] + (left + up) // 2) & 255
        elif method == 4:
            corner = above[at - step] if at >= step else 0
            guess = left + up - corner
            nearest = min((left, up, corner), key=lambda value: abs(guess - value))
            line[at] = (line[at] + nearest) & 255


def reduced(png: bytes) -> bytes:
    """The same picture with the 256 colors that it uses most; others become the nearest of them."""
    width, height, colors = pixels(png)
    seen = Counter(colors)
    palette = [color for color, _count in seen.most_common(256)]
    place = {
        color: min(range(len(palette)), key=lambda n: sum((a - b) ** 2 for a, b in zip(palette[n], color, strict=True)))
        for color in seen
    }
    indexes = bytes(place[color] for color in colors)
    rows = b"".join(b"\0" + indexes[row * width : (row + 1) * width] for row in range(height))
    chunks = (
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)), (b"PLTE", b"".join(palette)),
        (b"IDAT", zlib.compress(rows, 9)), (b"IEND", b""),
    )  # fmt: skip
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in chunks
    )


def take(folder: Path) -> None:
    """All pictures into this folder."""
    with time_machine.travel(DAY), chromium() as browser:
        shoot(browser, folder, PICTURES)
        shoot(browser, folder, OF_THE_SECOND, "es-DO", PROGRAM_DIR=str(ROOT / "examples" / "valle_sereno"))


def shoot(
    browser: Browser, folder: Path, shots: Sequence[Callable[[Page, str], None]], locale: str = "en-US", **settings: str
) -> None:
    """Pictures of one hospital's demonstration."""
    with tempfile.TemporaryDirectory(prefix="wicket-pictures-") as home_folder:
        app = build(settings_for(Path(home_folder), DEMO="1", LOG_LEVEL="WARNING", **settings))
        add_components(app)
        accounts = prepare(app, Path(home_folder))
        with served(app) as site:
            page = browser.new_page(viewport=SIZE, color_scheme="light", locale=locale)
            for shot in shots:
                if shot is queue:
                    sign_in(page, site, accounts[0])
                shot(page, site)
                page.mouse.move(0, 0)
                page.evaluate("scrollTo(0, 0)")
                png = reduced(page.screenshot(full_page=shot is components))
                (folder / f"{shot.__name__}.png").write_bytes(png)
                print(f"{shot.__name__}.png {len(png) // 1000} kB")  # noqa: T201
            page.close()
        close(app)


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    take(FOLDER)
