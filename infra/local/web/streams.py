"""What ``/asyncapi`` shows, out of the AsyncAPI document."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

Document = dict[str, Any]


@dataclass(frozen=True)
class Field:
    """One field of an event: its path, what it holds, and the rule that it keeps."""

    path: str
    depth: int
    type: str
    required: bool
    rule: str


@dataclass(frozen=True)
class Event:
    name: str
    description: str
    readers: tuple[str, ...]
    fields: tuple[Field, ...]
    erases: bool


@dataclass(frozen=True)
class Stream:
    name: str
    owner: str
    description: str
    partitions: int
    facts: bool
    events: tuple[Event, ...]


def streams_of(document: Document) -> tuple[Stream, ...]:
    """Every channel with its messages, and for each message the services that read it."""
    readers = _readers(document)
    return tuple(_stream(name, channel, readers) for name, channel in document["channels"].items())


def headers_of(document: Document) -> tuple[Field, ...]:
    """The headers that every record carries."""
    return tuple(_fields(document["components"]["messageTraits"]["cloudevent"]["headers"]))


def _readers(document: Document) -> dict[str, list[str]]:
    readers: dict[str, list[str]] = {}
    for name, operation in document["operations"].items():
        if operation["action"] == "receive":
            for message in operation["messages"]:
                readers.setdefault(message["$ref"], []).append(name.partition("-reads-")[0])
    return readers


def _stream(name: str, channel: Document, readers: dict[str, list[str]]) -> Stream:
    events = tuple(
        Event(
            name=type_,
            description=_prose(message["description"]),
            readers=tuple(readers.get(f"#/channels/{name}/messages/{type_}", ())),
            fields=tuple(_fields(message["payload"])),
            erases=message["payload"].get("type") == "null",
        )
        for type_, message in channel["messages"].items()
    )
    return Stream(
        name=name,
        owner=name.partition(".")[0],
        description=channel["description"],
        partitions=channel["bindings"]["kafka"]["partitions"],
        facts=not any(event.erases for event in events),
        events=events,
    )


def _fields(schema: Document, prefix: str = "", depth: int = 0) -> Iterator[Field]:
    required = set(schema.get("required", ()))
    for name, body in schema.get("properties", {}).items():
        shown, many = _unwrapped(body)
        path = f"{prefix}{name}{'[]' if many else ''}"
        yield Field(path, depth, _type(shown, many), name in required, _rule(body, shown))
        yield from _fields(shown, f"{path}.", depth + 1)


def _unwrapped(body: Document) -> tuple[Document, bool]:
    """What a field really holds: without null beside it, and one of the items of a list."""
    choices = [each for each in body.get("anyOf", ()) if each.get("type") != "null"]
    if len(choices) == 1:
        return _unwrapped(choices[0])
    if body.get("type") == "array" and isinstance(body.get("items"), dict):
        return _unwrapped(body["items"])[0], True
    return body, False


def _type(body: Document, many: bool) -> str:
    if "const" in body:
        name = repr(body["const"])
    elif "anyOf" in body:
        name = " or ".join(_type(each, False) for each in body["anyOf"])
    else:
        name = {"date-time": "time"}.get(body.get("format", ""), str(body.get("type", "any")))
    return f"list of {name}" if many else name


def _rule(body: Document, shown: Document) -> str:
    rules = []
    if "enum" in shown:
        rules.append(" · ".join(map(str, shown["enum"])))
    if "minimum" in shown or "maximum" in shown:
        rules.append(f"{shown.get('minimum', '…')} – {shown.get('maximum', '…')}")
    if "maxLength" in shown:
        rules.append(f"≤ {shown['maxLength']}")
    if "patternProperties" in shown:
        value = next(iter(shown["patternProperties"].values()))
        rules.append(f"id → {_type(value, False)}")
    if "description" in shown and shown is not body:
        rules.append(_prose(shown["description"]))
    return "; ".join(rules)


def _prose(text: str) -> str:
    return " ".join(text.replace("``", "").split())
