"""Tasks on the desk: asked for on the case, shown there and on one's own list, overdue said by a word."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from app.cases.domain import Receipt
from tests.conftest import MONDAY
from tests.pages import Browser, words
from tests.sending import send

TASK = {"words": "Ask for the scans", "due": "2030-01-08"}


@pytest.fixture
def case(staffed: Flask, clock: Any) -> tuple[Browser, Receipt, str]:
    """A coordinator on a case."""
    receipt, desk = send(staffed), Browser(staffed.test_client())
    desk.sign_in()
    address = f"/desk/cases/{receipt.reference}"
    desk.get(address)
    return desk, receipt, address


def me(desk: Browser) -> str:
    """Who the form proposes."""
    form = desk.page[desk.page.index('id="task-assignee"') :]
    return form[: form.index(" selected")].rsplit('value="', 1)[1].strip('"')


def test_a_task_is_given_shown_and_done(case: tuple[Browser, Receipt, str], clock: Any) -> None:
    desk, receipt, address = case
    assert 'name="due" required value="2030-01-08"' in desk.page
    assert desk.post(f"{address}/task", {**TASK, "assignee": me(desk)}).status_code == 303
    page = words(desk.get(address))
    assert "Ask for the scans Tomorrow 5:00 pm Ana Ribeiro" in page
    assert "Task for Ana Ribeiro · by Ana Ribeiro Ask for the scans" in page
    page = words(desk.get("/desk/tasks"))
    assert "My tasks 1" in page
    assert "Overdue" not in page
    clock.move_to(MONDAY + timedelta(days=2))
    desk.sign_in()
    page = words(desk.get("/desk/tasks"))
    assert "Overdue: Tue 5:00 pm" in page
    task = desk.hidden("task")
    assert desk.post(f"{address}/task-done", {"task": task, "then": "tasks"}).location == "/desk/tasks"
    assert "No task waits for you" in words(desk.get("/desk/tasks"))
    page = words(desk.get(address))
    assert "Task done · by Ana Ribeiro Ask for the scans" in page
    assert desk.post(f"{address}/task-done", {"task": task}).location == f"/desk/cases/{receipt.reference}"
    assert desk.post(f"{address}/task-done", {"task": "x"}).status_code == 404


def test_a_task_says_that_nobody_may_be_called(case: tuple[Browser, Receipt, str]) -> None:
    desk, _receipt, address = case
    desk.post(f"{address}/task", {**TASK, "assignee": me(desk)})
    assert "Do not contact" not in words(desk.get("/desk/tasks"))
    desk.get(address)
    desk.post(f"{address}/stop", {"reason": "They asked"})
    assert "Do not contact Ask for the scans" in words(desk.get("/desk/tasks"))


def test_a_refused_task_keeps_what_was_typed(case: tuple[Browser, Receipt, str]) -> None:
    desk, _receipt, address = case
    answer = desk.post(f"{address}/task", {**TASK, "due": "2030-01-12", "assignee": me(desk)})
    assert answer.status_code == 422
    assert "Nobody works on that day" in words(answer)
    assert 'value="Ask for the scans"' in desk.page
    assert 'value="2030-01-12" aria-invalid="true"' in desk.page


def test_who_only_reads_has_no_list_and_no_button(case: tuple[Browser, Receipt, str], staffed: Flask) -> None:
    desk, _receipt, address = case
    desk.post(f"{address}/task", {**TASK, "assignee": me(desk)})
    reader = Browser(staffed.test_client())
    reader.sign_in("petra.quist")
    page = words(reader.get(address))
    assert "Ask for the scans" in page
    assert "My tasks" not in page
    assert "Add a task" not in page
    assert reader.get("/desk/tasks").status_code == 403
