"""How a file is sealed: in pieces, each bound to its file, its place and whether it is the last.

A piece that was moved, swapped, left out or edited does not open. Memory holds one piece at a time.
"""

from __future__ import annotations

import errno
import io
import os
import secrets
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from app.core.sealing import DataKey, Place, SealBroken
from app.records.stores import Store

PIECE = 2 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Piece:
    """What a row knows of one: the name that it was stored by, and how many bytes were sealed in it."""

    token: str
    size: int


def read_pieces(text: str) -> tuple[Piece, ...]:
    """From a row."""
    pairs = (one.partition(":") for one in text.split())
    return tuple(Piece(token, int(size)) for token, _colon, size in pairs)


def write_pieces(pieces: Sequence[Piece]) -> str:
    """For a row."""
    return " ".join(f"{one.token}:{one.size}" for one in pieces)


def place_of(file_id: uuid.UUID, index: int, *, last: bool) -> Place:
    """Where a piece stands."""
    return "file", f"{'last ' if last else ''}piece {index}", file_id


class SealedWriter:
    """Seals what is written, a piece at a time, behind pieces that are there already."""

    def __init__(
        self, store: Store, key: DataKey, file_id: uuid.UUID, before: Sequence[Piece] = (), most: int = PIECE
    ) -> None:
        self.store, self.key, self.file_id, self.most = store, key, file_id, most
        self.pieces, self.new = list(before), set[str]()
        self.waiting = bytearray()

    def write(self, data: bytes) -> None:
        """Take more. At least a byte waits for what may be the end. Raises StoreAway."""
        self.waiting += data
        while len(self.waiting) > self.most:
            self.put(self.most, last=False)

    def end(self, *, last: bool) -> tuple[Piece, ...]:
        """Seal what waits; `last` says that the file is whole. Raises StoreAway."""
        if self.waiting or last:
            self.put(len(self.waiting), last=last)
        return tuple(self.pieces)

    def put(self, size: int, *, last: bool) -> None:
        """One piece into the store."""
        token = secrets.token_hex(8)
        sealed = self.key.seal(bytes(self.waiting[:size]), place_of(self.file_id, len(self.pieces), last=last))
        self.new.add(token)
        self.store.put(self.file_id, token, sealed)
        del self.waiting[:size]
        self.pieces.append(Piece(token, size))

    def undo(self) -> None:
        """Remove what this writer stored."""
        self.store.remove(self.file_id, self.new)


class SealedReader(io.RawIOBase):
    """A whole file, opened a piece at a time wherever it is read. Raises SealBroken and StoreAway."""

    def __init__(self, store: Store, key: DataKey, file_id: uuid.UUID, pieces: Sequence[Piece]) -> None:
        self.store, self.key, self.file_id, self.pieces = store, key, file_id, pieces
        self.size = sum(one.size for one in pieces)
        self.position = 0
        self.held: tuple[int, bytes] = (-1, b"")

    def anew(self) -> SealedReader:
        """The same file for a reader that closes what it was given."""
        return SealedReader(self.store, self.key, self.file_id, self.pieces)

    def piece(self, index: int) -> bytes:
        """One piece, opened where it must stand."""
        if self.held[0] != index:
            last = index == len(self.pieces) - 1
            sealed = self.store.get(self.file_id, self.pieces[index].token)
            opened = self.key.unseal(sealed, place_of(self.file_id, index, last=last))
            if len(opened) != self.pieces[index].size:
                raise SealBroken("file", "size")
            self.held = (index, opened)
        return self.held[1]

    def all(self) -> Iterator[bytes]:
        """Piece after piece."""
        for index in range(len(self.pieces)):
            yield self.piece(index)

    def readinto(self, buffer: Any) -> int:  # noqa: ANN401  any buffer
        """Some bytes of the piece that the position is in."""
        start = 0
        for index, one in enumerate(self.pieces):
            if self.position < start + one.size:
                view = memoryview(buffer).cast("B")
                found = self.piece(index)[self.position - start :][: len(view)]
                view[: len(found)] = found
                self.position += len(found)
                return len(found)
            start += one.size
        return 0

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Anywhere."""
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self.position, os.SEEK_END: self.size}[whence]
        if base + offset < 0:
            raise OSError(errno.EINVAL, "before the beginning")
        self.position = base + offset
        return self.position

    def tell(self) -> int:
        """Where it stands."""
        return self.position

    def readable(self) -> bool:
        """It is."""
        return True

    def seekable(self) -> bool:
        """It is."""
        return True
