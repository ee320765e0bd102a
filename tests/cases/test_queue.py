"""Keyset pages part the list exactly; counts stop at 99; a cursor that is none is ignored; search and likeness."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from app.cases import queue
from app.cases.domain import ChildIdentity, Kind, Receipt, Status, Urgency
from app.cases.models import Case
from app.cases.queue import NOBODY, Cursor, Filters, counts, page
from app.cases.search import Likeness, found, may_be_same_child, same_given_name
from app.core.blind import query_terms
from app.core.clock import now
from app.core.database import db
from app.programs.service import hospital
from app.samples.load import generate
from tests.conftest import DESKS, add_people
from tests.desk.test_queue import user_id
from tests.sending import send, set_rows


@pytest.fixture
def many(app: Flask) -> Iterator[Flask]:
    """Some hundred cases, half of them open, many with one instant and band, with three assignees."""
    add_people(app)
    with app.test_request_context():
        staff = {code: [user_id(app, "ana.ribeiro"), user_id(app, "ben.okafor")] for code in DESKS}
        list(generate(hospital(), 260, "q", now(), staff))
        rows = db.session.execute(select(Case.id)).scalars().all()
        half = [one for one in rows if one.int % 2]
        early = [one for one in half if one.int % 3 == 0]
        db.session.remove()
        set_rows(
            app, Case.__table__.update().where(Case.id.in_(half)).values(is_open=True, status="new", due_at=now()),
            Case.__table__.update().where(Case.id.in_(early)).values(attention_at=now(), assignee_id=None),
        )  # fmt: skip
        yield app
        db.session.remove()


def whole(filters: Filters, programs: tuple[str, ...], size: int) -> list[Any]:
    """All pages, one after the other, by the text of each cursor."""
    rows: list[Any] = []
    after: Cursor | None = None
    for _page in range(400):
        one = page(db.session(), programs, filters, after, size)
        assert len(one.rows) <= size
        rows += one.rows
        if one.after is None:
            return rows
        after = Cursor.read(one.after.text())
        assert after == one.after
    raise AssertionError


def test_pages_part_every_list_without_a_gap_or_a_repeat(many: Flask) -> None:
    rows = db.session.execute(select(Case)).scalars().all()
    people = [NOBODY, str(user_id(many, "ana.ribeiro")), str(user_id(many, "ben.okafor"))]
    draw, checked = Random(5), 0

    def fits(row: Case, filters: Filters, programs: tuple[str, ...]) -> bool:
        who = NOBODY if row.assignee_id is None else str(row.assignee_id)
        return (
            row.program in programs and (filters.status is not None or row.is_open)
            and all(getattr(filters, one) in {None, getattr(row, one)} for one in ("program", "status", "urgency", "kind", "language", "disease_group"))
            and (not filters.assignees or who in filters.assignees)
            and (filters.due_before is None or (row.due_at is not None and row.due_at <= filters.due_before))
        )  # fmt: skip

    for _round in range(60):
        some = draw.choice(rows)
        filters = Filters(
            status=draw.choice([None, None, some.status]), urgency=draw.choice([None, None, some.urgency]),
            kind=draw.choice([None, some.kind]), language=draw.choice([None, None, some.language]),
            disease_group=draw.choice([None, None, some.disease_group]), program=draw.choice([None, None, some.program]),
            assignees=tuple(draw.sample(people, draw.choice([0, 0, 1, 2, 3]))),
            due_before=draw.choice([None, None, now() + timedelta(days=draw.randint(-3, 3))]),
        )  # fmt: skip
        programs = tuple(draw.sample(DESKS, draw.randint(1, 3)))
        got = whole(filters, programs, draw.choice([1, 2, 7, 50]))
        wanted = [row for row in rows if fits(row, filters, programs)]
        by_due = filters.due_before is not None
        wanted.sort(
            key=lambda row: (
                (row.due_at, row.id.bytes) if by_due else (row.attention_band, row.attention_at, row.id.bytes)
            )
        )
        assert [row.id for row in got] == [row.id for row in wanted], (filters, programs)
        checked += len(got) > 0
    assert checked > 20


def test_counts_are_exact_and_stop(many: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    session = db.session()
    views = {
        "all": Filters(),
        "new": Filters(status=str(Status.NEW)),
        "none": Filters(urgency="x"),
        "other": Filters(program="x"),
    }
    exact = len(whole(Filters(), DESKS, 50))
    assert exact > 100
    assert counts(session, DESKS, views) == {"all": 100, "new": 100, "none": 0, "other": 0}
    few = len(whole(Filters(kind=str(Kind.INQUIRY), urgency=str(Urgency.URGENT)), DESKS, 50))
    assert counts(session, DESKS, {"few": Filters(kind="inquiry", urgency="urgent")}) == {"few": min(few, 100)}
    assert counts(session, DESKS, {}) == {}
    assert page(session, (), Filters(), None).rows == ()
    monkeypatch.setattr(queue, "COUNT_STOP", exact + 1)
    assert counts(session, DESKS, {"all": Filters()}) == {"all": exact}


@given(st.text() | st.binary(max_size=30).map(lambda raw: raw.hex()))
def test_what_is_no_cursor_is_nothing(text: str) -> None:
    read = Cursor.read(text)
    assert read is None or Cursor.read(read.text()) == read


@pytest.fixture
def inside(app: Flask) -> Iterator[Flask]:
    """The app, to be asked."""
    with app.app_context():
        yield app
        db.session.remove()


def like(receipt: Receipt, programs: tuple[str, ...] = DESKS) -> dict[str, tuple[str, ...]]:
    """What may be the same child."""
    return {one.reference: one.why for one in may_be_same_child(db.session(), programs, receipt.case_id)}


def test_the_same_child_is_pointed_out_whatever_the_order_of_its_names(inside: Flask) -> None:
    one = send(inside, child_given_name="Minh Anh", child_family_name="Nguyễn", contact_phone="(617) 555-0101")
    swapped = send(inside, child_given_name="Nguyen", child_family_name="Minh-Anh", contact_phone="(617) 555-0102")
    by_phone = send(inside, child_given_name="Lily", child_family_name="", contact_phone="+1 617 555 0101")
    other_day = send(inside, child_given_name="Minh Anh", child_family_name="Nguyễn", dated={"child_dob-day": "28"})
    found_likes = like(one)
    assert found_likes == {swapped.reference: ("birth_date", "child_name"), by_phone.reference: ("birth_date", "phone")}
    assert other_day.reference not in found_likes
    assert one.reference in like(swapped)


def undated(app: Flask, given: str, family: str, phone: str = "(617) 555-0104", **answers: Any) -> Receipt:
    """A referral by name and record number."""
    return send(
        app, Kind.REFERRAL, patient_given_name=given, patient_family_name=family, patient_mrn="7704",
        guardian_name="Ofelia Quill", guardian_phone=phone, **answers,
        dated={"patient_dob-month": "", "patient_dob-day": "", "patient_dob-year": ""},
    )  # fmt: skip


def test_where_a_birth_date_is_missing_a_whole_name_or_a_given_name_with_the_phone_is_enough(inside: Flask) -> None:
    phone, two, three = "(617) 555-0101", "(617) 555-0102", "(617) 555-0103"
    dated = send(inside, child_given_name="Liv", child_family_name="Berg", contact_phone=phone)
    named, phoned = undated(inside, "Berg", "LIV", two), undated(inside, "Liv", "Aune", phone)
    brother, namesake = undated(inside, "Teo", "Berg", phone), undated(inside, "Liv", "Moe", three)
    assert like(dated) == {named.reference: ("child_name",), phoned.reference: ("child_name", "phone")}
    assert like(named) == {dated.reference: ("child_name",)}
    assert like(phoned) == {dated.reference: ("child_name", "phone")}
    assert like(brother) == like(namesake) == {}
    alone, same = undated(inside, "Sukarno", "", two), undated(inside, "Sukarno", "", three)
    assert like(alone) == {same.reference: ("child_name",)}


def test_of_another_program_an_undated_case_with_the_same_name_is_named_and_no_more(inside: Flask) -> None:
    here = undated(inside, "Itzel", "Quiñones")
    there = send(inside, diagnosis="sickle_cell", disease_situation="")
    pointed_out = may_be_same_child(db.session(), ("cart",), here.case_id)
    assert pointed_out == [Likeness(there.case_id, there.reference, "gene_therapy")]


def test_twins_are_pointed_out_and_stay_two(inside: Flask) -> None:
    one = send(inside, child_given_name="Ada", child_family_name="Quill")
    two = send(inside, child_given_name="Ben", child_family_name="Quill")
    assert like(one) == {two.reference: ("birth_date", "child_name", "phone")}
    assert one.case_id != two.case_id


def test_cases_of_other_programs_are_not_found_and_no_more_than_their_place_is_pointed_out(inside: Flask) -> None:
    here = send(inside)
    there = send(inside, diagnosis="sickle_cell", disease_situation="")
    assert there.reference in like(here)
    (pointed_out,) = may_be_same_child(db.session(), ("cart",), here.case_id)
    assert pointed_out == Likeness(there.case_id, there.reference, "gene_therapy")
    for typed in ("Itzel", there.reference, "2019-03-27", "617 555 0119"):
        rows = found(db.session(), ("cart",), query_terms(typed))
        assert there.case_id not in {row.id for row in rows}, typed
        assert found(db.session(), (), query_terms(typed)) == ()
    assert {row.id for row in found(db.session(), DESKS, query_terms("itzel"))} == {here.case_id, there.case_id}


def test_a_practices_phone_finds_its_cases_and_is_no_sign_of_the_same_child(inside: Flask) -> None:
    born = {"patient_dob-month": "4", "patient_dob-day": "3", "patient_dob-year": "2018"}
    one, two = (
        send(inside, Kind.REFERRAL, patient_given_name=name, patient_family_name=family, dated=born,
             back_line_phone="(413) 555-0112", referrer_phone="(413) 555-0113")
        for name, family in (("Barnaby", "Quill"), ("Solveig", "Aune"))
    )  # fmt: skip
    family = send(inside, child_given_name="Liv", child_family_name="Berg", contact_phone="(413) 555-0113",
                  dated={"child_dob-month": "4", "child_dob-day": "3", "child_dob-year": "2018"})  # fmt: skip
    assert [like(each) for each in (one, two, family)] == [{}, {}, {}]
    for phone, cases in (("413 555 0112", {one, two}), ("413 555 0113", {one, two, family})):
        rows = found(db.session(), DESKS, query_terms(phone))
        assert {row.id for row in rows} == {each.case_id for each in cases}


def test_a_given_name_is_the_same_however_it_is_joined_ordered_or_shortened() -> None:
    def named(given: str, family: str = "Nguyễn", preferred: str | None = None) -> ChildIdentity:
        return ChildIdentity(given, family, "2019-03-27", None, "ALL", preferred_name=preferred)

    for one, other, same in (
        (named("Minh Anh"), named("Minhanh"), True), (named("Minh Anh"), named("Nguyen", "Minh-Anh"), True),
        (named("William"), named("Bill", preferred="William"), True), (named("Zoë Ann"), named("ZOE"), True),
        (named("Ada"), named("Ben"), False), (named("Ada", "Quill"), named("Quillon", "Quill"), False),
    ):  # fmt: skip
        assert same_given_name(one, other) == same_given_name(other, one) == same, (one, other)


def test_every_word_must_be_met_but_by_anybody_on_the_case(inside: Flask) -> None:
    receipt = send(inside)
    for typed, hit in (("itzel odalys", True), ("quinones ITZEL", True), ("itzel 3/27/2019", True), ("itzel nobody", False), ("itz", False), ("  ", False)):  # fmt: skip
        rows = found(db.session(), DESKS, query_terms(typed))
        assert [row.id for row in rows] == ([receipt.case_id] if hit else []), typed


def test_a_page_holds_no_more_than_its_size(inside: Flask) -> None:
    for _case in range(3):
        send(inside)
    sizes = [len(page(db.session(), DESKS, Filters(), None, size).rows) for size in (1, 2, 3, 4)]
    assert sizes == [1, 2, 3, 3]
    assert list(itertools.accumulate(sizes))[-1] == 9
