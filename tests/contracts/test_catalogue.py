"""The table of streams is consistent, and bodies decode by it or fail for a stated reason."""

import importlib
import pkgutil
from collections import Counter
from dataclasses import replace

import pytest

import contracts
from contracts.catalogue import (
    CATALOGUE,
    SERVICES,
    TOPICS,
    InvalidBody,
    Topic,
    UnknownMajor,
    UnknownType,
    consumes,
    decode,
    is_erasure,
    model_for,
    subscribed,
    topic_for,
    topic_named,
)
from contracts.envelope import Fact, Payload, State
from contracts.ticket.events import TicketClosed, TicketOpened
from contracts.ticket.states import CustomerChanged
from tests.contracts.messages import MESSAGES, envelope_of

CLOSED = next(message for message in MESSAGES if isinstance(message, TicketClosed))
DAY = 86_400_000


def declared() -> list[type[Payload]]:
    """Every event of the package, listed in the catalogue or not."""
    for module in pkgutil.walk_packages(contracts.__path__, "contracts."):
        if module.name.endswith((".events", ".states")):
            importlib.import_module(module.name)
    models, waiting = [], [Fact, State]
    while waiting:
        for model in waiting.pop().__subclasses__():
            waiting.append(model)
            if "TYPE" in vars(model) and model.__module__.startswith("contracts."):
                models.append(model)
    return models


@pytest.mark.parametrize("model", declared(), ids=lambda model: model.__name__)
def test_every_event_is_published_on_exactly_one_topic_of_its_owner(model: type[Payload]) -> None:
    topics = [topic for topic in TOPICS if model in topic.events]
    assert [topic.owner for topic in topics] == [model.__module__.split(".")[1]]


@pytest.mark.parametrize("model", declared(), ids=lambda model: model.__name__)
def test_every_event_has_a_consumer(model: type[Payload]) -> None:
    assert topic_for(model).consumers[model.TYPE]


def test_no_two_events_share_a_schema() -> None:
    names = Counter((topic.owner, model.TYPE) for topic in TOPICS for model in topic.events)
    assert set(names.values()) == {1}


def test_consumers_are_the_services_and_the_demo() -> None:
    named = {who for topic in TOPICS for consumers in topic.consumers.values() for who in consumers}
    assert named <= {*SERVICES, "demo"}


def test_topics_are_named_after_owner_and_stream() -> None:
    for topic in TOPICS:
        assert topic.name == f"{topic.owner}.{topic.stream}.v1"
        assert topic.owner in SERVICES
        assert topic_named(topic.name) is topic


def test_states_are_named_changed_and_erased() -> None:
    for topic in TOPICS:
        for model in topic.events:
            assert issubclass(model, State) == (topic.kind == "state")
            if issubclass(model, State):
                assert model.TYPE.removesuffix("-changed") == model.ERASED.removesuffix("-erased")


def test_an_erasure_is_consumed_like_the_state_it_erases() -> None:
    assert is_erasure("ticket.customers.v1", "customer-erased")
    assert not is_erasure("ticket.customers.v1", "customer-changed")
    assert consumes("inventory", "ticket.customers.v1", "customer-erased")
    assert model_for("ticket.customers.v1", "customer-erased") is None


def test_every_service_has_its_dead_letters() -> None:
    assert [topic.owner for topic in TOPICS if topic.kind == "dead"] == list(SERVICES)


@pytest.mark.parametrize("topic", TOPICS, ids=lambda topic: topic.name)
def test_a_topic_is_kept_as_its_kind_asks(topic: Topic) -> None:
    config = topic.config()
    if topic.kind == "state":
        assert topic.partitions == 3
        assert config == {
            "cleanup.policy": "compact",
            "delete.retention.ms": str(30 * DAY),
            "segment.ms": str(DAY),
            "max.compaction.lag.ms": str(DAY),
        }
    else:
        days = 14 if topic.kind == "facts" else 30
        assert topic.partitions == (12 if topic.kind == "facts" else 1)
        assert config == {"cleanup.policy": "delete", "retention.ms": str(days * DAY)}


def test_a_service_subscribes_to_what_it_consumes_and_to_nothing_else() -> None:
    for service in SERVICES:
        topics = {topic.name for topic in subscribed(service)}
        assert topics == {t.name for t in TOPICS for type_ in t.consumers if consumes(service, t.name, type_)}
        assert all(topic.owner != service for topic in subscribed(service))


def test_a_reader_ignores_what_it_does_not_know() -> None:
    body = CLOSED.encode()[:-1] + b',"colour":"red"}'
    assert decode(envelope_of(CLOSED), body) == CLOSED


def test_a_reader_ignores_unknown_fields_inside_values_too() -> None:
    opened = next(message for message in MESSAGES if isinstance(message, TicketOpened))
    body = opened.encode().replace(b'{"sku"', b'{"colour":"red","sku"')
    assert b"colour" in body
    assert decode(envelope_of(opened), body) == opened


def test_an_unknown_type_is_told_from_an_unknown_major() -> None:
    envelope = envelope_of(CLOSED)
    with pytest.raises(UnknownType):
        decode(replace(envelope, type="ticket-forgotten"), CLOSED.encode())
    with pytest.raises(UnknownType):
        decode(replace(envelope, topic="elsewhere.v1"), CLOSED.encode())
    with pytest.raises(UnknownMajor):
        decode(replace(envelope, major=2), CLOSED.encode())


@pytest.mark.parametrize(
    "body",
    [
        None,
        b"",
        b"null",
        b"[]",
        b'"text"',
        b"{",
        b"\xff\xfe",
        b"{}",
        b'{"ticket_id": 12}',
        b"[" * 100_000,
        CLOSED.encode().replace(b'"INC-000042"', b"42"),
        CLOSED.encode().replace(b'"clinique-pasteur"', b'"clinique pasteur"'),
    ],
)
def test_a_body_that_is_not_what_its_schema_asks_is_invalid(body: bytes | None) -> None:
    with pytest.raises(InvalidBody):
        decode(envelope_of(CLOSED), body)


def test_a_refused_body_is_explained_without_repeating_what_it_held() -> None:
    customer = CustomerChanged(customer_id="c-1", name="Clinique")
    with pytest.raises(InvalidBody) as refused:
        decode(envelope_of(customer), b'{"customer_id": "c-1", "name": ["Anne Martin"]}')
    assert "name" in refused.value.detail
    assert "Anne" not in refused.value.detail


def test_the_newest_model_of_a_type_is_found_by_topic() -> None:
    assert model_for("ticket.lifecycle.v1", "ticket-opened") is TicketOpened
    assert model_for("dispatch.visits.v1", "ticket-opened") is None
    assert CATALOGUE.topic_for(TicketOpened).source == "/astreinte/ticket/lifecycle"
