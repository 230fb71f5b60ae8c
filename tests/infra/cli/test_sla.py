"""`astreinte sla compute` as typed: an answer a line, errors among them, and the right exit code."""

import json
import re
import subprocess
import sys
from pathlib import Path

from tests.services.ticket.clocks import CASE

ROOT = Path(__file__).parents[3]
ANSWER = {
    "id": "one",
    "targets": [
        {
            "name": "repair",
            "state": "running",
            "due_at": "2026-03-03T09:00:00.000Z",
            "elapsed_minutes": 60,
            "breached_at": None,
            "intervals": [["2026-03-02T15:00:00.000Z", "2026-03-02T16:00:00.000Z"]],
        }
    ],
}


def compute(given: bytes, *words: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-c", "from infra.cli.main import main; main()", "sla", "compute", *words],
        cwd=ROOT,
        input=given,
        capture_output=True,
        check=False,
        timeout=60,
    )


def lines(*cases: object) -> bytes:
    return b"".join(each if isinstance(each, bytes) else json.dumps(each).encode() + b"\n" for each in cases)


def test_each_case_is_answered_on_a_line_of_its_own_in_order() -> None:
    ended = compute(lines(CASE, {**CASE, "id": 2}))
    assert (ended.returncode, ended.stderr) == (0, b"")
    assert [json.loads(line) for line in ended.stdout.splitlines()] == [ANSWER, {**ANSWER, "id": 2}]
    assert compute(lines(CASE, {**CASE, "id": 2}), "--json").stdout == ended.stdout


def test_a_bad_line_is_told_with_its_number_and_the_run_goes_on() -> None:
    ended = compute(lines(CASE, b"no case\n", b"\n", b'{"id": "\xff"}\n', {"id": "empty"}, CASE))
    assert ended.returncode == 0
    first, bad, not_utf8, empty, last = [json.loads(line) for line in ended.stdout.splitlines()]
    assert first == last == ANSWER
    assert (bad["id"], bad["error"]["type"]) == (None, "invalid-json")
    assert bad["error"]["detail"].startswith("line 2: ")
    assert not_utf8["error"]["type"] == "invalid-json"
    assert (empty["id"], empty["error"]["type"]) == ("empty", "invalid-case")
    assert empty["error"]["detail"] == "line 5: calendars: Field required"
    assert ended.stderr.decode() == "Cases that make no sense: 3 of 5; their `error` says why.\n"


def test_an_id_comes_back_whatever_is_in_it() -> None:
    ended = compute(lines(b'{"id": "half a \\ud83d"}\n', {**CASE, "id": "café"}))
    assert (ended.returncode, [json.loads(line)["id"] for line in ended.stdout.splitlines()]) == (
        0,
        ["half a \ud83d", "café"],
    )


def test_nothing_in_is_nothing_out() -> None:
    ended = compute(b"")
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, b"", b"")


def test_wrong_usage_ends_with_2() -> None:
    assert compute(b"", "--no-such-option").returncode == 2
    assert compute(b"", "a-file").returncode == 2


def test_the_readmes_case_is_answered() -> None:
    said = (ROOT / "README.md").read_text(encoding="utf-8")
    [case] = re.findall(
        r"^echo '(\{.*?\})' \| tr -d .* \| astreinte sla compute$", said, re.DOTALL | re.MULTILINE
    )
    [answer] = compute(case.replace("\n", "").encode()).stdout.splitlines()
    assert json.loads(answer)["targets"][0]["due_at"] == "2026-03-03T09:00:00.000Z"
