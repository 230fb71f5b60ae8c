"""What the embedded Kafka is told."""

import base64
import os
import subprocess
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import pytest

from contracts.catalogue import CATALOGUE
from infra.chassis.events.inbox import INBOX_INDEXES
from infra.local import jars
from infra.local.kafka import LAYOUT, Kafka, Node

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


@pytest.mark.servers
@pytest.mark.parametrize("kept", [True, False], ids=["from-what-was-kept", "by-the-tool"])
async def test_every_folder_is_laid_out_with_ids_of_its_own_that_kafka_reads(
    tmp_path: Path, kept: bool
) -> None:
    classpath = jars.classpath(offline=True)
    if not kept:
        classpath = os.pathsep.join(reversed(classpath.split(os.pathsep)))
    laid_out = []
    for name in ("one", "other"):
        kafka = Kafka(tmp_path / name, (Node(1, 21000, 21001),), classpath=classpath)
        if kafka.kept.exists() != kept:
            pytest.skip("python -m infra.local.warm was not run: make setup does")
        await kafka.lay_out()
        data = tmp_path / name / "1" / "data"
        lines = (data / "meta.properties").read_text().splitlines()
        told = dict(line.split("=", 1) for line in lines if not line.startswith("#"))
        assert (data / LAYOUT).stat().st_size > 0
        for id in ("cluster.id", "directory.id"):
            assert len(base64.b64decode(told[id] + "==", altchars="-_", validate=True)) == 16
        laid_out.append(told)
    one, other = laid_out
    assert one.keys() == other.keys()
    assert one["version"] == other["version"]
    assert {one[id] for id in ("cluster.id", "directory.id")}.isdisjoint(other.values())


@pytest.mark.servers
def test_what_was_kept_of_the_classes_is_of_this_jvm(tmp_path: Path) -> None:
    kafka = Kafka(tmp_path, (Node(1, 21000, 21001),), classpath=jars.classpath(offline=True))
    if not kafka.archive.exists():
        pytest.skip("python -m infra.local.warm was not run: make setup does")
    [child] = kafka.children
    java, *options = child.command[: child.command.index("kafka.Kafka")]
    ran = subprocess.run([java, *options, "-XX:AOTMode=on", "-version"], capture_output=True, check=False)
    assert ran.returncode == 0, ran.stderr.decode()
