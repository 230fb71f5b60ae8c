"""`astreinte rota check`: rota cases in, answers out."""

import json
import subprocess
import sys
from typing import Any

import pytest

from services.dispatch.cli.cases import answers

NIGHT: dict[str, Any] = {
    "id": "night",
    "time_zone": "Europe/Paris",
    "work": [
        ["2026-03-02T09:00:00+01:00", "2026-03-02T12:00:00+01:00"],
        ["2026-03-02T13:00:00+01:00", "2026-03-02T18:00:00+01:00"],
    ],
    "on_call": [["2026-03-02T18:00:00+01:00", "2026-03-03T09:00:00+01:00"]],
    "interventions": [["2026-03-03T02:00:00Z", "2026-03-03T03:00:00Z"]],
}


def answer(case: dict[str, Any] | bytes) -> dict[str, Any]:
    [found] = answers([case if isinstance(case, bytes) else json.dumps(case).encode()])
    return found


def test_a_night_on_call_is_answered_with_when_work_may_start() -> None:
    assert answer(NIGHT) == {
        "id": "night",
        "violations": [],
        "earliest_start": "2026-03-03T14:00:00.000Z",
    }


def test_what_is_asked_is_allowed_or_refused_by_a_rule() -> None:
    ask = ["2026-03-03T15:00:00+01:00", "2026-03-03T18:00:00+01:00"]
    assert answer({**NIGHT, "ask": ask})["ask"] == {"allowed": True, "rule": None, "detail": None}
    refused = answer({**NIGHT, "ask": ["2026-03-03T09:00:00+01:00", ask[1]]})["ask"]
    assert (refused["allowed"], refused["rule"]) == (False, "daily-rest")
    assert "03/03 15:00" in refused["detail"]


def test_a_violation_names_its_rule_its_article_and_its_instant() -> None:
    tuesday = ["2026-03-03T09:00:00+01:00", "2026-03-03T12:00:00+01:00"]
    [found] = answer({**NIGHT, "work": [*NIGHT["work"], tuesday]})["violations"]
    assert (found["rule"], found["source"], found["at"]) == (
        "daily-rest",
        "L3131-1",
        "2026-03-03T08:00:00.000Z",
    )
    assert found["detail"]


def test_rules_and_regime_change_the_answer() -> None:
    assert answer({**NIGHT, "rules": {"daily-rest": 540}})["earliest_start"] == "2026-03-03T03:00:00.000Z"
    assert answer({**NIGHT, "regime": "minor"})["earliest_start"] == "2026-03-03T15:00:00.000Z"
    assert answer({**NIGHT, "regime": "partner"})["earliest_start"] == "2026-03-03T03:00:00.000Z"


def test_nobody_who_did_nothing_has_to_wait() -> None:
    assert answer({"id": 7, "time_zone": "Europe/Paris", "work": [], "on_call": [], "interventions": []}) == {
        "id": 7,
        "violations": [],
        "earliest_start": None,
    }


SENSELESS: list[tuple[dict[str, Any], str, str]] = [
    ({"time_zone": "Mars/Paris"}, "invalid-case", "time_zone: 'Mars/Paris'"),
    ({"work": [["2026-03-02T18:00:00Z", "2026-03-02T09:00:00Z"]]}, "invalid-case", "work.0: "),
    ({"work": [["2026-03-02T09:00:00", "2026-03-02T18:00:00"]]}, "invalid-case", "work.0.0: "),
    ({"work": [["0001-01-01T00:00:00+14:00", "0001-01-01T10:00:00Z"]]}, "invalid-case", "year 1"),
    ({"regime": "slave"}, "invalid-case", "regime: "),
    ({"rules": {"daily-rest": 9}}, "invalid-case", "rules: an agreement can set daily-rest to 540"),
    ({"rules": {"siesta": 9}}, "invalid-case", "rules: 'siesta'"),
]


@pytest.mark.parametrize(
    ("line", "slug", "says"),
    [
        (b"not json", "invalid-json", "line 1: "),
        (b"[]", "invalid-case", "line 1: "),
        *((json.dumps({**NIGHT, **change}).encode(), slug, says) for change, slug, says in SENSELESS),
    ],
)
def test_a_line_that_makes_no_sense_says_which_and_why(line: bytes, slug: str, says: str) -> None:
    error = answer(line)["error"]
    assert error["type"] == slug
    assert says in error["detail"]


def test_an_id_that_is_no_json_does_not_come_out_again() -> None:
    assert answer(b'{"id": NaN}')["id"] is None


def test_the_command_goes_on_after_a_bad_line_and_keeps_the_order() -> None:
    lines = "\n".join([json.dumps(NIGHT), '{"id": "bad \\ud83d"}', "", json.dumps({**NIGHT, "id": "last"})])
    main = "from infra.cli.main import main; main()"
    ended = subprocess.run(
        [sys.executable, "-c", main, "rota", "check"],
        input=lines,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert ended.returncode == 0, ended.stderr
    told = [json.loads(line) for line in ended.stdout.splitlines()]
    assert [each["id"] for each in told] == ["night", "bad \ud83d", "last"]
    assert ["error" in each for each in told] == [False, True, False]
    assert "1 of 3" in ended.stderr
