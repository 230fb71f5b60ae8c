"""Within three days everything has had its turn, and no day has all of it."""

import pytest

from tests.turns import DAY, DAYS, has_its_turn

NAMES = [f"tests/flows/test_{n}.py::test_{n}" for n in range(60)]


def on(day: int | str, monkeypatch: pytest.MonkeyPatch) -> set[str]:
    monkeypatch.setenv(DAY, str(day))
    return {name for name in NAMES if has_its_turn(name)}


def test_each_comes_on_one_day_of_a_round(monkeypatch: pytest.MonkeyPatch) -> None:
    days = [on(740_000 + n, monkeypatch) for n in range(DAYS)]
    assert set.union(*days) == set(NAMES)
    assert sum(map(len, days)) == len(NAMES)
    assert all(0 < len(day) < len(NAMES) for day in days)


def test_who_asks_for_all_has_all(monkeypatch: pytest.MonkeyPatch) -> None:
    assert on("all", monkeypatch) == set(NAMES)
