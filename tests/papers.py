"""Small files of each kind that we take, and files that lie about what they are, made where they are needed."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

import pillow_heif
from PIL import Image

from app.records.kinds import WORD_MAIN

DEVICE = "SyntheticPhone 9"
pillow_heif.register_heif_opener()


def pdf(words: bytes = b"flow report") -> bytes:
    """One page would do; the beginning and the end are enough."""
    return b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\n% " + words + b"\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def picture(kind: str, size: tuple[int, int] = (40, 30)) -> bytes:
    """JPEG, PNG or TIFF."""
    made = io.BytesIO()
    Image.new("RGB", size, (180, 60, 60)).save(made, kind)
    return made.getvalue()


def photo(kind: str, size: tuple[int, int] = (400, 300)) -> bytes:
    """As a phone takes it, held upright: the place, the device and words beside the picture, a turn to be made."""
    exif = Image.Exif()
    exif[0x112], exif[0x10F], exif[0x10E] = 6, DEVICE, DEVICE
    exif.get_ifd(0x8825).update({1: "N", 2: (42.0, 20.0, 15.0), 3: "W", 4: (71.0, 6.0, 12.0)})
    image, made = Image.new("RGB", size, (180, 60, 60)), io.BytesIO()
    image.paste((20, 40, 160), (0, 0, size[0], size[1] // 3))
    more = {"comment": DEVICE.encode(), "xmp": f"<x>{DEVICE}</x>".encode()} if kind == "JPEG" else {}
    image.save(made, kind, exif=exif.tobytes() if kind == "HEIF" else exif, **more)
    return made.getvalue()


def pages(count: int = 3, **more: str) -> bytes:
    """A PDF that can be drawn."""
    made = io.BytesIO()
    sheets = [Image.new("RGB", (300, 400), (250, 250 - 40 * one, 250)) for one in range(count)]
    sheets[0].save(made, "PDF", save_all=True, append_images=sheets[1:], **more)
    return made.getvalue()


def pdf_bomb() -> bytes:
    """One page whose words are 300 MB, from 300 kB."""
    packed = zlib.compress(b"0 0 m 9 9 l S\n" * 23_000_000, 9)
    head = b"%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    sheet = b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R>>endobj\n"
    words = b"4 0 obj<</Filter/FlateDecode/Length %d>>stream\n%b\nendstream endobj\n" % (len(packed), packed)
    return head + sheet + words + b"trailer<</Root 1 0 R>>\n%%EOF\n"


def box(kind: bytes, content: bytes) -> bytes:
    """One box of an iPhone's photo."""
    return struct.pack(">I", len(content) + 8) + kind + content


def heic() -> bytes:
    """The chain of boxes of a photo; no decoder sees it."""
    return box(b"ftyp", b"heic\0\0\0\0mif1heic") + box(b"meta", b"\0" * 40) + box(b"mdat", b"\x01" * 400)


def archive(parts: dict[str, bytes]) -> bytes:
    """A zip."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as zipped:
        for name, content in parts.items():
            zipped.writestr(name, content)
    return made.getvalue()


def docx(**parts: bytes) -> bytes:
    """A Word document, with more parts by keyword."""
    types = b'<Types><Override PartName="/word/document.xml" ContentType="' + WORD_MAIN + b'"/></Types>'
    return archive({"[Content_Types].xml": types, "word/document.xml": b"<w:document/>", **parts})


def huge_png(side: int = 40_000) -> bytes:
    """Some bytes that say they are 1.6 billion pixels."""

    def part(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + part(b"IHDR", head) + part(b"IDAT", zlib.compress(b"\0" * 100)) + part(b"IEND", b"")


def bomb() -> bytes:
    """A Word document that unpacks to 100 MB from 100 kB."""
    return docx(**{"word/media/image1.bmp": b"\0" * 100_000_000})


GOOD = {
    "report.pdf": pdf(), "photo.jpg": picture("JPEG"), "screen.png": picture("PNG"), "IMG_0001.HEIC": heic(),
    "fax.tiff": picture("TIFF"), "summary.docx": docx(), "notes.txt": "Ärztin: 3 × täglich\n".encode(),
    "old.txt": "Médecin".encode("latin-1"), "wide.txt": "Befund".encode("utf-16"),
}  # fmt: skip
EVIL = b"<html><script>alert(1)</script></html>"
BAD = {
    "page.pdf": b"<!DOCTYPE html>" + EVIL,
    "drawing.svg": b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
    "drawing.txt": b"  <svg onload=alert(1)>",
    "archive.zip": archive({"a.txt": b"a"}),
    "macro.docx": docx(**{"word/vbaProject.bin": b"x"}),
    "sheet.docx": archive({"[Content_Types].xml": b"<Types/>", "xl/workbook.xml": b"<x/>"}),
    "bomb.docx": bomb(),
    "half.docx": docx()[:-40],
    "two-in-one.pdf": pdf() + archive({"a.js": b"alert(1)"}),
    "two-in-one.jpg": picture("JPEG") + archive({"a.class": b"x"}),
    "huge.png": huge_png(),
    "half.png": picture("PNG")[:20],
    "half.heic": heic()[:-10],
    "film.heic": box(b"ftyp", b"qt  \0\0\0\0qt  ") + box(b"mdat", b"x"),
    "locked.docx": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
    "run.exe": b"MZ\x90\0\x03",
    "script.sh": b"#!/bin/sh\n\0",
    "sound.mp3": b"ID3\x04\0\0\0",
    "nothing.pdf": b"",
}
