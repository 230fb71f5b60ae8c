"""The images themselves: built and run."""

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from contracts.catalogue import CATALOGUE, SERVICES
from tests.engine import ROOT, build_image, docker, needs_engine

pytestmark = [pytest.mark.servers, pytest.mark.containers, pytest.mark.timeout(900)]

LOCKED_DOWN = ("--read-only", "--network", "none", "--memory", "256m", "--cap-drop", "ALL")


@dataclass(frozen=True)
class Image:
    service: str
    tag: str


@pytest.fixture(scope="module", params=SERVICES)
def image(request: pytest.FixtureRequest) -> Iterator[Image]:
    needs_engine()
    image = Image(request.param, f"astreinte-test/{request.param}")
    built = build_image(image.service, image.tag)
    assert built.returncode == 0, built.stderr
    yield image
    docker("image", "rm", image.tag)


def test_an_image_runs_without_root_without_writing_and_without_rights(image: Image) -> None:
    assert docker("run", "--rm", *LOCKED_DOWN, image.tag, "id", "-u").stdout.strip() == "10001"
    listed = docker("run", "--rm", *LOCKED_DOWN, image.tag, "astreinte", "topics", "list", "--json")
    assert {row["topic"] for row in json.loads(listed.stdout)} == {topic.name for topic in CATALOGUE.topics}


def test_a_service_says_what_it_needs(image: Image) -> None:
    started = docker("run", "--rm", *LOCKED_DOWN, image.tag)
    assert started.returncode == 1
    assert "ASTREINTE_KAFKA is not set" in started.stderr


def test_an_image_holds_one_service(image: Image) -> None:
    there = docker("run", "--rm", image.tag, "ls", "/app/services", "/app/infra").stdout.split()
    assert set(there) & {*SERVICES, "local", "sample", "replay"} == {image.service}


def test_an_import_of_another_service_builds_no_image(tmp_path: Path) -> None:
    needs_engine()
    for part in ("contracts", "services", "infra"):
        shutil.copytree(ROOT / part, tmp_path / part, ignore=shutil.ignore_patterns("__pycache__"))
    for part in ("pyproject.toml", "requirements.txt"):
        shutil.copy(ROOT / part, tmp_path)
    with (tmp_path / "services" / "ticket" / "app.py").open("a", encoding="utf-8") as app:
        app.write("import services.notify.domain.message\n")
    built = build_image("ticket", "astreinte-test/illegal", tmp_path)
    assert built.returncode != 0
    assert "imports services.notify.domain.message, which is not here" in built.stderr
