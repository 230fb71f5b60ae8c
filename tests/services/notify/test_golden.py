"""Every golden message of notify goes through the handler that is registered for it."""

import pytest
from pydantic_core import from_json

from contracts.catalogue import CATALOGUE
from contracts.envelope import Fact, read_envelope
from contracts.examples import Golden, golden
from contracts.inventory.assets import TipSent, TrainingTold
from contracts.ticket.majors import MajorIncidentFact
from services.notify.app import service
from services.notify.settings import Settings
from services.notify.usecases.emit_line import EmitLine
from services.notify.views.live import LiveStreams
from tests.contracts.test_golden import without_additions
from tests.services.notify.people import Office

SERVICE = service(Settings(), LiveStreams())
FACTS = [message for message in golden("notify") if CATALOGUE.topic_named(message.topic).kind == "facts"]


@pytest.mark.parametrize("message", FACTS, ids=[each.name for each in FACTS])
def test_a_golden_message_is_understood_and_shown(message: Golden) -> None:
    envelope = read_envelope(message.topic, message.key, message.headers)
    assert message.value is not None
    payload = CATALOGUE.decode(envelope, message.value)
    assert isinstance(payload, Fact)
    cases = list(SERVICE.handlers[type(payload)](payload, envelope))
    lines = [case for case in cases if isinstance(case, EmitLine)]
    assert len(lines) == (0 if isinstance(payload, MajorIncidentFact | TipSent | TrainingTold) else 1)
    for line in lines:
        shown = from_json(line.line.data)
        assert shown["id"] == envelope.id
        # Fields that were added since it was published are shown with their defaults.
        published = from_json(message.value)
        assert without_additions(shown["data"], published) == published
    Office().run(cases)


def test_every_type_that_the_catalogue_gives_to_notify_has_its_handler() -> None:
    given = {
        CATALOGUE.model_for(topic.name, type)
        for topic in CATALOGUE.subscribed("notify")
        for type, readers in topic.consumers.items()
        if "notify" in readers and topic.kind == "facts"
    }
    assert given == set(SERVICE.handlers)


def test_every_state_that_the_catalogue_gives_to_notify_has_its_copy() -> None:
    given = {
        model for topic in CATALOGUE.subscribed("notify") if topic.kind == "state" for model in topic.events
    }
    assert given == {copy.model for copy in SERVICE.copies}
