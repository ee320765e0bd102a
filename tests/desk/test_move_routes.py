"""Moving a file on the desk: the child's name is read back first; privacy officers alone learn who saw it before."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from app.audit.models import AuditRecord
from app.core.database import db
from app.desk.moved_view import FORMULA, SeenView, as_csv
from tests.cases.test_letters import mailing, text_of
from tests.conftest import add_people
from tests.filing import Sender, kept_files, mark
from tests.pages import Browser, words
from tests.papers import pages
from tests.sending import send, work
from tests.services import Mailbox

SQLITE = pytest.mark.parametrize("make_app", ["sqlite"], indirect=True)


@pytest.fixture
def lying(make_app: Callable[..., Flask], mailbox: tuple[Mailbox, int], clock: Any) -> tuple[Sender, str, str]:
    """A clean file on a case, the address of its move, and the right child's reference."""
    app = mailing(make_app, mailbox[1])
    add_people(app)
    sender, target = Sender(app), send(app, child_given_name="Liv", child_family_name="Harsha").reference
    sender.send(("flow.pdf", pages(2)))
    mark(app, "clean")
    row = kept_files(app)["flow.pdf"][0]
    work(app)
    mailbox[0].letters.clear()
    clock.shift(timedelta(minutes=5))
    return sender, f"/desk/cases/{sender.receipt.reference}/files/{row.id}", target


def signed_in(app: Flask, person: str) -> Browser:
    browser = Browser(app.test_client())
    browser.sign_in(person)
    return browser


def links(mailbox: tuple[Mailbox, int]) -> dict[str, str]:
    """Who was told, and the address in their letter."""
    return {
        one["To"]: re.sub(r"^https?://[^/]+", "", re.search(r"https?://\S+", text_of(one))[0])  # type: ignore[index]
        for one in mailbox[0].letters
    }


def move(desk: Browser, file: str, target: str, reason: str = "Two children of one name") -> None:
    """Both steps."""
    desk.get(f"{file}/move")
    typed = {"to": target.lower().replace("-", " "), "reason": reason}
    page = words(desk.post(f"{file}/move", typed))
    assert "Goes to Liv Harsha , born" in page
    assert desk.post(f"{file}/move", {"to": desk.hidden("to"), "reason": desk.hidden("reason"), "sure": "yes"}).status_code == 303  # fmt: skip


def test_the_name_is_read_back_the_file_moves_and_the_officer_learns_who_saw_it(
    lying: tuple[Sender, str, str], mailbox: tuple[Mailbox, int], clock: Any
) -> None:
    sender, file, target = lying
    desk, listed = signed_in(sender.app, "ana.ribeiro"), file.rpartition("/")[0]
    ben = signed_in(sender.app, "ben.okafor")
    ben.get(listed)
    ben.get(f"{file}/view?page=2")
    ben.client.get(file)
    clock.shift(timedelta(minutes=1))
    desk.get(f"{file}/move")
    page = words(desk.post(f"{file}/move", {"to": target, "reason": "Two children of one name"}))
    assert "Goes to Liv Harsha , born" in page
    assert kept_files(sender.app)["flow.pdf"][0].case_id == sender.receipt.case_id  # nothing is done yet
    move(desk, file, target)
    assert f"The file was moved to {target}" in words(desk.get(listed))
    assert "flow.pdf" not in words(desk.get(listed))
    assert f"A file was moved to {target} · by Ana Ribeiro Two children of one name" in words(desk.get(listed.removesuffix("/files")))  # fmt: skip
    page = words(desk.get(f"/desk/cases/{target}"))
    assert f"A file was moved here from {sender.receipt.reference}" in page
    assert "flow.pdf" in page
    clock.shift(timedelta(minutes=1))
    ben.get(listed)  # after the move: no look at the file
    work(sender.app)
    told = links(mailbox)
    assert list(told) == ["petra.quist@example.org"]
    letter = text_of(mailbox[0].letters[0])
    assert not any(word in letter for word in ("flow", "Harsha", target, sender.receipt.reference, "Two children"))
    petra = signed_in(sender.app, "petra.quist")
    page = words(petra.get(told["petra.quist@example.org"]))
    assert page.count("Ben Okafor") == 3
    for said in ("saved the file", "saw page 2 of the file", "Ben Okafor opened the list of files", target,
                 sender.receipt.reference, "Two children of one name"):  # fmt: skip
        assert said in page
    table = petra.client.get(f"{told['petra.quist@example.org']}/list.csv")
    assert table.mimetype == "text/csv"
    assert table.headers["Content-Disposition"].startswith("attachment;")
    assert table.text.count("Ben Okafor") == 3
    assert "2030-01-07T15:05:00+00:00,Ben Okafor,saw page 2 of the file" in table.text
    with sender.app.app_context():
        looked = select(AuditRecord.actor_id).where(AuditRecord.action == "trail_viewed")
        assert len(db.session.execute(looked).all()) == 2


@SQLITE
@pytest.mark.parametrize("person", ["ana.ribeiro", "mina.dalgaard", "ada.lindqvist", "ruth.amsel"])
def test_nobody_else_opens_the_list(lying: tuple[Sender, str, str], mailbox: tuple[Mailbox, int], person: str) -> None:
    sender, file, target = lying
    move(signed_in(sender.app, "ana.ribeiro"), file, target)
    work(sender.app)
    (link,) = links(mailbox).values()
    other = signed_in(sender.app, person)
    for address in (link, f"{link}/list.csv"):
        assert other.client.get(address).status_code == 403
    assert signed_in(sender.app, "petra.quist").get(f"/desk/moved/{file.rpartition('/')[2]}").status_code == 404


@SQLITE
@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"to": "7KQ4-M2XH-9", "reason": "x"}, "You work on no case with this reference"),
        ({"to": "nonsense", "reason": "x"}, "You work on no case with this reference"),
        ({"to": "", "reason": "x"}, "You work on no case with this reference"),
        ({"to": "the other", "reason": " "}, "Say why the file is moved"),
        ({"to": "itself", "reason": "x"}, "The file is on this case already"),
    ],
)
def test_what_is_missing_is_said_and_nothing_moves(
    lying: tuple[Sender, str, str], typed: dict[str, str], says: str
) -> None:
    sender, file, target = lying
    desk = signed_in(sender.app, "ana.ribeiro")
    desk.get(f"{file}/move")
    to = {"the other": target, "itself": sender.receipt.reference}.get(typed["to"], typed["to"])
    answer = desk.post(f"{file}/move", {**typed, "to": to, "sure": "yes"})
    assert answer.status_code == 422
    assert says in words(answer)
    assert kept_files(sender.app)["flow.pdf"][0].case_id == sender.receipt.case_id


@SQLITE
def test_a_case_of_another_program_is_none_of_theirs_and_a_second_press_is_told(lying: tuple[Sender, str, str]) -> None:
    sender, file, target = lying
    ben, desk = signed_in(sender.app, "ben.okafor"), signed_in(sender.app, "ana.ribeiro")
    ben.get(f"{file}/move")
    desk.get(f"{file}/move")
    move(desk, file, target)
    answer = ben.post(f"{file}/move", {"to": target, "reason": "x", "sure": "yes"})
    assert answer.status_code == 404
    assert "This file is not on this case any more." in words(answer)
    assert signed_in(sender.app, "petra.quist").get(f"{file}/move").status_code == 403


@given(st.text(max_size=20))
def test_no_cell_of_the_table_is_a_formula(name: str) -> None:
    row = as_csv([SeenView("", "2030-01-07", name, "saved the file")]).split("\r\n", 1)[1]
    cell = row.removeprefix("2030-01-07,").removeprefix('"')
    assert not cell.startswith(FORMULA)
