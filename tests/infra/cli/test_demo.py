"""The demo's day passes for the eye, and takes no longer for the work that is done meanwhile."""

import io
from datetime import UTC, datetime, timedelta

from rich.console import Console

from infra.cli.demo import Pace, board, shown
from infra.sample.figures import Figure

SEVEN = datetime(2026, 3, 2, 7, tzinfo=UTC)


class Stage:
    """Time that passes only by work and by sleep."""

    def __init__(self) -> None:
        self.now = 100.0
        self.pace = Pace(600, lambda: self.now, self.sleep)
        self.slept: list[float] = []

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds

    async def jump(self, minutes: float) -> None:
        await self.pace(SEVEN, SEVEN + timedelta(minutes=minutes))


async def test_a_jump_takes_its_share_of_life_and_a_second_at_most() -> None:
    stage = Stage()
    await stage.jump(5)
    await stage.jump(8 * 60)
    assert stage.slept == [0.5, 1.0]


async def test_work_is_part_of_the_time_and_what_is_late_is_not_caught_up_by_rushing() -> None:
    stage = Stage()
    stage.now += 0.3
    await stage.jump(5)
    assert round(stage.slept[-1], 6) == 0.2
    stage.now += 10
    await stage.jump(5)
    assert stage.slept[-1] == 0
    await stage.jump(5)
    assert stage.slept[-1] == 0.5


def test_the_board_shows_a_line_for_each_thing_with_its_sites() -> None:
    console = Console(width=90, record=True, file=io.StringIO())
    console.print(
        board(
            SEVEN,
            3,
            ["closed", "planned", "closed"],
            [(SEVEN, "P1 T-1 Serveur injoignable [roch-bron]"), (SEVEN, "P5 T-2 " + "long " * 30)],
        )
    )
    title, first, second = console.export_text().splitlines()
    assert title.split()[-7:] == ["08:00", "requests", "3", "closed", "2", "planned", "1"]
    assert first.strip().endswith("[roch-bron]")
    assert second.strip().endswith("…")


def test_figures_are_shown_as_people_read_them() -> None:
    assert shown(Figure("sla_kept", "", "share", 0.9534)) == "95.3%"
    assert shown(Figure("mttr", "", "minutes", 80.3)) == "80.3 min"
    assert shown(Figure("backlog", "", "tickets", {"under 4 h": 2, "over 24 h": 0})) == (
        "under 4 h: 2, over 24 h: 0"
    )
    assert shown(Figure("no_access", "", "share", None)) == "-"
