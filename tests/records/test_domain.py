"""Names are data: whatever is typed comes back as text, and never as a path or another ending."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from app.records.domain import LONGEST_NAME, name_as_typed, name_to_save

anything = st.text(st.characters(), max_size=500)


@given(anything)
def test_a_name_has_no_path_no_control_and_an_end(raw: str) -> None:
    name = name_as_typed(raw)
    assert 0 < len(name) <= LONGEST_NAME
    assert not set(name) & set("/\\\0\r\n\x1b\x85\u2028")
    assert name_as_typed(name) == name
    name.encode()


@given(anything)
def test_a_name_to_save_ends_as_the_file_is(raw: str) -> None:
    name = name_to_save(name_as_typed(raw), (".pdf",))
    assert name.lower().endswith(".pdf")
    assert len(name) <= 200
    assert not set(name) & set('/\\:*?"<>|\u202e\u2066\0\n')
    assert name.strip(" .")


def test_names_that_are_meant_to_deceive() -> None:
    assert name_as_typed("../../etc/passwd") == "passwd"
    assert name_as_typed("C:\\Users\\me\\flow.pdf") == "flow.pdf"
    assert name_as_typed("x" * 400 + ".pdf") == "x" * 296 + ".pdf"
    assert name_as_typed(" \x00 ") == "file"
    assert name_as_typed("ann\u202efdp.exe") == "ann\u202efdp.exe"  # kept as typed; shown inside its own direction
    assert name_to_save("ann\u202efdp.exe", (".pdf",)) == "annfdp.exe.pdf"
    assert name_to_save("Flow.PDF", (".pdf",)) == "Flow.PDF"
    assert name_to_save("..", (".txt",)) == "file.txt"
