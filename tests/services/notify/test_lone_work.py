"""Who works alone and is not heard of is asked, and then those who can send somebody."""

from dataclasses import replace

import pytest

from contracts.dispatch.events import SignOfLifeMissed, SilenceTold, WorkNotReported
from contracts.notify.events import MessageChannel
from contracts.values import Priority
from services.notify.domain.message import RecipientKind
from services.notify.domain.preferences import ALWAYS_AT_ONCE, KINDS
from services.notify.domain.timing import Timing
from services.notify.store.copies import Technicians
from services.notify.store.deliveries import Deliveries
from tests.services.notify.people import LEA, SANDRINE, Office, example
from tests.services.notify.test_alerts import desk


def told(office: Office) -> list[tuple[str, str, str]]:
    return sorted(
        (each.message.kind.value, each.message.recipient.id, each.channel) for each in office.all(Deliveries)
    )


def silence(to: SilenceTold) -> SignOfLifeMissed:
    return example(SignOfLifeMissed, told=to, priority=Priority.P4)


@pytest.mark.parametrize(
    ("to", "kind", "whom", "by"),
    [
        (SilenceTold.TECHNICIAN, "lone-work-asked", "tech-lea", {MessageChannel.MAIL, MessageChannel.SMS}),
        (SilenceTold.DISPATCHER, "lone-work-silence", "sandrine", {MessageChannel.MAIL, MessageChannel.SMS}),
        (SilenceTold.OVER, "lone-work-over", "sandrine", {MessageChannel.MAIL}),
    ],
)
def test_a_silence_is_told_once_by_mail_and_at_any_hour_by_sms(
    to: SilenceTold, kind: str, whom: str, by: set[MessageChannel]
) -> None:
    office = desk(replace(SANDRINE, phone="+33612345678"))
    office.timing = Timing(sms=True)
    office.give(Technicians, LEA.model_copy(update={"phone": "+33698765432"}), "tech-lea")
    envelope = office.hears(silence(to))
    office.hears_again(silence(to), envelope)
    assert told(office) == sorted((kind, whom, each) for each in by)


def test_nobody_can_turn_off_being_asked_whether_he_is_well() -> None:
    his = [kind for kind in KINDS[RecipientKind.TECHNICIAN] if kind.startswith("lone-work")]
    theirs = [kind for kind in KINDS[RecipientKind.STAFF] if kind == "lone-work-silence"]
    assert his
    assert {*his, *theirs} <= ALWAYS_AT_ONCE


def test_a_report_that_is_awaited_is_asked_for_by_sms_in_the_evening() -> None:
    office = desk()
    office.timing = Timing(sms=True)
    office.give(Technicians, LEA.model_copy(update={"phone": "+33698765432"}), "tech-lea")
    event = example(WorkNotReported)
    office.hears_again(event, office.hears(event))
    assert told(office) == sorted(("work-not-reported", "tech-lea", each) for each in ("mail", "sms"))
