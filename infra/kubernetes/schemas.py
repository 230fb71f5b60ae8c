"""What a manifest must look like. Of the operators' kinds: what we use, closed against misspelling."""

from collections.abc import Iterator, Mapping
from typing import Any

import jsonschema_rs
import kubernetes_validate

KUBERNETES = "1.36"

_TEXTS = {"type": "object", "additionalProperties": {"type": "string"}}


def _object(required: list[str], **properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}


def _one_of(*values: str) -> dict[str, Any]:
    return {"enum": list(values)}


def _several(items: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": items, "minItems": 1}


SPECS: Mapping[tuple[str, str], dict[str, Any]] = {
    ("kafka.strimzi.io/v1", "KafkaTopic"): _object(
        ["partitions", "replicas"],
        partitions={"type": "integer", "minimum": 1},
        replicas={"type": "integer", "minimum": 1, "maximum": 32767},
        config={"type": "object"},
        topicName={"type": "string"},
    ),
    ("kafka.strimzi.io/v1", "KafkaUser"): _object(
        ["authentication", "authorization"],
        authentication=_object(["type"], type=_one_of("tls", "tls-external", "scram-sha-512")),
        authorization=_object(
            ["type", "acls"],
            type=_one_of("simple"),
            acls=_several(
                _object(
                    ["resource", "operations"],
                    type=_one_of("allow", "deny"),
                    resource=_object(
                        ["type"],
                        type=_one_of("topic", "group", "cluster", "transactionalId"),
                        name={"type": "string"},
                        patternType=_one_of("literal", "prefix"),
                    ),
                    operations=_several(_one_of("Read", "Write", "Create", "Describe", "IdempotentWrite")),
                )
            ),
        ),
    ),
    ("keda.sh/v1alpha1", "ScaledObject"): _object(
        ["scaleTargetRef", "triggers"],
        scaleTargetRef=_object(["name"], name={"type": "string"}),
        minReplicaCount={"type": "integer"},
        maxReplicaCount={"type": "integer"},
        cooldownPeriod={"type": "integer"},
        triggers=_several(
            _object(
                ["type", "metadata"],
                type={"type": "string"},
                metadata=_TEXTS,
                authenticationRef=_object(["name"], name={"type": "string"}),
            )
        ),
    ),
    ("keda.sh/v1alpha1", "TriggerAuthentication"): _object(
        ["secretTargetRef"],
        secretTargetRef=_several(
            _object(
                ["parameter", "name", "key"],
                parameter={"type": "string"},
                name={"type": "string"},
                key={"type": "string"},
            )
        ),
    ),
}


def complaints(manifest: dict[str, Any]) -> Iterator[str]:
    """What is wrong with a manifest, a line each."""
    named = f"{manifest['kind']} {manifest['metadata']['name']}"
    own = SPECS.get((manifest["apiVersion"], manifest["kind"]))
    if own is not None:
        for error in jsonschema_rs.validator_for(own).iter_errors(manifest["spec"]):
            yield f"{named}: {error.message}"
        return
    try:
        kubernetes_validate.validate(manifest, KUBERNETES, strict=True)
    except (kubernetes_validate.ValidationError, kubernetes_validate.SchemaNotFoundError) as error:
        yield f"{named}: {(str(error) or type(error).__name__).splitlines()[0]}"
