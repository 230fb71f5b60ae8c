"""What Kafka starts from in half the time, made by one that runs for nothing: `python -m infra.local.warm`.

The JVM of the wheel has no archive of classes, so that each start reads and verifies thousands of them, and
laying out a new folder takes a JVM of its own. Where this was never run, Kafka starts as ever.
"""

import asyncio
import logging
import shutil
import sys
import tempfile
from pathlib import Path

from aiokafka import AIOKafkaProducer

from contracts.catalogue import CATALOGUE
from infra.chassis.events.topics import apply_topics
from infra.local import jars
from infra.local.errors import StackError
from infra.local.folder import DataFolder
from infra.local.kafka import LAYOUT, Kafka, Node

GRACE = 120.0
"""The JVM writes its archive as it ends."""

_USED_WITHIN = 30.0


async def warm(kafka: Kafka) -> None:
    """Run it once, in a folder of its own, for those that come after. StackError when it does not start."""
    kafka.kept.mkdir(parents=True, exist_ok=True)
    fresh = kafka.kept / "fresh"
    kafka.keeps_classes_in(fresh)
    try:
        await kafka.start()
        await apply_topics(kafka.bootstrap)
        async with asyncio.timeout(_USED_WITHIN), AIOKafkaProducer(bootstrap_servers=kafka.bootstrap) as hand:
            await hand.send_and_wait(CATALOGUE.topics[0].name, b"up")
    finally:
        await kafka.stop(grace=GRACE)
    if not fresh.exists():
        raise StackError("The JVM wrote no archive of its classes.")
    fresh.replace(kafka.archive)
    shutil.copyfile(kafka.folder / "1" / "data" / LAYOUT, kafka.kept / LAYOUT)


def main() -> int:
    logging.getLogger("aiokafka").setLevel(
        logging.CRITICAL
    )  # topics that are new have no leader for a moment
    with tempfile.TemporaryDirectory(prefix="warm-") as temporary:
        folder = DataFolder(Path(temporary))
        folder.open()
        ports = folder.ports(["kafka", "controller"])
        node = Node(1, ports["kafka"], ports["controller"])
        kafka = Kafka(folder.path / "kafka", (node,), jars.classpath(offline=True))
        if kafka.archive.exists():
            return 0
        try:
            asyncio.run(warm(kafka))
        except (StackError, TimeoutError) as error:
            print(f"Kafka will start as slowly as ever: {error}", file=sys.stderr)
        finally:
            folder.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
