"""The demo's day passes for the eye, and takes no longer for the work that is done meanwhile."""

from datetime import UTC, datetime, timedelta

from infra.cli.demo import Pace

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
