"""Makes pictures of a file in a process of its own, which knows nothing of the app: bytes in, bytes out, and limits.

`python -I picturing.py copy|page KIND NUMBER` reads a file from standard input. It ends well with a line of JSON and
the bytes, or ends badly with a word: its parent believes nothing else. A hostile file ends this process and no other.
"""

from __future__ import annotations

import io
import json
import resource
import sys
import warnings
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice

import pillow_heif
import pypdfium2
from PIL import Image, ImageOps, ImageSequence

MEMORY, SECONDS = 2_000_000_000, 25
MOST_PIXELS = 120_000_000  # decoded: 360 MB of memory
SHOWN = 1600  # of a shown page, the longer side
COPIED = 8000  # of a copy
MOST_PAGES = 500
FORMATS = {"image/jpeg": "JPEG", "image/png": "PNG", "image/heic": "HEIF", "image/tiff": "TIFF"}


class TooLarge(Exception):
    """More than is decoded here."""


def limit() -> None:
    """What this process may use, set before it has read a byte."""
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))  # it writes no file
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with suppress(ValueError, OSError):  # macOS has no such limit
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


def bare(image: Image.Image, most: int) -> Image.Image:
    """Upright, no larger than that, and nothing but its pixels: no place, no device, no words."""
    if image.width * image.height > MOST_PIXELS:
        image.draft("RGB", (most, most))  # a JPEG is decoded smaller
    if image.width * image.height > MOST_PIXELS:
        raise TooLarge
    upright = ImageOps.exif_transpose(image)
    if upright.mode in {"P", "PA", "LA", "RGBA", "La", "RGBa"} or "transparency" in upright.info:
        over = upright.convert("RGBA")
        upright = Image.new("RGB", over.size, "white")
        upright.paste(over, mask=over.getchannel("A"))
    elif upright.mode.startswith(("I", "F")):
        upright = upright.point(lambda value: value / 256).convert("L")  # 16 bits of gray
    plain = upright.convert(upright.mode if upright.mode in {"1", "L"} else "RGB")
    plain.info = {}
    plain.thumbnail((most, most))
    return plain


def opened(data: bytes, kind: str) -> Image.Image:
    """A photo or a scan, as the kind that it was judged to be."""
    pillow_heif.register_heif_opener(thumbnails=False)
    return Image.open(io.BytesIO(data), formats=(FORMATS[kind],))


def jpeg(image: Image.Image, quality: int) -> bytes:
    """As it is shown."""
    made = io.BytesIO()
    image.convert("L" if image.mode == "1" else image.mode).save(made, "JPEG", quality=quality)
    return made.getvalue()


def frames(image: Image.Image, most: int) -> Iterator[Image.Image]:
    """The pages of a scan."""
    for frame in islice(ImageSequence.Iterator(image), MOST_PAGES):
        yield bare(frame, most)


def copy(data: bytes, kind: str, _number: int) -> tuple[int, bytes]:
    """What staff save instead of the original: a scan as a PDF of all its pages, a photo as a JPEG."""
    image = opened(data, kind)
    if kind != "image/tiff":
        return 1, jpeg(bare(image, COPIED), 90)
    made, pages = io.BytesIO(), frames(image, COPIED)
    next(pages).save(made, "PDF", save_all=True, append_images=pages)
    return getattr(image, "n_frames", 1), made.getvalue()


def page(data: bytes, kind: str, number: int) -> tuple[int, bytes]:
    """One page as a picture, and how many there are."""
    if kind != "application/pdf":
        image = opened(data, kind)
        count = min(getattr(image, "n_frames", 1), MOST_PAGES) if kind == "image/tiff" else 1
        image.seek(min(number, count) - 1)
        return count, jpeg(bare(image, SHOWN), 80)
    document = pypdfium2.PdfDocument(data)
    count = min(len(document), MOST_PAGES)
    sheet = document[min(number, count) - 1]
    scale = min(2.0, SHOWN / max(1.0, *sheet.get_size()))
    return count, jpeg(sheet.render(scale=scale, may_draw_forms=False).to_pil().convert("RGB"), 80)


def main(act: str, kind: str, number: str) -> int:
    """Answer, or say in a word why not."""
    limit()
    warnings.simplefilter("ignore")
    Image.MAX_IMAGE_PIXELS = None  # judged here by our own number
    try:
        count, made = {"copy": copy, "page": page}[act](sys.stdin.buffer.read(), kind, int(number))
    except (TooLarge, MemoryError):
        return 3
    except pypdfium2.PdfiumError as fault:
        return 4 if "password" in str(fault).lower() else 2
    except Exception:  # noqa: BLE001  whatever a decoder raises: the file cannot be shown
        return 2
    sys.stdout.buffer.write(json.dumps({"pages": count, "bytes": len(made)}).encode() + b"\n" + made)
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
