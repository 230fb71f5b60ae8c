"""Within a major only optional fields may be added; the gate says so for everything else."""

import copy
import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from contracts.schemas.__main__ import main
from contracts.schemas.compatibility import NoHistory, compare, default_base, incompatibilities
from contracts.schemas.published import FOLDER, schema_of
from contracts.ticket.events import TicketOpened

Schema = dict[str, Any]
OLD = schema_of("ticket", TicketOpened)


def after(change: Callable[[Schema], object]) -> list[str]:
    new = copy.deepcopy(OLD)
    change(new)
    return incompatibilities(OLD, new)


def add(schema: Schema, *, required: bool = False) -> None:
    schema["properties"]["colour"] = {"type": "string", "default": "red"}
    if required:
        schema["required"].append("colour")


def rename(schema: Schema) -> None:
    schema["properties"]["machine_id"] = schema["properties"].pop("asset_id")


def remove_required(schema: Schema) -> None:
    schema["required"].remove("number")
    del schema["properties"]["number"]


def test_the_same_schema_is_compatible_with_itself() -> None:
    assert after(lambda new: None) == []


def test_an_optional_field_may_be_added_at_the_top_and_in_a_value() -> None:
    assert after(add) == []
    assert after(lambda new: add(new["$defs"]["VisitNeed"])) == []


def test_words_for_people_may_change() -> None:
    assert after(lambda new: new.update(description="Other words.", title="Other")) == []


@pytest.mark.parametrize(
    "change",
    [
        lambda new: add(new, required=True),
        lambda new: add(new["$defs"]["VisitNeed"], required=True),
        remove_required,
        rename,
        lambda new: new["properties"].pop("asset_id"),
        lambda new: new["required"].remove("number"),
        lambda new: new["required"].append("asset_id"),
        lambda new: new["properties"].update(number={"type": "integer"}),
        lambda new: new["properties"].update(asset_id={"type": "integer", "default": 1}),
        lambda new: new["$defs"]["Priority"]["enum"].append("P6"),
        lambda new: new["$defs"]["Priority"]["enum"].remove("P5"),
        lambda new: new["properties"]["summary"].update(maxLength=80),
        lambda new: new["properties"]["summary"].update(maxLength=200),
        lambda new: new["properties"]["ticket_id"].update(pattern="^[0-9]+$"),
        lambda new: new["properties"]["opened_at"].pop("format"),
        lambda new: new["$defs"]["PartNeed"]["properties"]["sku"].update(pattern="^x$"),
        lambda new: new["$defs"]["VisitNeed"]["properties"]["skills"].update(patternProperties={"^x$": {}}),
    ],
)
def test_any_other_change_is_refused(change: Callable[[Schema], object]) -> None:
    assert after(change)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository with one committed schema."""
    (tmp_path / "ticket").mkdir()
    (tmp_path / "ticket" / "ticket-opened.1.json").write_text(json.dumps(OLD))
    git(tmp_path, "init", "-q", "-b", "main")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-q", "-m", "first")
    return tmp_path


def git(folder: Path, *arguments: str) -> None:
    who = ["-c", "user.name=test", "-c", "user.email=test@example.invalid"]
    subprocess.run(["git", *who, *arguments], cwd=folder, check=True)


def rewrite(folder: Path, change: Callable[[Schema], object]) -> None:
    new = copy.deepcopy(OLD)
    change(new)
    (folder / "ticket" / "ticket-opened.1.json").write_text(json.dumps(new))


def test_the_files_are_held_against_the_revision_named(repository: Path) -> None:
    assert compare("HEAD", repository) == {}
    rewrite(repository, add)
    assert compare("HEAD", repository) == {}
    rewrite(repository, rename)
    assert list(compare("HEAD", repository)) == ["ticket/ticket-opened.1.json"]


def test_a_schema_may_not_go_but_another_may_come(repository: Path) -> None:
    (repository / "ticket" / "ticket-opened.1.json").rename(repository / "ticket" / "ticket-opened.2.json")
    assert list(compare("HEAD", repository)) == ["ticket/ticket-opened.1.json"]


def test_the_last_release_is_the_base_once_there_is_one(repository: Path) -> None:
    assert default_base(repository) == "HEAD"
    git(repository, "tag", "v1")
    rewrite(repository, rename)
    git(repository, "commit", "-q", "-a", "-m", "second")
    assert default_base(repository) == "v1"
    assert compare(default_base(repository), repository)


def test_without_history_there_is_nothing_to_compare(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    with pytest.raises(NoHistory):
        default_base(tmp_path)
    with pytest.raises(NoHistory):
        compare("v9", tmp_path)


def test_the_committed_schemas_are_compatible_with_the_last_release() -> None:
    assert FOLDER.is_dir()
    assert main(["compatible"]) == 0
