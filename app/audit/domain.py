"""The closed vocabulary of the trail."""

from __future__ import annotations

from enum import StrEnum


class Action(StrEnum):
    """Everything that is ever written to the trail."""

    SUBMISSION_RECEIVED = "submission_received"
    CASE_VIEWED = "case_viewed"
    CASE_CHANGED = "case_changed"
    FILES_VIEWED = "files_viewed"
    RECORDS_VIEWED = "records_viewed"
    FILE_OPENED = "file_opened"
    TRAIL_VIEWED = "trail_viewed"
    LIST_VIEWED = "list_viewed"
    SEARCHED = "searched"
    RECEIPT_VIEWED = "receipt_viewed"
    SENT_FORM_VIEWED = "sent_form_viewed"
    SENT_FORM_REOPENED = "sent_form_reopened"
    REFUSED = "refused"
    SIGNED_IN = "signed_in"
    SIGN_IN_FAILED = "sign_in_failed"
    LOCKED_OUT = "locked_out"
    SIGNED_OUT = "signed_out"
    USER_ADDED = "user_added"
    USER_DISABLED = "user_disabled"
    USER_RESET = "user_reset"
    USER_AWAY = "user_away"
    PROGRAM_APPLIED = "program_applied"
    MESSAGE_DELIVERED = "message_delivered"
    MESSAGE_FAILED = "message_failed"
    MESSAGES_VIEWED = "messages_viewed"
    CODE_ASKED = "code_asked"
    CODE_ACCEPTED = "code_accepted"
    CODE_REFUSED = "code_refused"
    WORDS_READ = "words_read"
    PAGE_ACKNOWLEDGED = "page_acknowledged"
