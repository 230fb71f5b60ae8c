"""Make the topics of the catalogue on a cluster: done by an operator, never by a service."""

from collections.abc import Mapping
from dataclasses import dataclass

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import for_code

from contracts.catalogue import CATALOGUE, Catalogue
from infra.kafka_address import clients

TOPIC_EXISTS = 36


@dataclass(frozen=True)
class Applied:
    """What became of one topic: ``created`` or ``there``."""

    topic: str
    outcome: str
    partitions: int


@dataclass(frozen=True)
class There:
    """A topic as it is on a cluster. ``cleanup`` is its way to forget; empty where this user may not ask."""

    partitions: int
    copies: int
    cleanup: str


@dataclass(frozen=True)
class Cluster:
    brokers: int
    topics: Mapping[str, There]


async def described(kafka: str, *, catalogue: Catalogue = CATALOGUE, timeout_ms: int = 5000) -> Cluster:
    """The cluster, and those of the catalogue's topics that are there."""
    admin = AIOKafkaAdminClient(**clients(kafka), request_timeout_ms=timeout_ms)
    try:
        await admin.start()
        brokers = len((await admin.describe_cluster())["brokers"])
        there = sorted({topic.name for topic in catalogue.topics} & set(await admin.list_topics()))
        if not there:
            return Cluster(brokers, {})
        shapes = {each["topic"]: each["partitions"] for each in await admin.describe_topics(there)}
        asked = [ConfigResource(ConfigResourceType.TOPIC, name, {"cleanup.policy": ""}) for name in there]
        cleanups = {
            each["resource_name"]: next((said["config_value"] for said in each["config_entries"]), "")
            for answer in await admin.describe_configs(asked)
            for each in answer.to_object()["resources"]
        }
    finally:
        await admin.close()
    return Cluster(
        brokers,
        {
            name: There(len(parts), min(len(each["replicas"]) for each in parts), cleanups[name])
            for name, parts in shapes.items()
        },
    )


async def apply_topics(
    kafka: str, *, catalogue: Catalogue = CATALOGUE, replication: int | None = None
) -> list[Applied]:
    """Create what is missing, with the catalogue's partitions and settings.

    ``replication`` defaults to three copies where the cluster has three brokers, else one. What is
    there already is left as it is.
    """
    admin = AIOKafkaAdminClient(**clients(kafka))
    await admin.start()
    try:
        brokers = len((await admin.describe_cluster())["brokers"])
        copies = replication or (3 if brokers >= 3 else 1)
        there = set(await admin.list_topics())
        wanted = [
            NewTopic(
                topic.name,
                num_partitions=topic.partitions,
                replication_factor=copies,
                topic_configs={**topic.config(), "min.insync.replicas": str(max(1, copies - 1))},
            )
            for topic in catalogue.topics
            if topic.name not in there
        ]
        if wanted:
            answer = await admin.create_topics(wanted)
            for each in answer.to_object()["topic_errors"]:
                if each["error_code"] not in {0, TOPIC_EXISTS}:
                    raise for_code(each["error_code"])(f"{each['topic']}: {each.get('error_message')}")
    finally:
        await admin.close()
    created = {topic.name for topic in wanted}
    return [
        Applied(topic.name, "created" if topic.name in created else "there", topic.partitions)
        for topic in catalogue.topics
    ]
