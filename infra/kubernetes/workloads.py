"""The four services on Kubernetes: what runs, who may reach it, and which path leads to it."""

from typing import Any

from contracts.catalogue import SERVICES
from contracts.routes import ROUTES
from infra.kubernetes.kafka import AUTHORITY, BOOTSTRAP, user

Manifest = dict[str, Any]

PORT = 8000
DOMAIN = "astreinte.example.com"


def services() -> list[Manifest]:
    return [
        each for service in SERVICES for each in (_deployment(service), _service(service), _budget(service))
    ]


def ingress() -> list[Manifest]:
    paths = [
        {
            "path": prefix,
            "pathType": "Prefix",
            "backend": {"service": {"name": service, "port": {"name": "http"}}},
        }
        for service, prefixes in ROUTES.items()
        for prefix in prefixes
    ]
    return [
        {
            "apiVersion": "networking.k8s.io/v1",
            "kind": "Ingress",
            "metadata": {"name": "astreinte"},
            "spec": {
                "tls": [{"hosts": [DOMAIN], "secretName": "astreinte-tls"}],
                "rules": [{"host": DOMAIN, "http": {"paths": paths}}],
            },
        }
    ]


def _labels(service: str) -> dict[str, str]:
    return {"app.kubernetes.io/name": service, "app.kubernetes.io/part-of": "astreinte"}


def _deployment(service: str) -> Manifest:
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": service, "labels": _labels(service)},
        "spec": {
            "selector": {"matchLabels": _labels(service)},
            "strategy": {"rollingUpdate": {"maxUnavailable": 0, "maxSurge": 1}},
            "template": {"metadata": {"labels": _labels(service)}, "spec": _pod(service)},
        },
    }


_MEMORY = {"ticket": "1536Mi"}
"""A large month's statement is worked out by processes beside the service."""


_LINKS: Manifest = {
    "name": "ASTREINTE_LINK_KEY",
    "valueFrom": {"secretKeyRef": {"name": "links", "key": "key", "optional": True}},
}
"""What signs the links that need no login: who writes them and who answers; none where it is missing."""
_CERTIFICATES = "/etc/kafka"
_KAFKA = (
    f"kafka+ssl://{BOOTSTRAP}?ca={_CERTIFICATES}/authority/ca.crt"
    f"&cert={_CERTIFICATES}/user/user.crt&key={_CERTIFICATES}/user/user.key"
)
"""Each service shows the certificate of its user, which may do what the catalogue says."""


def _pod(service: str) -> Manifest:
    return {
        "automountServiceAccountToken": False,
        "terminationGracePeriodSeconds": 15,
        "securityContext": {
            "runAsNonRoot": True,
            "runAsUser": 10001,
            "runAsGroup": 10001,
            "seccompProfile": {"type": "RuntimeDefault"},
        },
        "topologySpreadConstraints": [
            {
                "maxSkew": 1,
                "topologyKey": "kubernetes.io/hostname",
                "whenUnsatisfiable": "ScheduleAnyway",
                "labelSelector": {"matchLabels": _labels(service)},
            }
        ],
        "containers": [
            {
                "name": service,
                "image": f"astreinte/{service}",
                "ports": [{"name": "http", "containerPort": PORT}],
                "envFrom": [{"configMapRef": {"name": "astreinte"}}],
                "env": [
                    {
                        "name": "ASTREINTE_MONGODB",
                        "valueFrom": {"secretKeyRef": {"name": f"{service}-mongodb", "key": "address"}},
                    },
                    {"name": "ASTREINTE_KAFKA", "value": _KAFKA},
                    _LINKS,
                    *_codes(service),
                    *_mail(service),
                ],
                "startupProbe": {**_probe("/live"), "periodSeconds": 2, "failureThreshold": 30},
                "livenessProbe": {**_probe("/live"), "periodSeconds": 10, "failureThreshold": 3},
                "readinessProbe": {**_probe("/ready"), "periodSeconds": 5, "failureThreshold": 2},
                "resources": {
                    "requests": {"cpu": "100m", "memory": "128Mi"},
                    "limits": {"memory": _MEMORY.get(service, "384Mi")},
                },
                "securityContext": {
                    "allowPrivilegeEscalation": False,
                    "readOnlyRootFilesystem": True,
                    "capabilities": {"drop": ["ALL"]},
                },
                "volumeMounts": [
                    {"name": "tmp", "mountPath": "/tmp"},
                    {"name": "kafka-authority", "mountPath": f"{_CERTIFICATES}/authority", "readOnly": True},
                    {"name": "kafka-user", "mountPath": f"{_CERTIFICATES}/user", "readOnly": True},
                ],
            }
        ],
        "volumes": [
            {"name": "tmp", "emptyDir": {"sizeLimit": "160Mi"}},
            {"name": "kafka-authority", "secret": {"secretName": AUTHORITY}},
            {"name": "kafka-user", "secret": {"secretName": user(service)}},
        ],
    }


def _codes(service: str) -> list[Manifest]:
    """What seals the access codes of sites; none are kept where it is missing."""
    if service != "inventory":
        return []
    reference = {"secretKeyRef": {"name": "access-codes", "key": "key", "optional": True}}
    return [{"name": "ASTREINTE_CODES_KEY", "valueFrom": reference}]


def _mail(service: str) -> list[Manifest]:
    if service != "notify":
        return []
    reference = {"secretKeyRef": {"name": "notify-mail", "key": "smtp"}}
    return [{"name": "ASTREINTE_SMTP", "valueFrom": reference}]


def _probe(path: str) -> Manifest:
    return {"httpGet": {"path": path, "port": "http"}, "timeoutSeconds": 4}


def _service(service: str) -> Manifest:
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": service, "labels": _labels(service)},
        "spec": {
            "selector": _labels(service),
            "ports": [{"name": "http", "port": PORT, "targetPort": "http"}],
        },
    }


def _budget(service: str) -> Manifest:
    return {
        "apiVersion": "policy/v1",
        "kind": "PodDisruptionBudget",
        "metadata": {"name": service},
        "spec": {"maxUnavailable": 1, "selector": {"matchLabels": _labels(service)}},
    }
