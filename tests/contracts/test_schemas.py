"""The committed schemas say what the models say, and admit what producers write."""

import json
from pathlib import Path
from typing import ClassVar

import pytest
from jsonschema_rs import Draft202012Validator, meta

from contracts.catalogue import CATALOGUE, Catalogue, facts
from contracts.envelope import Fact, Payload
from contracts.schemas import published
from contracts.schemas.__main__ import main
from tests.contracts.messages import MESSAGES

OWNERS = {model: topic.owner for topic in CATALOGUE.topics for model in topic.events}


class Rung(Fact):
    TYPE: ClassVar[str] = "phone-rung"

    times: int


SMALL = Catalogue([facts("notify", "calls", "call", {Rung: ("ticket",)})])


def test_the_committed_schemas_are_those_of_the_models() -> None:
    assert published.differences() == []
    assert main(["check"]) == 0


@pytest.mark.parametrize("payload", MESSAGES, ids=lambda payload: payload.TYPE)
def test_what_is_published_fits_its_committed_schema(payload: Payload) -> None:
    path = published.FOLDER / OWNERS[payload.__class__] / f"{payload.TYPE}.{payload.MAJOR}.json"
    schema = json.loads(path.read_text(encoding="utf-8"))
    meta.validate(schema)
    validator = Draft202012Validator(schema)
    body = json.loads(payload.encode())
    validator.validate(body)
    validator.validate({**body, "colour": "a published schema is open"})
    assert not validator.is_valid({})


def test_a_missing_a_stale_and_an_unknown_schema_are_told_apart(tmp_path: Path) -> None:
    name = "notify/phone-rung.1.json"
    assert published.differences(tmp_path, SMALL) == [f"{name}: missing"]
    assert published.write(tmp_path, SMALL) == [name]
    assert published.differences(tmp_path, SMALL) == []
    assert published.write(tmp_path, SMALL) == []
    (tmp_path / name).write_text("{}")
    (tmp_path / "notify" / "phone-lost.1.json").write_text("{}")
    assert published.differences(tmp_path, SMALL) == [
        "notify/phone-lost.1.json: no event of the catalogue has this schema",
        f"{name}: differs from its model",
    ]


def test_the_schema_of_an_older_major_stays(tmp_path: Path) -> None:
    class RungAgain(Fact):
        TYPE: ClassVar[str] = "phone-rung"
        MAJOR: ClassVar[int] = 2

        times: int
        by: str

    published.write(tmp_path, SMALL)
    newer = Catalogue([facts("notify", "calls", "call", {RungAgain: ("ticket",)})])
    assert published.write(tmp_path, newer) == ["notify/phone-rung.2.json"]
    assert (tmp_path / "notify" / "phone-rung.1.json").exists()
    assert published.differences(tmp_path, newer) == []
