"""Pictures made in a process apart: a copy says nothing of place and device; a hostile file ends that process only."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from app.core.clock import stopwatch
from app.records import pictures
from app.records.kinds import HEIC, JPEG, PDF, PNG, TIFF, Kind
from app.records.pictures import PATIENCE, NotDrawn, Why, copy_of, page_of
from tests.papers import DEVICE, heic, huge_png, pages, pdf, pdf_bomb, photo, picture

PHOTOS = ((JPEG, "JPEG"), (HEIC, "HEIF"), (PNG, "PNG"))


@pytest.mark.parametrize(("kind", "name"), PHOTOS)
def test_a_copy_is_upright_and_says_nothing_of_place_and_device(kind: Kind, name: str) -> None:
    sent = photo(name)
    assert DEVICE.encode() in sent
    made = copy_of(kind, [sent[:100], sent[100:]])
    image = Image.open(io.BytesIO(made))
    assert (image.format, image.size) == ("JPEG", (300, 400))
    assert image.getexif() == {}
    assert DEVICE.encode() not in made
    right, left = image.convert("RGB").getpixel((290, 200)), image.convert("RGB").getpixel((10, 200))
    assert isinstance(right, tuple)
    assert isinstance(left, tuple)
    assert right[2] > 120 > left[2]  # what was the top of the sensor stands at the right


def test_a_copy_of_a_scan_has_all_its_pages() -> None:
    made, sheet = io.BytesIO(), Image.new("1", (850, 1100), 1)
    sheet.save(made, "TIFF", save_all=True, append_images=[sheet, sheet], compression="group4", description=DEVICE)
    copied = copy_of(TIFF, [made.getvalue()])
    assert DEVICE.encode() not in copied
    assert page_of(PDF, [copied], 3)[0] == 3
    assert page_of(TIFF, [made.getvalue()], 2)[0] == 3


def test_pages_of_a_pdf_are_pictures_of_a_bounded_size() -> None:
    for number in (1, 3, 99):
        count, made = page_of(PDF, [pages()], number)
        assert count == 3
        assert max(Image.open(io.BytesIO(made)).size) <= 1600
    _count, made = page_of(JPEG, [picture("JPEG", (5000, 4000))], 1)
    assert Image.open(io.BytesIO(made)).size == (1600, 1280)


@pytest.mark.parametrize(
    ("kind", "content", "why"),
    [
        (HEIC, heic(), Why.UNREADABLE), (HEIC, photo("HEIF")[:-300], Why.UNREADABLE), (PNG, huge_png(), Why.TOO_LARGE),
        (PDF, pdf(), Why.UNREADABLE), (PDF, b"", Why.UNREADABLE), (JPEG, photo("PNG"), Why.UNREADABLE),
        (TIFF, b"II*\0" + bytes(50), Why.UNREADABLE), (PDF, b"%PDF-1.7\n" + b"[" * 1_000_000, Why.UNREADABLE),
    ],
)  # fmt: skip
def test_what_lies_or_is_cut_short_has_no_picture_and_a_reason(kind: Kind, content: bytes, why: Why) -> None:
    for make in (page_of, lambda kind, content, _number: copy_of(kind, content)):
        with pytest.raises(NotDrawn) as fault:
            make(kind, [content], 1)
        assert fault.value.why is why
        if kind is PDF:
            return  # which is never copied


def test_a_bomb_ends_in_its_own_process() -> None:
    began = stopwatch()
    try:
        count, _made = page_of(PDF, [pdf_bomb()], 1)
        assert count == 1
    except NotDrawn as fault:
        assert fault.why in Why  # noqa: PT017  either is harmless
    assert stopwatch() - began < PATIENCE + 5


def test_no_more_than_two_are_drawn_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "PATIENCE", 0.4)
    for _place in range(pictures.AT_ONCE):
        assert pictures._places.acquire(timeout=1)
    try:
        with pytest.raises(NotDrawn) as fault:
            page_of(JPEG, [photo("JPEG")], 1)
        assert fault.value.why is Why.BUSY
    finally:
        for _place in range(pictures.AT_ONCE):
            pictures._places.release()
    assert pictures._places.acquire(timeout=0)
    pictures._places.release()
