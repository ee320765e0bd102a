"""Pictures of files: asked of a process apart (`picturing.py`), which a hostile file can end and nothing else.

It is given no setting, no secret and no open connection; it has limits of memory and of time.
"""

from __future__ import annotations

import json
import subprocess  # nosec B404  our own program, no shell
import sys
import threading
from collections.abc import Iterable
from contextlib import suppress
from enum import StrEnum
from pathlib import Path
from typing import cast

from app.records.kinds import HEIC, JPEG, PDF, PNG, TIFF, Kind

PROGRAM = Path(__file__).with_name("picturing.py")
PATIENCE = 40.0  # seconds; the process apart counts its own, of the processor
MOST_MADE = 100_000_000
AT_ONCE = 2  # in one process: each may take two gigabytes
COPIES = {JPEG.media_type: JPEG, PNG.media_type: JPEG, HEIC.media_type: JPEG, TIFF.media_type: PDF}
SHOWN = frozenset({PDF.media_type, *COPIES})
_places = threading.BoundedSemaphore(AT_ONCE)


class Why(StrEnum):
    """Why there is no picture."""

    UNREADABLE = "unreadable"
    TOO_LARGE = "too_large"
    LOCKED = "locked"
    BUSY = "busy"


WHY = {3: Why.TOO_LARGE, 4: Why.LOCKED}


class NotDrawn(Exception):
    """There is no picture of it."""

    def __init__(self, why: Why) -> None:
        self.why = why
        super().__init__(why)


def copy_of(kind: Kind, pieces: Iterable[bytes]) -> bytes:
    """What staff save instead of a photo or a scan: its pixels, upright, and nothing else. Raises NotDrawn."""
    return ask("copy", kind, pieces, 1)[1]


def page_of(kind: Kind, pieces: Iterable[bytes], number: int) -> tuple[int, bytes]:
    """How many pages there are, and one of them as a JPEG. Raises NotDrawn."""
    if not _places.acquire(timeout=PATIENCE / 4):
        raise NotDrawn(Why.BUSY)
    try:
        return ask("page", kind, pieces, number)
    finally:
        _places.release()


def ask(act: str, kind: Kind, pieces: Iterable[bytes], number: int) -> tuple[int, bytes]:
    """Hand the file over piece by piece, and believe only an answer that is whole. Raises NotDrawn."""
    command = [sys.executable, "-I", str(PROGRAM), act, kind.media_type, str(number)]
    process = subprocess.Popen(  # noqa: S603  # nosec B603  our own program
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env={}, cwd="/"
    )
    try:
        hand_over(process, pieces)
        try:
            said, _none = process.communicate(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            raise NotDrawn(Why.TOO_LARGE) from None
    finally:
        process.kill()
        process.wait()
        for pipe in filter(None, (process.stdin, process.stdout)):
            pipe.close()
    if process.returncode or len(said) > MOST_MADE:
        raise NotDrawn(Why.TOO_LARGE if len(said) > MOST_MADE else WHY.get(process.returncode, Why.UNREADABLE))
    head, _line, made = said.partition(b"\n")
    facts = cast("dict[str, int]", json.loads(head))
    if len(made) != facts["bytes"]:
        raise NotDrawn(Why.UNREADABLE)
    return facts["pages"], made


def hand_over(process: subprocess.Popen[bytes], pieces: Iterable[bytes]) -> None:
    """All of the file; a process that ended has its own reason."""
    stdin = process.stdin
    if stdin is None:
        return
    with suppress(BrokenPipeError):
        for piece in pieces:
            stdin.write(piece)
        stdin.flush()
    with suppress(BrokenPipeError):
        stdin.close()
    process.stdin = None
