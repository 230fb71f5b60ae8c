"""The manifests for Kubernetes: made from the contracts, and what their schemas ask for."""

from pathlib import Path

import pytest

from contracts.catalogue import CATALOGUE, SERVICES
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


@pytest.mark.parametrize("service", SERVICES)
def test_who_writes_or_answers_links_without_a_login_has_the_key_that_signs_them(service: str) -> None:
    reads = any("link_key" in each.read_text() for each in Path("services", service).rglob("*.py"))
    [deployment] = [
        each for _, each in manifests() if (each["kind"], each["metadata"]["name"]) == ("Deployment", service)
    ]
    [container] = deployment["spec"]["template"]["spec"]["containers"]
    assert ("ASTREINTE_LINK_KEY" in {each["name"] for each in container["env"]}) == reads
