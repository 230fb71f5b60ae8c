"""Why a person of the firm should look at a ticket."""

from enum import StrEnum


class Attention(StrEnum):
    FOLLOW_UP_OR_RESOLVE = "follow-up-or-resolve"
    APPROVAL = "approval"
    QUOTE_REFUSED = "quote-refused"
    UNSAFE_SITE = "unsafe-site"
    NOBODY_CAN_SERVE = "nobody-can-serve"
    PARTS_SHORT = "parts-short"
    WORK_AFTER_THE_END = "work-after-the-end"
    REPLY_AFTER_THE_END = "reply-after-the-end"
    LOW_MARK = "low-mark"
