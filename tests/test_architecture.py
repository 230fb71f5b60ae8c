"""The shape of the whole: wiring, names, sizes, and words that would not hold on another machine."""

import ast
import dataclasses
import importlib
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from contracts.catalogue import CATALOGUE, SERVICES
from contracts.envelope import State
from contracts.routes import ROUTES, owner_of
from infra.chassis.clock import SystemClock
from infra.chassis.http.auth import DEVELOPMENT_ISSUER
from infra.chassis.http.problem_types import CHASSIS_PROBLEMS
from infra.chassis.runtime import Runtime
from infra.chassis.settings import Settings
from infra.cli.main import commands

ROOT = Path(__file__).parents[1]
MOST_LINES = 400
NOWHERE = "127.0.0.1:1"
SETTINGS = {
    "PROFILE": "development",
    "KAFKA": NOWHERE,
    "MONGODB": f"mongodb://{NOWHERE}",
    "JWKS": '{"keys": []}',
}
WITHOUT_WORDS_FOR_CALLERS = {"infra/chassis/events/dead.py"}
"""Refuses operators at the command line, in sentences; no caller of the API meets it."""


def tracked(*suffixes: str) -> list[Path]:
    """The project's own files: what is committed, and what is about to be."""
    said = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    paths = (ROOT / line for line in said.stdout.splitlines())
    return sorted(path for path in paths if path.is_file() and (not suffixes or path.suffix in suffixes))


def modules(*folders: str) -> Iterator[tuple[Path, ast.Module]]:
    for path in tracked(".py"):
        if path.relative_to(ROOT).parts[0] in folders:
            yield path, ast.parse(path.read_text(encoding="utf-8"))


def built(service: str) -> Runtime:
    """The service put together, with nothing running."""
    settings = importlib.import_module(f"services.{service}.settings").Settings
    environment = {f"ASTREINTE_{name}": value for name, value in SETTINGS.items()}
    app = importlib.import_module(f"services.{service}.app").build(
        settings.from_environment({**environment, "ASTREINTE_ISSUER": DEVELOPMENT_ISSUER}),
        clock=SystemClock(),
        mongo=SETTINGS["MONGODB"],
        kafka=NOWHERE,
    )
    assert {owner_of(path) for path in app.openapi()["paths"] if path.startswith("/v1/")} == {service}
    runtime: Runtime = app.state.runtime
    return runtime


@pytest.mark.parametrize("service", SERVICES)
async def test_a_service_takes_in_what_the_catalogue_says_and_nothing_else(service: str) -> None:
    parts = built(service).service
    assert parts.name == service
    wired = {model.TYPE for model in parts.handlers}
    for copy in parts.copies:
        wired |= {copy.model.TYPE, copy.model.ERASED}
    said = {
        type_
        for topic in CATALOGUE.topics
        for type_, readers in topic.consumers.items()
        if service in readers
    }
    assert wired == said
    assert set(parts.topics()) == {topic.name for topic in CATALOGUE.subscribed(service)}


@pytest.mark.parametrize("service", SERVICES)
async def test_a_service_publishes_the_states_that_the_catalogue_calls_its_own(service: str) -> None:
    published = {kind.published for kind in built(service).service.collections if kind.published is not None}
    owned = {
        model
        for topic in CATALOGUE.topics
        for model in topic.events
        if topic.owner == service and issubclass(model, State)
    }
    assert published == owned


def test_every_setting_is_read_somewhere() -> None:
    read = {
        node.attr
        for _, tree in modules("services", "infra")
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
    }
    for kind in (
        Settings,
        *(importlib.import_module(f"services.{name}.settings").Settings for name in SERVICES),
    ):
        unread = {field.name for field in dataclasses.fields(kind)} - read
        assert not unread, f"{kind.__module__}: nothing reads {unread}"


def test_no_module_is_longer_than_400_lines() -> None:
    lines = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in tracked(".py")}
    long = {path.relative_to(ROOT).as_posix(): count for path, count in lines.items() if count > MOST_LINES}
    assert long == {}


def test_no_module_is_named_after_nothing() -> None:
    empty = re.compile(r"^(utils?|helpers?|common|misc|shared|base|tools?)(\.py)?$")
    named = {
        path.relative_to(ROOT).as_posix()
        for path in tracked(".py")
        if any(empty.match(part) for part in path.relative_to(ROOT).parts)
    }
    assert named == set()


def test_no_class_manages_or_processes() -> None:
    vague = re.compile(r"(Manager|Processor|Mediator|Helper|Utils?)$")
    found = {
        f"{path.relative_to(ROOT)}:{node.name}"
        for path, tree in modules("contracts", "services", "infra", "tests")
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef) and vague.search(node.name)
    }
    assert found == set()


def test_no_file_knows_the_machine_it_was_written_on() -> None:
    here = re.compile(r"(?<![\w.~…}-])/(?:(?:work|root)\b|home/[a-z]|Users/[a-z]|tmp/[a-z])")
    index = re.compile(r"https?://[^\s\"']*(?:pypi|pythonhosted|npmjs|maven|artifactory|nexus)")
    found = set()
    for path in tracked():
        text = path.read_bytes().decode("utf-8", "ignore")
        for pattern in (here, index):
            found |= {f"{path.relative_to(ROOT)}: {match[0]}" for match in pattern.finditer(text)}
    assert {each for each in found if not each.startswith("tests/test_architecture.py")} == set()


def test_no_test_replaces_parts_of_our_own_modules() -> None:
    patching = re.compile(r"\bmock\b|monkeypatch\.setattr\(\s*[\"']?(contracts|services|infra)\b")
    found = [
        str(path.relative_to(ROOT))
        for path in tracked(".py")
        if path.relative_to(ROOT).parts[0] == "tests"
        and path != Path(__file__)
        and patching.search(path.read_text(encoding="utf-8"))
    ]
    assert found == []


def test_every_refusal_has_a_type_with_words_for_it() -> None:
    for path, slug in refusals():
        place = path.relative_to(ROOT)
        if place.as_posix() in WITHOUT_WORDS_FOR_CALLERS:
            continue
        known = set(CHASSIS_PROBLEMS) | (
            own_problems(place.parts[1]) if place.parts[0] == "services" else set()
        )
        assert slug in known, f"{place} refuses with {slug!r}, which no table of problem types has"


def test_every_type_of_a_service_is_one_that_it_refuses_with() -> None:
    for service in SERVICES:
        said = "".join(
            path.read_text(encoding="utf-8")
            for path, _ in modules("services")
            if path.relative_to(ROOT).parts[1] == service and path.name != "problems.py"
        )
        assert {slug for slug in own_problems(service) if f'"{slug}"' not in said} == set()


def own_problems(service: str) -> set[str]:
    if not (ROOT / "services" / service / "api" / "problems.py").exists():
        return set()
    return set(importlib.import_module(f"services.{service}.api.problems").PROBLEMS)


def refusals() -> Iterator[tuple[Path, str]]:
    """Where which slug is spelled out as a refusal's."""
    for path, tree in modules("contracts", "services", "infra"):
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef) and any(
                isinstance(base, ast.Name) and base.id in ("Refusal", "Problem") for base in node.bases
            ):
                calls = [each for each in ast.walk(node) if isinstance(each, ast.Call)]
                slugs = [_slug(each) for each in calls if ast.unparse(each.func) == "super().__init__"]
            elif isinstance(node, ast.Call) and ast.unparse(node.func) in ("Refusal", "Problem"):
                slugs = [_slug(node)]
            else:
                continue
            yield from ((path, slug) for slug in slugs if slug is not None)


def test_every_text_for_people_is_written_in_both_languages() -> None:
    texts = list(texts_for_people())
    assert len(texts) > 100, "otherwise this holds for a search that finds nothing"
    one_language = [
        f"{path.relative_to(ROOT)}:{call.lineno}"
        for path, call in texts
        if len(call.args) != 2 or ast.unparse(call.args[0]) == ast.unparse(call.args[1])
    ]
    assert one_language == []


def texts_for_people() -> Iterator[tuple[Path, ast.Call]]:
    for path, tree in modules("contracts", "services", "infra"):
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in ("Text", "InvalidValue"):
                yield path, node


def test_a_body_refuses_a_value_in_both_languages() -> None:
    plain = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path, tree in modules("services")
        if "api" in path.parts
        for node in ast.walk(tree)
        if isinstance(node, ast.Raise)
        and node.exc is not None
        and ast.unparse(node.exc).startswith(("ValueError(", "AssertionError(", "TypeError("))
    ]
    assert plain == [], "raise contracts.text.InvalidValue: it has both languages"


def _slug(call: ast.Call) -> str | None:
    first = call.args[0] if call.args else None
    return first.value if isinstance(first, ast.Constant) and isinstance(first.value, str) else None


def test_there_are_refusals_to_be_found() -> None:
    """Otherwise the tests above would hold for a search that finds nothing."""
    assert len(set(refusals())) > 40


def test_the_readme_names_commands_that_there_are() -> None:
    said = "".join((ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "CONTRIBUTING.md"))
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    code = "\n".join(re.findall(r"```.*?```|`[^`\n]+`", said, re.DOTALL))
    made = set(re.findall(r"\bmake ([a-z]+)", code))
    run = set(re.findall(r"\bastreinte ([a-z][a-z-]+)", code))
    assert made, "the README says nothing about make"
    assert run, "the README says nothing about astreinte"
    assert made <= targets
    assert run <= set(commands())


def test_the_readme_names_addresses_that_are_served() -> None:
    said = (ROOT / "README.md").read_text(encoding="utf-8")
    collections = {path.rstrip("/") for path in re.findall(r"(?<!\.com)(?<!:4318)(/v1/[a-z-]+)", said)}
    assert collections
    parted = {path for path in collections for each in _prefixes() if each.startswith(f"{path}/")}
    served = {path for path in collections if owner_of(path) is not None} | parted | {"/v1/clock"}
    assert collections - served == set()


def _prefixes() -> Iterator[str]:
    return (prefix for prefixes in ROUTES.values() for prefix in prefixes)


def test_the_readme_names_files_that_are_there() -> None:
    said = (ROOT / "README.md").read_text(encoding="utf-8")
    named = set(re.findall(r"\]\(([^)#:]+)\)", said))
    assert {target for target in named if not (ROOT / target).exists()} == set()
