"""Sealed pieces: any bytes in any portions come back, and no piece opens anywhere but where it was put."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.sealing import KeyRing, SealBroken
from app.records.pieces import Piece, SealedReader, SealedWriter, read_pieces, write_pieces
from app.records.stores import StoreAway

KEY, _ROW = KeyRing(b"m" * 32).make("case")
OTHER, _OTHER_ROW = KeyRing(b"m" * 32).make("case")
FILE = uuid.UUID(int=7)
portions = st.lists(st.binary(max_size=40), max_size=12)


class Shelf:
    """A store in memory, of one file."""

    def __init__(self) -> None:
        self.kept_pieces: dict[str, bytes] = {}

    def put(self, file_id: uuid.UUID, token: str, piece: bytes) -> None:  # noqa: ARG002
        self.kept_pieces[token] = piece

    def get(self, file_id: uuid.UUID, token: str) -> bytes:  # noqa: ARG002
        if token not in self.kept_pieces:
            raise StoreAway
        return self.kept_pieces[token]

    def remove(self, file_id: uuid.UUID, tokens: set[str] | None = None) -> None:  # noqa: ARG002
        for token in set(self.kept_pieces) if tokens is None else tokens:
            self.kept_pieces.pop(token, None)

    def kept(self) -> Iterator[tuple[uuid.UUID, Mapping[str, datetime]]]:
        raise NotImplementedError


def writer_on(shelf: Shelf, before: tuple[Piece, ...] = ()) -> SealedWriter:
    """Pieces of 16 bytes, so that a few bytes are a large file."""
    return SealedWriter(shelf, KEY, FILE, before, most=16)


def sealed(data: list[bytes]) -> tuple[Shelf, tuple[Piece, ...]]:
    """A file on a shelf."""
    shelf = Shelf()
    writer = writer_on(shelf)
    for some in data:
        writer.write(some)
    return shelf, writer.end(last=True)


def opened(shelf: Shelf, pieces: tuple[Piece, ...]) -> bytes:
    """All of it."""
    return b"".join(SealedReader(shelf, KEY, FILE, pieces).all())


@given(portions)
def test_whatever_is_written_comes_back_whatever_the_portions(data: list[bytes]) -> None:
    shelf, pieces = sealed(data)
    assert opened(shelf, pieces) == b"".join(data)
    assert read_pieces(write_pieces(pieces)) == pieces
    assert max(one.size for one in pieces) <= 16


@given(portions, st.lists(st.integers(0, 200), min_size=1, max_size=8), st.integers(1, 60))
def test_it_is_read_at_any_position(data: list[bytes], positions: list[int], length: int) -> None:
    whole = b"".join(data)
    shelf, pieces = sealed(data)
    reader = SealedReader(shelf, KEY, FILE, pieces)
    for position in positions:
        reader.seek(position)
        found = b""
        while len(found) < length and (more := reader.read(length - len(found))):
            found += more
        assert found == whole[position : position + length]


@given(portions, portions)
def test_what_is_gone_on_with_is_one_file(first: list[bytes], then: list[bytes]) -> None:
    shelf = Shelf()
    writer = writer_on(shelf)
    for some in first:
        writer.write(some)
    writer = writer_on(shelf, writer.end(last=False))
    for some in then:
        writer.write(some)
    assert opened(shelf, writer.end(last=True)) == b"".join(first + then)


@given(st.binary(min_size=33, max_size=90), st.data())
def test_a_piece_that_was_swapped_left_out_doubled_or_put_last_is_refused(whole: bytes, data: st.DataObject) -> None:
    shelf, pieces = sealed([whole])
    order = data.draw(
        st.lists(st.sampled_from(pieces), max_size=len(pieces) + 1).filter(lambda one: tuple(one) != pieces)
    )
    if not order:
        return  # no piece at all: the row's own size says it
    with pytest.raises(SealBroken):
        opened(shelf, tuple(order))


@given(st.binary(min_size=1, max_size=60), st.data())
def test_a_piece_with_any_byte_changed_or_cut_off_is_refused(whole: bytes, data: st.DataObject) -> None:
    shelf, pieces = sealed([whole])
    token = data.draw(st.sampled_from(pieces)).token
    piece = shelf.kept_pieces[token]
    at = data.draw(st.integers(0, len(piece) - 1))
    edited = piece[:at] + bytes([piece[at] ^ data.draw(st.integers(1, 255))]) + piece[at + 1 :]
    shelf.kept_pieces[token] = data.draw(st.sampled_from([edited, piece[:at], piece + b"\0"]))
    with pytest.raises(SealBroken):
        opened(shelf, pieces)


def test_a_piece_of_another_file_or_another_key_is_refused() -> None:
    shelf, pieces = sealed([b"flow report of a child"])
    with pytest.raises(SealBroken):
        b"".join(SealedReader(shelf, KEY, uuid.UUID(int=8), pieces).all())
    with pytest.raises(SealBroken):
        b"".join(SealedReader(shelf, OTHER, FILE, pieces).all())


def test_a_row_that_says_another_size_is_refused() -> None:
    shelf, pieces = sealed([b"flow report"])
    with pytest.raises(SealBroken):
        opened(shelf, (Piece(pieces[0].token, 3),))


@given(st.binary(min_size=8, max_size=90))
def test_nothing_of_it_stands_readable_on_the_shelf(whole: bytes) -> None:
    shelf, _pieces = sealed([whole])
    kept = b"".join(shelf.kept_pieces.values())
    assert not any(whole[start : start + 8] in kept for start in range(len(whole) - 7))
