"""A breaking change from end to end: what was published before still reads, as the new shape.

The change shown: ``ticket-closed`` 2 says who accepted (``accepted_by``: client or silence) where
1 had only ``silent``.
"""

from dataclasses import replace
from typing import Any, ClassVar, Literal

import pytest

from contracts.catalogue import CATALOGUE, Catalogue, InvalidBody, UnknownMajor, facts
from contracts.envelope import Envelope, Fact, Payload, read_envelope
from contracts.inventory.events import PartsIssued, PartsReleased, PartsReserved, PartsShort
from contracts.inventory.states import StockLevelChanged
from contracts.upcasters import Body
from contracts.values import Id
from tests.contracts.messages import MESSAGES, envelope_of


class TicketClosed(Fact):
    TYPE: ClassVar[str] = "ticket-closed"
    MAJOR: ClassVar[int] = 3

    ticket_id: Id
    accepted_by: Literal["client", "silence"]
    comment: str


def name_the_acceptance(body: Body) -> Body:
    rest = {key: value for key, value in body.items() if key != "silent"}
    return {**rest, "accepted_by": "silence" if body["silent"] else "client"}


def leave_a_comment(body: Body) -> Body:
    return {**body, "comment": "none"}


NEW = Catalogue(
    [facts("ticket", "lifecycle", "ticket_id", {TicketClosed: ("notify",)})],
    {("ticket-closed", 1): name_the_acceptance, ("ticket-closed", 2): leave_a_comment},
)


def published(major: int) -> Envelope:
    """What a producer of that major put on Kafka, read back from its headers."""
    closed = next(message for message in MESSAGES if message.TYPE == "ticket-closed")
    written = replace(envelope_of(closed), major=major)
    headers = [(name, value.encode()) for name, value in written.headers().items()]
    return read_envelope(written.topic, written.key.encode(), headers)


@pytest.mark.parametrize(("silent", "accepted_by"), [("true", "silence"), ("false", "client")])
def test_an_event_of_the_first_major_is_lifted_to_the_newest(silent: str, accepted_by: str) -> None:
    body = f'{{"ticket_id": "t-1", "silent": {silent}, "forgotten": 1}}'.encode()
    assert NEW.decode(published(1), body) == TicketClosed.model_validate(
        {"ticket_id": "t-1", "accepted_by": accepted_by, "comment": "none"}
    )


def test_an_event_in_between_is_lifted_from_where_it_stands() -> None:
    body = b'{"ticket_id": "t-1", "accepted_by": "client"}'
    assert NEW.decode(published(2), body) == TicketClosed(
        ticket_id="t-1", accepted_by="client", comment="none"
    )


def test_an_event_of_the_newest_major_is_left_alone() -> None:
    closed = TicketClosed(ticket_id="t-1", accepted_by="client", comment="thanks")
    assert NEW.decode(published(3), closed.encode()) == closed


def test_a_reader_released_too_late_says_that_the_major_is_unknown() -> None:
    with pytest.raises(UnknownMajor):
        NEW.decode(published(4), b"{}")


def test_a_major_that_nothing_lifts_is_unknown() -> None:
    gap = Catalogue(NEW.topics, {("ticket-closed", 2): leave_a_comment})
    with pytest.raises(UnknownMajor):
        gap.decode(published(1), b'{"ticket_id": "t-1", "silent": true}')


@pytest.mark.parametrize(
    "body", [b"{", b"[]", b"[" * 100_000, b'{"ticket_id": "t-1"}', b'{"ticket_id": 1, "silent": true}']
)
def test_an_old_body_that_was_never_right_is_invalid(body: bytes) -> None:
    with pytest.raises(InvalidBody):
        NEW.decode(published(1), body)


@pytest.mark.parametrize("model", [PartsReserved, PartsShort, PartsIssued, PartsReleased, StockLevelChanged])
def test_what_was_told_before_there_were_cupboards_is_understood(model: type[Payload]) -> None:
    [told] = [each for each in MESSAGES if type(each) is model]
    old = replace(envelope_of(told), major=1)
    assert (model.MAJOR, CATALOGUE.decode(old, told.encode())) == (2, told)


def test_an_upcaster_leaves_its_input_as_it_was() -> None:
    body: dict[str, Any] = {"ticket_id": "t-1", "silent": True}
    name_the_acceptance(body)
    assert body == {"ticket_id": "t-1", "silent": True}


@pytest.mark.parametrize("major", [1, 2])
def test_a_mail_sent_before_there_were_other_channels_still_reads(major: int) -> None:
    sent = next(message for message in MESSAGES if message.TYPE == "notification-sent")
    written = replace(envelope_of(sent), major=major)
    headers = [(name, value.encode()) for name, value in written.headers().items()]
    envelope = read_envelope(written.topic, written.key.encode(), headers)
    assert CATALOGUE.decode(envelope, sent.encode()) == sent
