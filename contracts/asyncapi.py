"""The AsyncAPI 3.0 description of every stream, made from the catalogue."""

from collections.abc import Mapping
from typing import Any

from contracts.catalogue import CATALOGUE, SERVICES, Catalogue, Topic
from contracts.envelope import Payload, State
from contracts.schemas.published import schema_of

Document = dict[str, Any]

_TIME = {"type": "string", "format": "date-time"}
_TEXT = {"type": "string"}


def document(servers: Mapping[str, str], *, version: str = "1", catalogue: Catalogue = CATALOGUE) -> Document:
    """The description, ready for JSON. ``servers`` maps a name to the ``host:port`` of a broker."""
    topics = [topic for topic in catalogue.topics if topic.kind != "dead"]
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Astreinte",
            "version": version,
            "description": "CloudEvents 1.0 in binary content mode on Kafka. Readers ignore unknown fields.",
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": "application/json",
        "servers": {name: {"host": host, "protocol": "kafka"} for name, host in servers.items()},
        "channels": {topic.name: _channel(topic) for topic in topics},
        "operations": {name: body for topic in topics for name, body in _operations(topic)},
        "components": {"messageTraits": {"cloudevent": {"headers": _headers()}}},
    }


def _channel(topic: Topic) -> Document:
    kept = f"kept {topic.retention_days} days" if topic.retention_days else "the last state of each id"
    return {
        "address": topic.name,
        "title": f"{topic.owner} {topic.stream}",
        "description": f"Published by {topic.owner}, keyed by {topic.key}; {kept}.",
        "messages": {name: body for model in topic.events for name, body in _messages(topic, model)},
        "bindings": {
            "kafka": {"topic": topic.name, "partitions": topic.partitions, "bindingVersion": "0.5.0"}
        },
    }


def _messages(topic: Topic, model: type[Payload]) -> list[tuple[str, Document]]:
    schema = schema_of(topic.owner, model)
    messages = [(model.TYPE, _message(topic, model.TYPE, (model.__doc__ or "").strip(), _inlined(schema)))]
    if issubclass(model, State):
        erasure = _message(topic, model.ERASED, "Null: forget what this id was.", {"type": "null"})
        messages.append((model.ERASED, erasure))
    return messages


def _message(topic: Topic, type_: str, description: str, payload: Document) -> Document:
    return {
        "name": type_,
        "title": type_.replace("-", " "),
        "description": description or f"A {type_} of {topic.owner}.",
        "contentType": "application/json",
        "correlationId": {"location": "$message.header#/ce_correlationid"},
        "traits": [{"$ref": "#/components/messageTraits/cloudevent"}],
        "bindings": {"kafka": {"key": _TEXT, "bindingVersion": "0.5.0"}},
        "payload": payload,
    }


def _operations(topic: Topic) -> list[tuple[str, Document]]:
    stream = topic.name.replace(".", "-")
    channel = {"$ref": f"#/channels/{topic.name}"}
    sent = {"action": "send", "channel": channel, "summary": f"{topic.owner} publishes what happened."}
    operations: list[tuple[str, Document]] = [(f"{topic.owner}-publishes-{stream}", sent)]
    for service in SERVICES:
        types = [type_ for type_, consumers in topic.consumers.items() if service in consumers]
        if types:
            messages = [{"$ref": f"#/channels/{topic.name}/messages/{type_}"} for type_ in types]
            read = {"action": "receive", "channel": channel, "messages": messages}
            operations.append((f"{service}-reads-{stream}", read))
    return operations


def _headers() -> Document:
    required = {
        "ce_specversion": {"const": "1.0"},
        "ce_id": _TEXT,
        "ce_source": {"type": "string", "format": "uri-reference"},
        "ce_type": _TEXT,
        "ce_time": _TIME,
        "ce_subject": _TEXT,
        "ce_dataschema": {"type": "string", "format": "uri-reference"},
        "ce_partitionkey": _TEXT,
        "ce_recordedtime": _TIME,
        "ce_correlationid": _TEXT,
        "ce_actor": _TEXT,
        "ce_sequence": {"type": "string", "pattern": "^[1-9][0-9]*$"},
    }
    optional = {
        "ce_epoch": {"type": "string", "pattern": "^[1-9][0-9]*$"},
        "ce_causationid": _TEXT,
        "ce_customer": _TEXT,
        "traceparent": _TEXT,
        "content-type": {"const": "application/json"},
    }
    return {"type": "object", "properties": {**required, **optional}, "required": list(required)}


def _inlined(schema: Document) -> Document:
    definitions = schema.get("$defs", {})

    def inline(node: Any) -> Any:
        if isinstance(node, list):
            return [inline(item) for item in node]
        if not isinstance(node, dict):
            return node
        reference = node.get("$ref")
        if isinstance(reference, str):
            return {**inline(definitions[reference.rpartition("/")[2]]), **_but(node, "$ref")}
        return {key: inline(value) for key, value in node.items()}

    inlined: Document = inline(_but(schema, "$defs", "$schema", "$id"))
    return inlined


def _but(node: Document, *keys: str) -> Document:
    return {key: value for key, value in node.items() if key not in keys}
