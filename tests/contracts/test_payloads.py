"""What is published reads back the same, whatever the fields hold."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from polyfactory.factories.base import BaseFactory
from polyfactory.factories.pydantic_factory import ModelFactory
from pydantic import ValidationError

from contracts.catalogue import CATALOGUE, decode
from contracts.dispatch.events import DispatchAcknowledged
from contracts.envelope import Payload
from contracts.inventory.states import SiteChanged
from contracts.ticket.events import TicketOpened, VisitNeed
from contracts.values import Window
from tests.contracts.messages import MESSAGES, at, envelope_of

MODELS = [model for topic in CATALOGUE.topics for model in topic.events]


class WindowFactory(ModelFactory[Window]):
    __set_as_default_factory_for_type__ = True

    @classmethod
    def build(cls, factory_use_construct: bool | None = None, **given: Any) -> Window:
        start = cls.__faker__.date_time(tzinfo=at(8).tzinfo)
        return Window(from_at=start, to_at=start + timedelta(minutes=cls.__random__.randint(1, 600)))


def factory_of(model: type[Payload]) -> type[BaseFactory[Payload]]:
    given: dict[str, Any] = {}
    if "skills" in model.model_fields:
        given["skills"] = {"network": 3, "server": 1}
    if model is SiteChanged:
        given["opening"] = {"tue": (("08:00", "24:00"),)}
    return ModelFactory.create_factory(model, __random_seed__=7, **given)


class VisitNeedFactory(ModelFactory[VisitNeed]):
    __set_as_default_factory_for_type__ = True
    skills: Mapping[str, int] = {"network": 3}


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.TYPE)
def test_what_a_writer_encodes_every_reader_decodes(model: type[Payload]) -> None:
    for payload in factory_of(model).batch(10):
        assert decode(envelope_of(payload), payload.encode()) == payload


@pytest.mark.parametrize("payload", MESSAGES, ids=lambda payload: payload.TYPE)
def test_a_written_out_message_reads_back(payload: Payload) -> None:
    assert decode(envelope_of(payload), payload.encode()) == payload


def test_every_event_has_a_written_out_message() -> None:
    assert {payload.__class__ for payload in MESSAGES} == set(MODELS)


@pytest.mark.parametrize("payload", MESSAGES, ids=lambda payload: payload.TYPE)
def test_a_message_can_be_hashed_because_nothing_in_it_changes(payload: Payload) -> None:
    assert len({payload, payload.model_copy()}) == 1


def test_absent_fields_take_no_room() -> None:
    body = next(p for p in MESSAGES if isinstance(p, DispatchAcknowledged)).model_copy(
        update={"contract_id": None}
    )
    assert b"contract_id" not in body.encode()


def test_a_writer_may_not_add_fields() -> None:
    opened = next(p for p in MESSAGES if isinstance(p, TicketOpened))
    with pytest.raises(ValidationError, match="Extra inputs"):
        TicketOpened.model_validate({**opened.model_dump(), "colour": "red"})


def test_a_time_without_an_offset_is_refused() -> None:
    with pytest.raises(ValidationError, match="timezone"):
        Window(from_at=at(8).replace(tzinfo=None), to_at=at(9))


def test_times_are_cut_to_the_millisecond_and_published_in_utc() -> None:
    window = Window(from_at=at(8).replace(microsecond=123999), to_at=at(9))
    assert window.from_at.microsecond == 123000
    assert '"2026-03-02T08:00:00.123Z"' in window.model_dump_json()


def test_a_summary_longer_than_160_characters_is_refused() -> None:
    opened = next(p for p in MESSAGES if isinstance(p, TicketOpened))
    with pytest.raises(ValidationError, match="160"):
        TicketOpened.model_validate({**opened.model_dump(), "summary": "x" * 161})


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.TYPE)
def test_facts_carry_no_names_mails_phones_or_homes(model: type[Payload]) -> None:
    if CATALOGUE.topic_for(model).kind == "facts":
        assert not {"name", "email", "phone", "signature", "home"} & _field_names(model)


def test_a_technicians_home_is_in_no_event() -> None:
    for model in MODELS:
        if CATALOGUE.topic_for(model).name == "dispatch.technicians.v1":
            assert not {"home", "latitude", "longitude", "address"} & _field_names(model)


def _field_names(model: type[Payload]) -> set[str]:
    schema = model.model_json_schema()
    names = set(schema["properties"])
    for definition in schema.get("$defs", {}).values():
        names |= set(definition.get("properties", {}))
    return names
