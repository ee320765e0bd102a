"""What kind of file it is, by what is in it: an allow-list. Its name and what the sender's browser said do not count.

Nothing here unpacks or decodes a file whole, so no bomb goes off; what hides inside is the scanner's to find.
"""

from __future__ import annotations

import codecs
import io
import re
import struct
import warnings
import zipfile
import zlib
from dataclasses import dataclass

from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from PIL import Image, UnidentifiedImageError

from app.core.errors import Refused
from app.records.pieces import SealedReader

HEAD = 4096
MOST_PIXELS = 200_000_000
# Of a Word document: parts, bytes of all of them, and how many times its own size they may be.
MOST_PARTS, MOST_UNPACKED, MOST_TIMES = 5_000, 1_000_000_000, 100
MOST_CONTENT_TYPES = 1_000_000
HEIF_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"})
WORD_MAIN = b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # old Office, and new Office with a password
MARKUP = re.compile(rb"<\s*(?:!doctype|html|head|body|svg|script|iframe|\?xml)", re.IGNORECASE)
CONTROLS = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind that is taken."""

    media_type: str
    suffixes: tuple[str, ...]  # the first is added to a name that ends otherwise
    words: LazyString


PDF = Kind("application/pdf", (".pdf",), _l("PDF"))
JPEG = Kind("image/jpeg", (".jpg", ".jpeg", ".jfif"), _l("Photo"))
PNG = Kind("image/png", (".png",), _l("Picture"))
HEIC = Kind("image/heic", (".heic", ".heif", ".hif"), _l("Photo"))
TIFF = Kind("image/tiff", (".tif", ".tiff"), _l("Scan"))
DOCX = Kind("application/vnd.openxmlformats-officedocument.wordprocessingml.document", (".docx",), _l("Word document"))
TEXT = Kind("text/plain", (".txt",), _l("Text"))
KINDS = {one.media_type: one for one in (PDF, JPEG, PNG, HEIC, TIFF, DOCX, TEXT)}
SUFFIXES = ",".join(suffix for one in KINDS.values() for suffix in one.suffixes)
PICTURES = {"JPEG": JPEG, "PNG": PNG, "TIFF": TIFF}


def unknown() -> Refused:
    """The one sentence for everything that is not on the list."""
    return Refused(
        _(
            "We cannot take this kind of file. Send a PDF, a photo (JPEG, PNG or HEIC), a TIFF, a Word document (.docx) or plain text."
        )
    )


def broken() -> Refused:
    """It began as something we take."""
    return Refused(_("This file is damaged or not whole. Open it on your device to see, then send it again."))


def kind_of(file: SealedReader) -> Kind:
    """The kind of a whole file. Raises Refused with what to do."""
    file.seek(0)
    head = file.read(HEAD) or b""
    if not head:
        raise Refused(_("This file is empty. Choose it again."))
    kind = by_head(head, file)
    if kind is not DOCX and is_archive(file):
        raise Refused(_("This file is two kinds of file in one. Save it anew, or take a photo of it, and send that."))
    return kind


def by_head(head: bytes, file: SealedReader) -> Kind:
    """By how it begins, and then by what must follow."""
    if head.startswith(b"%PDF-"):
        return PDF
    if head.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"II*\0", b"MM\0*")):
        return picture(file)
    if head[4:8] == b"ftyp":
        return heif(head, file)
    if head.startswith(b"PK\x03\x04"):
        return word_document(file)
    if head.startswith(OLD_OFFICE):
        raise Refused(
            _("This is an old Word file or one with a password. Save it as a PDF without a password, and send that.")
        )
    return plain_text(head, file)


def picture(file: SealedReader) -> Kind:
    """A photo or a scan: its own header is read, no pixel is."""
    file.seek(0)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of sizes, which are judged below
            with Image.open(io.BufferedReader(file.anew()), formats=tuple(PICTURES)) as image:
                width, height = image.size
                kind = PICTURES.get(image.format or "")
    except Image.DecompressionBombError:
        width, height, kind = MOST_PIXELS, 2, JPEG
    except (
        UnidentifiedImageError,
        struct.error,
        OSError,
        ValueError,
        SyntaxError,
        TypeError,
        LookupError,
        ArithmeticError,
    ):
        raise broken() from None
    if kind is None:
        raise broken()
    if width * height > MOST_PIXELS:
        raise Refused(_("This picture is larger than we can open. Send it smaller, or as a PDF."))
    return kind


def heif(head: bytes, file: SealedReader) -> Kind:
    """An iPhone's photo: a chain of boxes that must end where the file ends."""
    length = int.from_bytes(head[:4], "big")
    brands = {head[start : start + 4] for start in (8, *range(16, min(length, HEAD), 4))}
    if not brands & HEIF_BRANDS:
        raise unknown()
    at, kinds = 0, set[bytes]()
    while at < file.size:
        file.seek(at)
        box = file.read(16) or b""
        size = int.from_bytes(box[:4], "big")
        if size == 1:
            size = int.from_bytes(box[8:16], "big")
        elif size == 0:
            size = file.size - at
        if size < 8 or at + size > file.size or len(kinds) > 100:
            raise broken()
        kinds.add(box[4:8])
        at += size
    if not {b"meta", b"mdat"} <= kinds:
        raise broken()
    return HEIC


def word_document(file: SealedReader) -> Kind:
    """A zip with the parts of a Word document and nothing that acts by itself; nothing of it is unpacked but one list."""
    try:
        with zipfile.ZipFile(io.BufferedReader(file.anew())) as archive:
            parts = archive.infolist()
            if len(parts) > MOST_PARTS or sum(one.file_size for one in parts) > min(
                MOST_UNPACKED, max(MOST_TIMES * file.size, 10_000_000)
            ):
                raise Refused(_("This file unpacks to more than we can open. Save it as a PDF, and send that."))
            names = {one.filename for one in parts}
            if "[Content_Types].xml" not in names:
                raise unknown()
            with archive.open("[Content_Types].xml") as listed:
                types = listed.read(MOST_CONTENT_TYPES)
    except (zipfile.BadZipFile, zlib.error, OSError, ValueError, NotImplementedError, RuntimeError, EOFError):
        raise broken() from None
    if WORD_MAIN not in types or any(name.endswith("vbaProject.bin") for name in names):
        raise unknown()
    return DOCX


def is_archive(file: SealedReader) -> bool:
    """Whether it is a zip as well, whatever it begins like."""
    try:
        with zipfile.ZipFile(io.BufferedReader(file.anew())) as archive:
            return bool(archive.infolist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return False


def plain_text(head: bytes, file: SealedReader) -> Kind:
    """Text through and through, and no page or drawing that a browser would run."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return wide_text(file)
    if MARKUP.search(head):
        raise unknown()
    for piece in file.all():
        if CONTROLS.search(piece):
            raise unknown()
    return TEXT


def wide_text(file: SealedReader) -> Kind:
    """UTF-16, as Notepad writes it."""
    decoder = codecs.getincrementaldecoder("utf-16")()
    for piece in file.all():
        try:
            text = decoder.decode(piece)
        except UnicodeDecodeError:
            raise unknown() from None
        if CONTROLS.search(text.encode()) or MARKUP.search(text[:HEAD].encode()):
            raise unknown()
    return TEXT
