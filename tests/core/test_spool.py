"""What a server puts down while it passes by: readable at any position by its maker, and by nobody else."""

from __future__ import annotations

import os

from hypothesis import given
from hypothesis import strategies as st

from app.core.spool import SealedSpool


@given(st.lists(st.binary(max_size=70), max_size=12), st.lists(st.tuples(st.integers(0, 300), st.integers(0, 80))))
def test_any_portions_come_back_at_any_position(data: list[bytes], asked: list[tuple[int, int]]) -> None:
    whole = b"".join(data)
    with SealedSpool() as spool:
        for some in data:
            spool.seek(0, os.SEEK_END)
            assert spool.write(some) == len(some)
        for position, length in asked:
            spool.seek(position)
            assert spool.read(length) == whole[position : position + length]
        spool.seek(0)
        assert spool.read() == whole


def test_the_file_beneath_holds_none_of_it() -> None:
    with SealedSpool() as spool:
        spool.write(b"the child's flow report " * 40)
        on_disk = os.pread(spool.file.fileno(), 10_000, 0)
    assert len(on_disk) == 960
    assert b"flow" not in on_disk
