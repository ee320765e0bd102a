"""Messages of a case: who may be written to and in which language, what waits for an answer, what is never readable."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.audit.models import AuditRecord
from app.cases.attention import Band
from app.cases.domain import Status
from app.cases.models import Case, Consent
from app.cases.models_work import ContactAttempt, Event, Message, Task
from app.core.database import db
from app.core.jobs import Job
from tests.messaging import Family, sent_by_desk
from tests.pages import Browser, words
from tests.sending import set_rows, work

ENGLISH = {"preferred_language": "en"}


def rows(app: Flask, table: Any) -> list[Any]:
    """All rows of a table, oldest first."""
    with app.app_context():
        found = list(db.session.execute(select(table).order_by(table.id)).scalars())
        db.session.remove()
    return found


def reach(desk: Browser, family: Family, outcome: str = "reached") -> None:
    """Log a call."""
    case = f"/desk/cases/{family.receipt.reference}"
    desk.get(case)
    desk.post(f"{case}/contact", {"party": str(family.party), "channel": "phone", "outcome": outcome})


def test_what_a_family_writes_brings_the_case_up_with_its_reason_until_it_is_answered(
    staffed: Flask, clock: Any, desk: Browser
) -> None:
    family = Family(staffed, answers=ENGLISH)
    reach(desk, family)
    family.enter()
    assert family.case().attention_band > Band.ANSWER
    clock.shift(timedelta(minutes=5))
    family.write("Can we come on Friday?")
    case = family.case()
    assert (case.attention_band, case.attention_reasons.split(",")[0]) == (Band.ANSWER, "unanswered_message")
    assert "Unanswered message" in words(desk.get("/desk"))
    assert "1 unanswered" in words(desk.get(f"/desk/cases/{family.receipt.reference}"))
    clock.shift(timedelta(minutes=5))
    sent_by_desk(desk, family, text="Yes, come on Friday.")
    assert family.case().unanswered_at is None
    assert family.case().attention_band > Band.ANSWER


@pytest.mark.parametrize("way", ["call", "no answer needed"])
def test_a_conversation_or_a_word_that_no_answer_is_needed_answers_too(
    staffed: Flask, clock: Any, desk: Browser, way: str
) -> None:
    family = Family(staffed, answers=ENGLISH)
    family.enter()
    family.write("Thank you.")
    reach(desk, family, "no_answer")
    assert family.case().unanswered_at is not None, "a call that nobody took answers nothing"
    clock.shift(timedelta(minutes=1))
    if way == "call":
        reach(desk, family)
    else:
        desk.get(family.thread)
        seen = desk.hidden("message")
        clock.shift(timedelta(minutes=1))
        family.write("And one thing more.")
        desk.post(family.thread, {"act": "answered", "message": seen})
        assert family.case().unanswered_at is not None, "what came after the page was read still waits"
        desk.get(family.thread)
        desk.post(family.thread, {"act": "answered", "message": desk.hidden("message")})
    assert family.case().unanswered_at is None
    assert all(one.answered_at for one in rows(staffed, Message))


def test_an_answer_to_one_party_answers_no_other(staffed: Flask, clock: Any, desk: Browser) -> None:
    mother, practice = Family(staffed, answers=ENGLISH), Family(staffed, answers=ENGLISH)
    for one in (mother, practice):
        one.enter()
        one.write("Please answer.")
    clock.shift(timedelta(minutes=1))
    sent_by_desk(desk, mother, text="Here.")
    assert (mother.case().unanswered_at is None, practice.case().unanswered_at is None) == (True, False)


def test_a_message_opens_an_ended_case_again_and_not_that_of_a_child_who_died(staffed: Flask, clock: Any) -> None:
    ended, died = Family(staffed, answers=ENGLISH), Family(staffed, answers=ENGLISH)
    for family, status in ((ended, Status.WITHDRAWN), (died, Status.DECEASED)):
        family.enter()
        values = {"status": str(status), "status_before": "acknowledged", "is_open": False}
        set_rows(staffed, Case.__table__.update().where(Case.id == family.receipt.case_id).values(values))
        family.write("We thought again.")
    assert (ended.case().status, ended.case().is_open) == ("acknowledged", True)
    assert (died.case().status, died.case().attention_band) == ("deceased", Band.ANSWER)


def test_a_stop_refuses_a_message_and_one_that_comes_between_holds_the_mail(
    staffed: Flask, clock: Any, desk: Browser
) -> None:
    family = Family(staffed, answers=ENGLISH)
    sent_by_desk(desk, family, text="The first.")
    set_rows(staffed, Case.__table__.update().values(contact_stop=True))
    work(staffed)
    message = rows(staffed, Message)[0]
    assert message.state == "failed"
    assert ("message_failed", "stopped") in [(one.kind, one.new_value) for one in rows(staffed, Event)]
    desk.get(family.thread)
    answer = desk.post(family.thread, {"act": "preview", "text": "The second."})
    assert answer.status_code == 422
    assert "They asked us not to call or write." in words(answer)
    assert len(rows(staffed, Message)) == 1


def test_who_did_not_agree_to_be_contacted_is_not_written_to(staffed: Flask, clock: Any, desk: Browser) -> None:
    family = Family(staffed, answers=ENGLISH)
    set_rows(staffed, Consent.__table__.update().where(Consent.wording == "contact_me").values(answer=False))
    desk.get(family.thread)
    answer = desk.post(family.thread, {"act": "send", "text": "Hello"})
    assert (answer.status_code, rows(staffed, Message)) == (422, [])
    assert "They did not agree to be contacted." in words(answer)


def test_a_template_in_their_language_goes_out_as_it_is(staffed: Flask, clock: Any, desk: Browser) -> None:
    family = Family(staffed)
    sent_by_desk(desk, family, template="tried_to_reach")
    family.enter()
    shown = family.read()
    assert "También puede llamarnos al (617) 555-0142" in shown
    assert family.receipt.reference in shown
    assert "{phone}" not in shown


def test_own_words_in_another_language_go_out_only_with_a_translation_or_become_a_call(
    staffed: Flask, clock: Any, desk: Browser
) -> None:
    family = Family(staffed)
    desk.get(family.thread)
    own = {"text": "Please bring the scans."}
    refused = desk.post(family.thread, {"act": "send", **own})
    assert refused.status_code == 422
    assert "add a translation that a person made" in words(refused)
    assert "Please bring the scans." in refused.text
    unnamed = desk.post(family.thread, {"act": "preview", **own, "translation": "Traiga las imágenes."})
    assert unnamed.status_code == 422
    assert rows(staffed, Message) == []
    made = {**own, "translation": "Traiga las imágenes.", "translated_by": "Inés Robledo", "qualified": "y"}
    sent_by_desk(desk, family, **made)
    assert "translated by Inés Robledo, qualified" in words(desk.get(family.thread))
    family.enter()
    assert "Traiga las imágenes." in family.read()
    assert "Please bring the scans." not in family.read()
    desk.get(family.thread)
    desk.post(family.thread, {"act": "interpreter", **own})
    assert [one.kind for one in rows(staffed, Task)] == ["interpreter_call"]
    assert len(rows(staffed, Message)) == 1


def test_who_reads_their_language_writes_in_it(staffed: Flask, clock: Any, desk: Browser) -> None:
    from_desk = "update \"user\" set languages_read = 'pt, es' where email like 'ana%'"
    with staffed.app_context(), db.engine.begin() as connection:
        connection.exec_driver_sql(from_desk.replace("%", "%%") if db.engine.dialect.name != "sqlite" else from_desk)
    family = Family(staffed)
    sent_by_desk(desk, family, text="Traiga las imágenes.")
    assert [(one.locale, one.translation) for one in rows(staffed, Message)] == [("es", None)]


def test_a_message_that_the_assignee_does_not_read_asks_for_a_translation_beside_it(
    staffed: Flask, clock: Any, desk: Browser
) -> None:
    family = Family(staffed)
    desk.get(f"/desk/cases/{family.receipt.reference}")
    desk.post(f"/desk/cases/{family.receipt.reference}/claim", {})
    family.enter()
    family.write("¿Podemos ir el viernes?")
    task, message = rows(staffed, Task)[0], rows(staffed, Message)[0]
    assert (task.kind, task.assignee_id, task.done_at) == ("translate", family.case().assignee_id, None)
    assert family.case().unanswered_at is not None, "the clocks run meanwhile"
    desk.get(family.thread)
    empty = desk.post(family.thread, {"act": "translate", "message": str(message.id), "translated_by": "Inés"})
    assert empty.status_code == 422
    made = {"translation": "May we come on Friday?", "translated_by": "Inés Robledo"}
    desk.post(family.thread, {"act": "translate", "message": str(message.id), **made})
    shown = words(desk.get(family.thread))
    assert "¿Podemos ir el viernes?" in shown
    assert "translated by Inés Robledo, not a qualified translator" in shown
    assert "May we come on Friday?" in shown
    assert rows(staffed, Task)[0].done_at is not None
    assert "May we come on Friday?" not in family.read(), "a translation for staff is theirs"


def test_what_is_read_by_the_assignee_asks_for_none(staffed: Flask, clock: Any) -> None:
    family = Family(staffed, answers=ENGLISH)
    family.enter()
    family.write("May we come on Friday?")
    assert rows(staffed, Task) == []


def test_no_address_or_a_refusal_for_good_means_that_somebody_calls(staffed: Flask, clock: Any, desk: Browser) -> None:
    family = Family(staffed, answers={**ENGLISH, "contact_email": "", "reply_by": "phone"})
    sent_by_desk(desk, family, text="Please call us.")
    work(staffed)
    assert rows(staffed, Message)[0].state == "no_way"
    assert family.case().next_step == "call_about_message"
    assert "Call: a message could not be delivered" in words(desk.get(f"/desk/cases/{family.receipt.reference}"))
    clock.shift(timedelta(minutes=1))
    reach(desk, family)
    assert family.case().next_step != "call_about_message"


def test_who_has_the_case_is_told_alone_and_where_nobody_has_it_all_are(
    staffed: Flask, clock: Any, desk: Browser
) -> None:
    free, taken = Family(staffed, answers=ENGLISH), Family(staffed, answers=ENGLISH)
    desk.get(f"/desk/cases/{taken.receipt.reference}")
    desk.post(f"/desk/cases/{taken.receipt.reference}/claim", {})
    for family in (free, taken):
        family.enter()
        family.write("Hello?")
    told = [
        (one.case_id, one.kind)
        for one in rows(staffed, Job)
        if one.kind.startswith("mail_")
        and one.subject_id not in {free.receipt.submission_id, taken.receipt.submission_id}
    ]
    assert sorted(told) == sorted([(free.receipt.case_id, "mail_staff"), (taken.receipt.case_id, "mail_coordinator")])


def test_bodies_and_translations_are_sealed_and_in_no_other_row(staffed: Flask, clock: Any, desk: Browser) -> None:
    family = Family(staffed)
    sent_by_desk(desk, family, text="zzown", translation="zzotra", translated_by="zzperson")
    family.enter()
    family.write("zzfamily")
    desk.get(family.thread)
    desk.post(family.thread, {"act": "interpreter", "text": "zzspoken"})
    with staffed.app_context():
        for table in (Message, Event, Task, Job, ContactAttempt, Case):
            for row in db.session.execute(select(table.__table__)):
                assert not re.search("zz(own|otra|person|family|spoken)", repr(row)), table
    assert len(rows(staffed, Message)) == 2


def test_four_words_are_read_out_on_the_trail(staffed: Flask, clock: Any, desk: Browser) -> None:
    family = Family(staffed)
    desk.get(family.thread)
    assert family.words("es") not in desk.page
    shown = words(desk.post(family.thread, {"act": "words"}))
    assert family.words("es") in shown
    assert [one.actor_kind for one in rows(staffed, AuditRecord) if one.action == "words_read"] == ["staff"]
