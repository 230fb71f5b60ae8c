"""Strimzi's resources, from the catalogue: the topics, what each service may do, and scaling by lag."""

from typing import Any

from contracts.catalogue import CATALOGUE, SERVICES, Topic

Manifest = dict[str, Any]

CLUSTER = {"strimzi.io/cluster": "astreinte"}
REPLICAS = 3
BOOTSTRAP = "astreinte-kafka-bootstrap:9093"
AUTHORITY = "astreinte-cluster-ca-cert"
"""The secret that Strimzi keeps the cluster's authority in."""
LAG = 500
"""A batch's worth of waiting events for each replica."""


def topics() -> list[Manifest]:
    return [
        {
            "apiVersion": "kafka.strimzi.io/v1",
            "kind": "KafkaTopic",
            "metadata": {"name": topic.name, "labels": CLUSTER},
            "spec": {
                "partitions": topic.partitions,
                "replicas": REPLICAS,
                "config": {**topic.config(), "min.insync.replicas": str(REPLICAS - 1)},
            },
        }
        for topic in CATALOGUE.topics
    ]


def users() -> list[Manifest]:
    """Each service writes its own topics, reads what it consumes, and is one group."""
    return [
        {
            "apiVersion": "kafka.strimzi.io/v1",
            "kind": "KafkaUser",
            "metadata": {"name": user(service), "labels": CLUSTER},
            "spec": {
                "authentication": {"type": "tls"},
                "authorization": {"type": "simple", "acls": _acls(service)},
            },
        }
        for service in SERVICES
    ]


def user(service: str) -> str:
    """Strimzi keeps its certificate and key in a secret of the same name."""
    return f"astreinte-{service}"


def looking() -> list[Manifest]:
    """Who asks how far a service has read is that service, as far as Kafka knows."""
    return [
        {
            "apiVersion": "keda.sh/v1alpha1",
            "kind": "TriggerAuthentication",
            "metadata": {"name": service},
            "spec": {
                "secretTargetRef": [
                    {"parameter": "ca", "name": AUTHORITY, "key": "ca.crt"},
                    {"parameter": "cert", "name": user(service), "key": "user.crt"},
                    {"parameter": "key", "name": user(service), "key": "user.key"},
                ]
            },
        }
        for service in SERVICES
    ]


def scaling() -> list[Manifest]:
    """Replicas by lag, never more than there are partitions to share.

    Expired events count as lag where nothing was ever committed: nothing below a batch wakes a replica.
    """
    return [
        {
            "apiVersion": "keda.sh/v1alpha1",
            "kind": "ScaledObject",
            "metadata": {"name": service},
            "spec": {
                "scaleTargetRef": {"name": service},
                "minReplicaCount": 2,
                "maxReplicaCount": min(6, max(topic.partitions for topic in _facts(service))),
                "cooldownPeriod": 300,
                "triggers": [
                    {
                        "type": "kafka",
                        "metadata": {
                            "bootstrapServers": BOOTSTRAP,
                            "consumerGroup": f"astreinte.{service}",
                            "topic": topic.name,
                            "lagThreshold": str(LAG),
                            "activationLagThreshold": str(LAG),
                            "tls": "enable",
                        },
                        "authenticationRef": {"name": service},
                    }
                    for topic in _facts(service)
                ],
            },
        }
        for service in SERVICES
    ]


def _facts(service: str) -> list[Topic]:
    return [topic for topic in CATALOGUE.subscribed(service) if topic.kind == "facts"]


def _acls(service: str) -> list[Manifest]:
    owned = [topic.name for topic in CATALOGUE.topics if topic.owner == service]
    read = [topic.name for topic in CATALOGUE.subscribed(service)]
    return [
        *(_allow("topic", name, "Write", "Describe") for name in owned),
        *(_allow("topic", name, "Read", "Describe") for name in read),
        _allow("group", f"astreinte.{service}", "Read", "Describe"),
    ]


def _allow(kind: str, name: str, *operations: str) -> Manifest:
    return {
        "type": "allow",
        "resource": {"type": kind, "name": name, "patternType": "literal"},
        "operations": list(operations),
    }
