"""The compose file and the server in front, without an engine."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from contracts.catalogue import SERVICES
from contracts.routes import ROUTES, owner_of
from infra.compose.__main__ import FOLDER, main
from infra.compose.front import caddyfile

COMPOSE: dict[str, Any] = yaml.safe_load((FOLDER / "compose.yaml").read_text(encoding="utf-8"))
RUNNING = {name: each for name, each in COMPOSE["services"].items() if "profiles" not in each}


def test_the_committed_front_is_what_the_routes_say() -> None:
    assert main(["check"]) == 0


def test_the_front_sends_a_path_where_the_routes_send_it() -> None:
    sent = dict(re.findall(r"^\t@(\w+) path (.+)$", caddyfile(), re.MULTILINE))
    assert set(sent) == set(ROUTES)
    for service, patterns in sent.items():
        assert f"handle @{service} {{\n\t\treverse_proxy {service}:8000 " in caddyfile()
        for pattern in patterns.split():
            assert owner_of(pattern.replace("*", "below")) == service


@pytest.mark.parametrize("name", RUNNING)
def test_everything_that_runs_has_a_memory_limit(name: str) -> None:
    assert RUNNING[name]["mem_limit"]


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_can_write_nowhere_and_has_no_rights(service: str) -> None:
    said = RUNNING[service]
    assert said["read_only"]
    assert said["cap_drop"] == ["ALL"]
    assert "ports" not in said
    assert said["depends_on"]["topics"] == {"condition": "service_completed_successfully"}


def test_only_the_front_is_reached_from_outside() -> None:
    assert [name for name, each in RUNNING.items() if "ports" in each] == ["front"]
    for name in ("kafka", "mongo"):
        assert RUNNING[name]["networks"] == ["data"]
    assert COMPOSE["networks"]["data"]["internal"]


def test_no_password_is_written_down() -> None:
    for path in (*Path(FOLDER).glob("*.yaml"), *Path(FOLDER).glob("*.js")):
        said = re.findall(r"(?:PASSWORD|KEY)\w*: (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
        assert all(value.startswith("${") for value in said)
