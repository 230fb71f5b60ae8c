"""The AsyncAPI document lists every stream and stands on its own."""

import json
import re
from typing import Any

import pytest
from jsonschema_rs import Draft202012Validator

from contracts.asyncapi import document
from contracts.catalogue import SERVICES, TOPICS, consumes
from tests.contracts.messages import MESSAGES, envelope_of

DOCUMENT = document({"local": "127.0.0.1:9092"})


def references(node: Any) -> list[str]:
    if isinstance(node, dict):
        here = [node["$ref"]] if isinstance(node.get("$ref"), str) else []
        return here + [reference for value in node.values() for reference in references(value)]
    if isinstance(node, list):
        return [reference for value in node for reference in references(value)]
    return []


def test_every_stream_but_the_dead_letters_is_a_channel() -> None:
    assert set(DOCUMENT["channels"]) == {topic.name for topic in TOPICS if topic.kind != "dead"}
    assert DOCUMENT["servers"] == {"local": {"host": "127.0.0.1:9092", "protocol": "kafka"}}


def test_it_is_json_and_every_reference_leads_somewhere() -> None:
    document_ = json.loads(json.dumps(DOCUMENT))
    assert references(document_)
    for reference in references(document_):
        node = document_
        for step in reference.removeprefix("#/").split("/"):
            node = node[step]


def test_names_have_only_characters_that_asyncapi_allows() -> None:
    names = [*DOCUMENT["operations"], *DOCUMENT["channels"], *DOCUMENT["servers"]]
    assert all(re.fullmatch(r"[A-Za-z0-9._-]+", name) for name in names)


@pytest.mark.parametrize("payload", MESSAGES, ids=lambda payload: payload.TYPE)
def test_a_published_message_fits_its_description(payload: Any) -> None:
    envelope = envelope_of(payload)
    message = DOCUMENT["channels"][envelope.topic]["messages"][envelope.type]
    Draft202012Validator(message["payload"]).validate(json.loads(payload.encode()))
    headers = DOCUMENT["components"]["messageTraits"]["cloudevent"]["headers"]
    Draft202012Validator(headers).validate(envelope.headers())
    assert set(envelope.headers()) <= set(headers["properties"])


def test_each_service_reads_what_the_catalogue_says() -> None:
    for service in SERVICES:
        for topic in TOPICS:
            operation = DOCUMENT["operations"].get(f"{service}-reads-{topic.name.replace('.', '-')}")
            read = (
                [message["$ref"].rpartition("/")[2] for message in operation["messages"]] if operation else []
            )
            assert read == [type_ for type_ in topic.consumers if consumes(service, topic.name, type_)]
