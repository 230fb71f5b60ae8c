"""What the embedded Kafka is told."""

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import pytest

from contracts.catalogue import CATALOGUE
from infra.chassis.events.inbox import INBOX_INDEXES
from infra.local.kafka import Kafka, Node

FAULT = pytest.mark.xfail(raises=AssertionError, strict=True)


@pytest.mark.parametrize(
    "settings",
    [
        pytest.param({}, id="sound"),
        pytest.param({"offsets.retention.minutes": "10080"}, id="fault-kafkas-own-retention", marks=FAULT),
    ],
)
def test_a_group_knows_how_far_it_had_read_for_longer_than_there_is_anything_to_read_or_to_remember(
    tmp_path: Path, settings: Mapping[str, str]
) -> None:
    """Whoever comes back later would read what his inbox has forgotten."""
    Kafka(tmp_path, (Node(1, 21000, 21001),), classpath="", settings=settings)
    lines = (tmp_path / "1" / "server.properties").read_text().splitlines()
    told = dict(line.split("=", 1) for line in lines)
    kept = timedelta(minutes=int(told["offsets.retention.minutes"]))
    [remembered] = [index.expire_after_seconds for index in INBOX_INDEXES if index.expire_after_seconds]
    assert kept > timedelta(seconds=remembered)
    assert kept > max(timedelta(days=topic.retention_days or 0) for topic in CATALOGUE.topics)
