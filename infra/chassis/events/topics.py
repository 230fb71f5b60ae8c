"""Make the topics of the catalogue on a cluster: done by an operator, never by a service."""

from dataclasses import dataclass

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import for_code

from contracts.catalogue import CATALOGUE, Catalogue

TOPIC_EXISTS = 36


@dataclass(frozen=True)
class Applied:
    """What became of one topic: ``created`` or ``there``."""

    topic: str
    outcome: str
    partitions: int


async def apply_topics(
    kafka: str, *, catalogue: Catalogue = CATALOGUE, replication: int | None = None
) -> list[Applied]:
    """Create what is missing, with the catalogue's partitions and settings.

    ``replication`` defaults to three copies where the cluster has three brokers, else one. What is
    there already is left as it is.
    """
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka)
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
