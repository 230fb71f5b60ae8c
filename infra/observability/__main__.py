"""``python -m infra.observability write | check``: dashboards, and whether expressions make sense."""

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from contracts.catalogue import SERVICES
from infra.observability.dashboards import DASHBOARDS, dashboard
from infra.observability.promql import RECORDED, asked

FOLDER = Path(__file__).parent
SAID_OF_AN_ALERT = ("summary", "description", "what_to_do")


def rules() -> list[dict[str, Any]]:
    """Every rule, in the order of the file."""
    groups = yaml.safe_load((FOLDER / "rules.yaml").read_text(encoding="utf-8"))["groups"]
    return [rule for group in groups for rule in group["rules"]]


def expressions() -> Iterator[tuple[str, str]]:
    """Every expression of the rules and of the committed dashboards, with where it stands."""
    for rule in rules():
        yield f"rules.yaml: {rule.get('record') or rule.get('alert')}", rule["expr"]
    for path in sorted((FOLDER / "grafana").glob("*.json")):
        for panel in json.loads(path.read_text(encoding="utf-8"))["panels"]:
            for target in panel["targets"]:
                yield f"grafana/{path.name}: {panel['title']}", target["expr"]


def generated() -> dict[str, str]:
    """The text of every dashboard, by its path below this folder."""
    return {
        f"grafana/{name}.json": json.dumps(dashboard(name), indent=1, ensure_ascii=False) + "\n"
        for name in DASHBOARDS
    }


def complaints() -> Iterator[str]:
    """What is wrong with the rules, the dashboards and what is scraped."""
    for path, text in generated().items():
        if not (FOLDER / path).exists() or (FOLDER / path).read_text(encoding="utf-8") != text:
            yield f"{path} is stale; run: python -m infra.observability write"
    recorded = {rule["record"] for rule in rules() if "record" in rule}
    for place, expression in expressions():
        try:
            names = {each.metric for each in asked(expression)}
        except ValueError as error:
            yield f"{place}: {error}"
            continue
        for name in sorted(names):
            if RECORDED in name and name not in recorded:
                yield f"{place}: nothing records {name}"
    for rule in rules():
        if "alert" in rule:
            lacking = [name for name in SAID_OF_AN_ALERT if not rule["annotations"].get(name)]
            if lacking or rule["labels"].get("severity") not in {"page", "ticket"}:
                yield f"rules.yaml: {rule['alert']} says nothing of: {', '.join(lacking) or 'severity'}"
    scraped = yaml.safe_load((FOLDER / "prometheus.yaml").read_text(encoding="utf-8"))["scrape_configs"]
    told = {target["labels"]["service"] for job in scraped for target in job["static_configs"]}
    if told != set(SERVICES):
        yield f"prometheus.yaml: asks {sorted(told)} and not {sorted(SERVICES)}"


def main(arguments: list[str] | None = None) -> int:
    """0 when all is well, 1 when a file is stale or an expression makes no sense."""
    parser = argparse.ArgumentParser(prog="python -m infra.observability")
    parser.add_argument("command", choices=("write", "check"))
    if parser.parse_args(arguments).command == "write":
        for path, text in generated().items():
            (FOLDER / path).write_text(text, encoding="utf-8")
        return 0
    wrong = list(complaints())
    for line in wrong:
        print(f"infra/observability/{line}", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
