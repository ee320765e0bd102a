"""Every shipped submission goes in over HTTP and every answer is read on the desk after a restart."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask

from app.samples.items import items
from tests.conftest import add_people
from tests.services import served
from tests.stories.ways import Walker, answers_on, expected_on, problems


def test_every_answer_of_every_submission_is_on_the_desk_after_a_restart(make_app: Callable[..., Flask]) -> None:
    first = make_app()
    add_people(first)
    sent = {}
    with served(first) as address:
        for item in items()[1]:
            walker = Walker(address)
            answers = dict(item.answers)
            if item.kind == "inquiry":
                walker.send_inquiry(answers)
            else:
                walker.go("/referral")
                if item.expect.get("npi_error"):
                    _code, url = walker.status_of(walker.url, answers)
                    assert url.endswith("?wrong=yes")
                    answers["npi_reason"] = ["As the practice wrote it"]
                # Everything goes with the first page that asks for it, shown there or not.
                walker.go(walker.url, answers)
                walker.go(walker.url, answers)
                walker.walk(answers)
            assert "/follow/" in walker.url, (item.id, problems(walker.page))
            sent[item.id] = (walker.reference(), answers)
    leaves = 0
    with served(make_app()) as address:
        desk = Walker(address)
        desk.sign_in()
        for name, (reference, answers) in sent.items():
            desk.go(f"/desk/cases/{reference}")
            wanted = expected_on(answers)
            assert answers_on(desk.page) == wanted, name
            leaves += len(wanted)
    assert len(sent) == 15
    assert leaves > 400


def test_what_the_file_expects_is_what_the_app_concludes(make_app: Callable[..., Flask]) -> None:
    app = make_app()
    add_people(app)
    with served(app) as address:
        pages = {}
        for item in items()[1]:
            walker = Walker(address)
            answers = dict(item.answers) | {"npi_reason": ["kept"]}
            if item.kind == "inquiry":
                walker.send_inquiry(item.answers)
            else:
                walker.go("/referral")
                walker.go(walker.url, answers)
                walker.go(walker.url, answers)
                walker.walk(answers)
            pages[item.id] = (walker.page, walker.reference())
        labels = {
            "flow_cytometry": "Flow cytometry", "bone_marrow_report": "Bone marrow report", "weight_kg": "Weight, kg",
            "treatment_summary": "Treatment summary with dates", "guardian_phone": "Guardian’s phone",
            "date_of_last_relapse": "Date of last relapse",
        }  # fmt: skip
        desk = Walker(address)
        desk.sign_in()
        for item in items()[1]:
            page, reference = pages[item.id]
            if item.expect.get("complete") is True:
                assert "Nothing is missing for a first review" in page, item.id
            for code in item.expect.get("missing", ()):
                assert labels[code] in page, (item.id, code)
            if item.expect.get("urgent") or item.expect.get("page_on_call"):
                assert "Nobody has been called." in page, item.id
            if item.expect.get("program") == "gene_therapy":
                desk.go("/desk?view=open&program=gene_therapy")
                assert reference in desk.page, item.id
            twin = item.expect.get("duplicate_of_candidate")
            if twin:
                desk.go(f"/desk/cases/{reference}")
                assert f"/desk/cases/{pages[twin][1]}" in desk.page, item.id
