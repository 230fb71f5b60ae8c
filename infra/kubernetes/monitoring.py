"""What a cluster's own Prometheus and Grafana are given, without a kind that somebody's operator defines."""

from typing import Any

from infra.observability.__main__ import FOLDER

FOUND_BY_GRAFANA = {"grafana_dashboard": "1"}
"""The label that Grafana's sidecar looks for."""


def config_maps() -> list[dict[str, Any]]:
    """The rules and the dashboards as they are committed."""
    dashboards = sorted((FOLDER / "grafana").glob("*.json"))
    return [
        _config_map(
            "astreinte-rules", {}, {"rules.yaml": (FOLDER / "rules.yaml").read_text(encoding="utf-8")}
        ),
        _config_map(
            "astreinte-dashboards",
            FOUND_BY_GRAFANA,
            {f"astreinte-{path.name}": path.read_text(encoding="utf-8") for path in dashboards},
        ),
    ]


def _config_map(name: str, labels: dict[str, str], data: dict[str, str]) -> dict[str, Any]:
    metadata = {"name": name, "labels": {"app.kubernetes.io/part-of": "astreinte", **labels}}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": data}
