"""The one way on: every act changes a case inside `change()`, which locks, checks, and on leaving writes what happened."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit.domain import Action
from app.audit.service import record as audit
from app.cases import second_clock
from app.cases.addresses import take_up
from app.cases.attention import Standing, attention
from app.cases.domain import Status, Urgency, WaitingOn
from app.cases.guard import writing
from app.cases.ladder import Paged
from app.cases.models import Case
from app.cases.models_work import Event
from app.cases.paging import needed, page_anew
from app.cases.promise_watch import promised, watch
from app.cases.promises import Open, pressing
from app.cases.silence import AMONG_STAFF, NEVER
from app.core.actor import Actor, ActorKind, Permission
from app.core.database import write_rows
from app.core.errors import NotAllowed, NotFound, Refused
from app.core.ids import new_id
from app.core.jobs import enqueue, job_row
from app.core.sealing import DataKey, ring

# What comes in, and what moves a case on, ends a snooze; a note or a task does not.
ENDS_SNOOZE = frozenset(
    {
        "message_received", "changed_after_sending", "file_added", "death_told", "contact_held", "status", "undone", "reopened",
        "handed_over", "contact_logged", "message_sent", "records_asked", "records_complete", "snooze_ended",
    }
)  # fmt: skip


class Unrecorded(RuntimeError):
    """A programming fault: `change()` was left without saying what changed."""


@dataclass(slots=True)
class Change:
    """What an act works with: the locked cases, and `record()` to say what it did."""

    session: Session
    actor: Actor
    at: datetime
    cases: dict[uuid.UUID, Case]
    keys: dict[uuid.UUID, DataKey]
    before: dict[uuid.UUID, Paged]
    promises: dict[uuid.UUID, Open]
    marked: frozenset[uuid.UUID]  # those whose sender changed something that nobody has looked at
    events: list[dict[str, Any]] = field(default_factory=list)
    jobs: list[dict[str, Any]] = field(default_factory=list)

    @property
    def case(self) -> Case:
        """The only case of a change of one."""
        (case,) = self.cases.values()
        return case

    def of(self, case_id: uuid.UUID) -> Change:
        """The same act, for a rule of one of its cases."""
        return replace(self, cases={case_id: self.cases[case_id]})

    def key(self, case: Case | None = None) -> DataKey:
        """The data key of a case."""
        return self.keys[(case or self.case).key_id]

    def record(
        self, kind: str, *, case: Case | None = None, old: str | None = None, new: str | None = None,
        detail: object = None, party_id: uuid.UUID | None = None, subject_id: uuid.UUID | None = None,
    ) -> uuid.UUID:  # fmt: skip
        """Say what happened: a line of the timeline now, a row of the trail on leaving. Words go in `detail`."""
        case = case or self.case
        event_id, key = new_id(), self.key(case)
        self.events.append(
            {
                "id": event_id, "case_id": case.id, "origin_case_id": case.id, "at": self.at,
                "actor_kind": str(self.actor.kind), "actor_id": self.actor.id, "kind": kind,
                "old_value": old, "new_value": new, "party_id": party_id, "subject_id": subject_id,
                "key_id": key.id if detail is not None else None,
                "detail": None if detail is None else key.seal_json(detail, ("event", "detail", event_id)),
            }
        )  # fmt: skip
        return event_id

    def job(self, kind: str, *, dedupe_key: str, case: Case | None = None, **rest: Any) -> None:  # noqa: ANN401
        """Work to be done after the commit. Raises Refused for what would reach a party of a case that is stopped."""
        case = case or self.case
        if kind not in AMONG_STAFF and case.contact_stop:
            raise Refused(_("They are not to be contacted: nothing was sent."))
        if kind not in AMONG_STAFF and case.contact_held_at is not None:
            rest["due_at"] = NEVER
        self.jobs.append(job_row(self.session, kind, dedupe_key=dedupe_key, at=self.at, case_id=case.id, **rest))

    def keep_clock(self, case: Case) -> None:
        """What the act means for the clock to a decision; said once, however often it is asked."""
        for kind, old, new in second_clock.keep(self.session, case, self.at):
            self.record(kind, case=case, old=old, new=new)

    def end_snooze(self, case: Case) -> None:
        """Said on the timeline where it comes before its day."""
        kinds = {line["kind"] for line in self.events if line["case_id"] == case.id}
        if case.snoozed_until is not None and kinds & ENDS_SNOOZE:
            if case.snoozed_until > self.at and "snooze_ended" not in kinds:
                self.record("snooze_ended", case=case)
            case.snoozed_until = None

    def finish(self) -> None:
        """Write versions, places in the queue, timeline, trail and jobs."""
        if not self.events:
            message = "change() was left without record()"
            raise Unrecorded(message)
        for case in self.cases.values():
            self.keep_clock(case)
            self.end_snooze(case)
            case.version += 1
            case.changed_at = self.at
            if case.id in self.marked and case.changed_after_sending_at is None and self.actor.kind is ActorKind.STAFF:
                take_up(self.session, case.id)
            place = attention(standing(case, self.at))
            case.attention_band, case.attention_at = place.band, place.at
            case.attention_reasons = ",".join(place.reasons)
        self.session.flush()
        write_rows(self.session, Event, self.events)
        for line in self.events:
            audit(
                self.session, self.actor, Action.CASE_CHANGED, subject_kind="case", subject_id=line["case_id"],
                program=self.cases[line["case_id"]].program, at=self.at,
                detail={"kind": line["kind"], "old": line["old_value"], "new": line["new_value"]},
            )  # fmt: skip
        enqueue(self.session, self.jobs)
        for case in self.cases.values():
            page_anew(self.session, case, self.before[case.id], self.at)
            watch(self.session, case.id, self.promises[case.id], promised(case), self.at)


@contextmanager
def change(
    session: Session, ids: Sequence[uuid.UUID], actor: Actor, permission: Permission | None, at: datetime
) -> Iterator[Change]:
    """Lock the cases in id order, check the permission in each one's program, and write what `record()` said.

    `permission` is None for what a sender does to their own submission. Raises NotFound, NotAllowed, Unrecorded.
    """
    cases = lock(session, ids)
    if len(cases) != len(set(ids)):
        raise NotFound
    if permission is not None and not all(actor.may(permission, case.program) for case in cases.values()):
        raise NotAllowed
    with writing(frozenset(cases)):
        keys = ring().load_many(session, {case.key_id for case in cases.values()})
        paged = {case.id: needed(case) for case in cases.values()}
        marked = frozenset(case.id for case in cases.values() if case.changed_after_sending_at is not None)
        made = Change(
            session, actor, at, cases, keys, paged, {case.id: promised(case) for case in cases.values()}, marked
        )
        yield made
        made.finish()


def lock(session: Session, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, Case]:
    """The cases, locked in id order, so that two acts on the same two cases cannot wait for each other."""
    found = session.execute(
        select(Case).where(Case.id.in_(ids)).order_by(Case.id).with_for_update()
        .execution_options(populate_existing=True)
    ).scalars()  # fmt: skip
    return {case.id: case for case in found}


def standing(case: Case, at: datetime) -> Standing:
    """The facts of a case that decide its place."""
    return Standing(
        kind=case.kind, status=Status(case.status), urgency=Urgency(case.urgency),
        waiting_on=WaitingOn(case.waiting_on), received_at=case.received_at, status_at=case.status_at,
        due_at=case.due_at, first_contact_at=case.first_contact_at,
        changed_after_sending_at=case.changed_after_sending_at, in_hospital=case.in_hospital, contact_held_at=case.contact_held_at,
        time_critical=case.time_critical, possibly_automatic=case.possibly_automatic, asked_at=case.asked_at,
        decision_due_at=None if case.decided_at else case.decision_due_at,
        pressing=next(iter(pressing(promised(case), at)), None),
        unanswered_at=case.unanswered_at, snoozed_until=case.snoozed_until,
        snoozing=case.snoozed_until is not None and case.snoozed_until > at,
        to_tell=case.is_open and case.status == Status.NOT_A_CANDIDATE_NOW,
    )  # fmt: skip
