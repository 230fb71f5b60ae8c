"""`astreinte replay servicenow` as typed: what is wrong is one sentence and the right exit code."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from infra.cli.stack import stack_of
from infra.local.issuer import DevelopmentIssuer
from tests.infra.replay.logs import csv_of, remote, written

ROOT = Path(__file__).parents[3]
NOBODY = "http://127.0.0.1:9"


def replay(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    inherited = {k: v for k, v in os.environ.items() if not k.startswith("ASTREINTE_")}
    return subprocess.run(
        [sys.executable, "-c", "from infra.cli.main import main; main()", "replay", "servicenow", *words],
        cwd=ROOT,
        env={**inherited, "COLUMNS": "200", **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def failed(*words: str, **environment: str) -> str:
    """The one sentence of a replay that could not be done."""
    ended = replay(*words, **environment)
    assert ended.returncode == 1, ended
    assert ended.stdout == ""
    said = ended.stderr.strip()
    assert "Traceback" not in said
    assert len(said.splitlines()) == 1, said
    return said


def test_without_a_file_it_is_wrong_usage() -> None:
    assert replay().returncode == 2
    assert replay("a.csv", "b.csv").returncode == 2
    assert replay("a.csv", "--no-such-option").returncode == 2


def test_help_says_how_to_start_a_stack_for_an_old_log() -> None:
    said = replay("--help")
    assert said.returncode == 0
    assert "--clock" in said.stdout


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    assert "none.csv cannot be read" in failed(str(tmp_path / "none.csv"))


def test_a_log_without_a_row_that_can_be_played_says_why(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    path.write_text(csv_of([{"incident_state": "Asleep"}]))
    assert "line 2: incident_state 'Asleep'" in failed(str(path))


def test_a_report_that_cannot_be_written_is_told_before_anything_is_played(tmp_path: Path) -> None:
    report = tmp_path / "none" / "report.jsonl"
    said = failed(str(written(tmp_path, remote())), "--report", str(report))
    assert "report.jsonl cannot be written" in said


def test_the_tokens_of_a_stack_on_a_data_folder_are_made_when_they_are_needed(tmp_path: Path) -> None:
    ended = DevelopmentIssuer(tmp_path, profile="development").token("admin", hours=-1)
    (tmp_path / "running.json").write_text(json.dumps({"http": NOBODY, "tokens": {"admin": ended}}))
    _, tokens = stack_of(tmp_path, None, None, None)
    assert tokens["admin"] != ended
    _, given = stack_of(tmp_path, None, tmp_path / "running.json", None)
    assert given["admin"] == ended


def test_a_wrong_mapping_names_its_key(tmp_path: Path) -> None:
    mapping = tmp_path / "mine.toml"
    mapping.write_text('time_zone = "Europe/Lutetia"\n')
    said = failed(str(written(tmp_path, remote())), "--mapping", str(mapping))
    assert "time_zone: " in said


def test_without_a_stack_it_says_how_to_start_one(tmp_path: Path) -> None:
    said = failed(str(written(tmp_path, remote())), "--data", str(tmp_path / "none"))
    assert "astreinte up" in said


def test_without_a_token_it_says_how_to_get_one(tmp_path: Path) -> None:
    said = failed(str(written(tmp_path, remote())), "--url", NOBODY, "--data", str(tmp_path / "none"))
    assert "astreinte token admin" in said


def test_where_nobody_answers_it_says_so(tmp_path: Path) -> None:
    said = failed(str(written(tmp_path, remote())), ASTREINTE_HTTP=NOBODY, ASTREINTE_TOKEN="x")
    assert f"{NOBODY} does not answer" in said


@pytest.mark.parametrize("url", ["127.0.0.1:8000", "ftp://127.0.0.1", "http://"])
def test_what_is_no_address_is_told(tmp_path: Path, url: str) -> None:
    said = failed(str(written(tmp_path, remote())), "--url", url, ASTREINTE_TOKEN="x")
    assert "http://127.0.0.1:8000" in said


@pytest.mark.parametrize(
    ("content", "says"), [("{", "is not what"), ('{"http": 1}', "is not what"), (None, "cannot be read")]
)
def test_a_wrong_ready_file_is_told(tmp_path: Path, content: str | None, says: str) -> None:
    ready = tmp_path / "ready.json"
    if content is not None:
        ready.write_text(content)
    assert says in failed(str(written(tmp_path, remote())), "--ready", str(ready))


def test_tokens_without_an_administrator_are_told(tmp_path: Path) -> None:
    ready = tmp_path / "ready.json"
    ready.write_text(json.dumps({"http": NOBODY, "tokens": {"agent": "x"}}))
    assert "no admin token" in failed(str(written(tmp_path, remote())), "--ready", str(ready))
