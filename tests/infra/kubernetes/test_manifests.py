"""The manifests for Kubernetes: made from the contracts, and what their schemas ask for."""

from contracts.catalogue import CATALOGUE
from infra.kubernetes.__main__ import main, manifests
from infra.kubernetes.kafka import scaling, topics
from infra.kubernetes.schemas import complaints


def test_the_committed_manifests_are_what_the_contracts_say() -> None:
    assert main(["check"]) == 0
    assert {manifest["metadata"]["name"] for _, manifest in manifests()} >= {t.name for t in CATALOGUE.topics}


def test_a_misspelt_field_is_found() -> None:
    topic = topics()[0]
    topic["spec"]["partition"] = 1
    assert list(complaints(topic))


def test_a_service_has_no_more_replicas_than_partitions() -> None:
    for each in scaling():
        topic_names = [trigger["metadata"]["topic"] for trigger in each["spec"]["triggers"]]
        most = max(CATALOGUE.topic_named(name).partitions for name in topic_names)
        assert each["spec"]["maxReplicaCount"] <= most
