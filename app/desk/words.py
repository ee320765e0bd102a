"""The desk's words for codes: statuses, urgencies, reasons, kinds. Templates and filters take them from here."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from app.cases.attention import Reason
from app.cases.domain import Channel, Kind, Status, Urgency, WaitingOn

STATUS_WORDS: Mapping[Status, LazyString] = {
    Status.NEW: _l("New"),
    Status.ACKNOWLEDGED: _l("Acknowledged"),
    Status.CONTACTING_FAMILY: _l("Contacting the family"),
    Status.CONTACTING_REFERRER: _l("Contacting the referrer"),
    Status.AWAITING_INFORMATION: _l("Awaiting information"),
    Status.READY_FOR_REVIEW: _l("Ready for review"),
    Status.IN_REVIEW: _l("In review"),
    Status.ACCEPTED_CONSULT: _l("Accepted for consult"),
    Status.FINANCIAL_CLEARANCE: _l("Financial clearance"),
    Status.SCHEDULING: _l("Scheduling"),
    Status.SCHEDULED: _l("Scheduled"),
    Status.ON_HOLD: _l("On hold"),
    Status.REDIRECTED: _l("Redirected"),
    Status.NOT_A_CANDIDATE_NOW: _l("Not a candidate now"),
    Status.UNABLE_TO_REACH: _l("Unable to reach"),
    Status.WITHDRAWN: _l("Withdrawn"),
    Status.DUPLICATE_OF: _l("Duplicate"),
    Status.DECEASED: _l("Deceased"),
    Status.CLOSED: _l("Closed"),
}
URGENCY_WORDS: Mapping[Urgency, LazyString] = {
    Urgency.ROUTINE: _l("Routine"),
    Urgency.EXPEDITED: _l("Expedited"),
    Urgency.URGENT: _l("Urgent"),
}
KIND_WORDS: Mapping[Kind, LazyString] = {Kind.INQUIRY: _l("Inquiry"), Kind.REFERRAL: _l("Referral")}
CHANNEL_WORDS: Mapping[Channel, LazyString] = {
    Channel.WEB: _l("web form"),
    Channel.PHONE: _l("phone"),
    Channel.FAX: _l("fax"),
    Channel.EMAIL: _l("email"),
    Channel.FHIR: _l("FHIR"),
    Channel.IMPORT: _l("import"),
}
WAITING_WORDS: Mapping[WaitingOn, LazyString] = {
    WaitingOn.US: _l("us"),
    WaitingOn.FAMILY: _l("the family"),
    WaitingOn.REFERRER: _l("the referrer"),
    WaitingOn.NOBODY: _l("nobody"),
}
REASON_WORDS: Mapping[Reason, LazyString] = {
    Reason.ICU_OR_HOSPITAL: _l("In the hospital"),
    Reason.TIME_CRITICAL: _l("Time-critical"),
    Reason.URGENT: _l("Marked urgent"),
    Reason.NOBODY_REACHED: _l("not reached yet"),
    Reason.UNANSWERED_MESSAGE: _l("Unanswered message"),
    Reason.ANSWERED_REQUEST: _l("Answered our request"),
    Reason.CHANGED_AFTER_SENDING: _l("Answers or files came after sending"),
    Reason.NEW_INQUIRY: _l("New inquiry, first call due"),
    Reason.NEW_REFERRAL: _l("New referral, first call due"),
    Reason.FIRST_CONTACT_DUE: _l("Read, but nobody reached yet"),
    Reason.REVIEW_DUE: _l("Clinical review due"),
    Reason.FAMILY_TO_BE_TOLD: _l("The family is to be told of a decision"),
    Reason.NEXT_STEP_DUE: _l("Next step due"),
    Reason.WAITING_ON_FAMILY: _l("Waiting on the family"),
    Reason.WAITING_ON_REFERRER: _l("Waiting on the referrer"),
    Reason.ON_HOLD: _l("On hold; look again"),
    Reason.MAY_HAVE_DIED: _l("The child may have died: find out"),
    Reason.SNOOZED: _l("Snoozed"),
    Reason.SNOOZE_OVER: _l("Back from a snooze"),
    Reason.POSSIBLY_AUTOMATIC: _l("possibly automatic"),
    Reason.PROMISE_NEAR: _l("Promise about to be missed"),
    Reason.PROMISE_MISSED: _l("Promise missed"),
    Reason.ENDED: _l("Ended"),
}
STEP_WORDS: Mapping[str, LazyString] = {
    "first_contact": _l("Call and speak with them"),
    "call_with_receipt": _l("Call: no receipt could be sent"),
    "call_about_message": _l("Call: a message could not be delivered"),
    "reach_family": _l("Reach the family"),
    "reach_referrer": _l("Reach the referrer"),
    "ask_records": _l("Ask for the records"),
    "chase_records": _l("Ask again for what is missing"),
    "call_for_records": _l("Call about the records: no letter reaches them"),
    "start_review": _l("Hand to clinical review"),
    "decide": _l("Decide"),
    "start_clearance": _l("Start financial clearance"),
    "check_clearance": _l("Check on financial clearance"),
    "book_visit": _l("Book the visit"),
    "confirm_visit": _l("Confirm the visit"),
    "look_again": _l("Look again"),
    "confirm_death": _l("Find out whether the child has died"),
    "tell_family": _l("A doctor tells the family; then log it"),
    "check_told": _l("Ask whether the family was told"),
    "none": _l("Nothing: this case has ended"),
}
DISEASE_GROUP_WORDS: Mapping[str, LazyString] = {
    "leukemia": _l("Leukemia"),
    "lymphoma": _l("Lymphoma"),
    "hemoglobin": _l("Sickle cell and thalassemia"),
    "metabolic": _l("Metabolic"),
    "neuromuscular": _l("Neuromuscular"),
    "immune": _l("Immune"),
    "other": _l("Other"),
    "unknown": _l("Not known yet"),
}
TOKEN_WORDS: Mapping[str, LazyString] = {
    "birth_date": _l("same birth date"),
    "child_name": _l("a name in common"),
    "phone": _l("same phone"),
}
