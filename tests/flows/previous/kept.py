"""What an earlier release left behind: its documents and its records."""

import gzip
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pymongo
from bson import Binary, json_util

from infra.chassis.events.groups import groups_of
from infra.chassis.events.parser import RawRecord

FILE = Path(__file__).with_name("release.json.gz")

Document = dict[str, Any]


@dataclass
class Kept:
    """``documents`` with their service and collection. ``release`` is the commit or tag that wrote them."""

    release: str
    documents: list[tuple[str, str, Document]] = field(default_factory=list)
    lines: list[RawRecord] = field(default_factory=list)

    def of(self, service: str, collection: str) -> list[Document]:
        return [each for of, name, each in self.documents if (of, name) == (service, collection)]

    def as_json(self) -> Document:
        return {
            "release": self.release,
            "documents": self.documents,
            "lines": [
                [line.topic, line.partition, _binary(line.key), _binary(line.value), *_headers(line)]
                for line in self.lines
            ],
        }

    async def restore(self, mongodb: str, kafka: str) -> None:
        """Onto servers that have the topics and nothing in them."""
        async with pymongo.AsyncMongoClient[Document](mongodb) as client:
            for service, collection, document in self.documents:
                await client[f"astreinte_{service}"][collection].insert_one(document)
        async with groups_of(kafka) as groups:
            await groups.append(self.lines)


def kept() -> Kept:
    """As it was kept beside this file."""
    read = json_util.loads(gzip.decompress(FILE.read_bytes()))
    lines = [
        RawRecord(topic, partition, n, key, tuple((name, bytes(said)) for name, said in headers), value)
        for n, (topic, partition, key, value, headers) in enumerate(read["lines"])
    ]
    return Kept(read["release"], [tuple(each) for each in read["documents"]], lines)


def _binary(value: bytes | None) -> Binary | None:
    return None if value is None else Binary(value)


def _headers(line: RawRecord) -> list[list[list[str | Binary]]]:
    return [[[name, Binary(said)] for name, said in line.headers]]
