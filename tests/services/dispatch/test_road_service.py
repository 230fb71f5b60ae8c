"""What is asked of a road service over HTTP, and which answers are believed."""

import json
import math
from collections.abc import AsyncIterator
from typing import Any

import pytest

from contracts.values import Point
from infra.chassis.settings import SettingsError
from services.dispatch.planning.known_roads import Asked, KnownRoads, place_of
from services.dispatch.planning.travel import DEFAULT_TRAVEL
from services.dispatch.roads.osrm import Refused, TableService, Unanswered
from services.dispatch.settings import Settings
from tests.services.dispatch.road_service import RoadService, Spoilt, Table
from tests.services.dispatch.sample import BLAGNAC, MURET, PARIS, TOULOUSE

ADDRESSES = {"ASTREINTE_KAFKA": "kafka:9092", "ASTREINTE_MONGODB": "mongodb://mongo"}


@pytest.fixture
async def osrm() -> AsyncIterator[RoadService]:
    async with RoadService() as made:
        yield made


async def around(osrm: RoadService, *others: Point, timeout: float = 5.0) -> list[Asked]:
    async with TableService(osrm.url + "/", timeout=timeout, pause=0.001) as service:
        return await service.around(place_of(TOULOUSE), [place_of(each) for each in others])


async def test_ways_there_and_back_are_asked_for_in_two_requests(osrm: RoadService) -> None:
    found = await around(osrm, BLAGNAC, MURET)
    blagnac = 2 * DEFAULT_TRAVEL.seconds(TOULOUSE, BLAGNAC)
    muret = 2 * DEFAULT_TRAVEL.seconds(TOULOUSE, MURET)
    assert [each[0] for each in found] == [place_of(BLAGNAC), place_of(MURET)]
    assert [each[1:] for each in found] == [(blagnac + 1, blagnac), (muret + 1, muret)]
    assert osrm.asked == [[TOULOUSE, BLAGNAC, MURET]] * 2


async def test_many_places_are_asked_for_by_what_the_service_takes(osrm: RoadService) -> None:
    osrm.most = 10
    others = [Point(latitude=43 + n / 100, longitude=1.5) for n in range(130)]
    found = await around(osrm, *others)
    assert [each[0] for each in found] == [place_of(each) for each in others]
    sizes = [len(points) for points in osrm.asked]
    assert max(sizes) == 100
    assert all(size <= 10 for size in sizes[4:])


def changed(**members: Any) -> Spoilt:
    return lambda table: (200, json.dumps({**table, **members}))


def with_durations(value: Any) -> Spoilt:
    def spoil(table: Table) -> tuple[int, str]:
        return 200, json.dumps({**table, "durations": [[value for _ in row] for row in table["durations"]]})

    return spoil


async def test_where_there_is_no_road_nothing_is_known(osrm: RoadService) -> None:
    osrm.spoilt = with_durations(None)
    [(_, there, back)] = await around(osrm, BLAGNAC)
    assert math.isnan(there)
    assert math.isnan(back)
    known = KnownRoads()
    known.put(place_of(TOULOUSE), await around(osrm, BLAGNAC))
    assert known.lacking(place_of(TOULOUSE), [place_of(BLAGNAC)]) == [], "and it is not asked again"


@pytest.mark.parametrize(
    "spoilt",
    [
        with_durations(math.nan),
        with_durations(math.inf),
        with_durations(-1),
        with_durations("600"),
        with_durations(True),
        with_durations(10**400),
        with_durations(1),
        changed(durations=[[1, 2, 3]]),
        changed(durations=[]),
        changed(durations=None),
        changed(distances=[[-5]]),
        changed(code="Perhaps"),
        lambda _: (200, "<html>Welcome</html>"),
        lambda _: (200, "[" * 100_000),
        lambda _: (200, '"' + "x" * 2_000_000),
        lambda _: (404, '{"code": "InvalidUrl"}'),
        lambda _: (302, ""),
    ],
)
async def test_nonsense_is_not_believed_nor_asked_for_again(osrm: RoadService, spoilt: Spoilt) -> None:
    osrm.spoilt = spoilt
    with pytest.raises(Unanswered) as failed:
        await around(osrm, PARIS)
    assert failed.value.why == "nonsense"
    assert len(osrm.asked) == 1


async def test_a_server_in_trouble_is_asked_three_times(osrm: RoadService) -> None:
    osrm.spoilt = lambda _: (503, "busy")
    with pytest.raises(Unanswered, match="unreachable: status 503"):
        await around(osrm, BLAGNAC)
    assert len(osrm.asked) == 3
    answers = iter([(500, ""), (429, "")])
    osrm.spoilt = lambda table: next(answers, (200, json.dumps(table)))
    assert len(await around(osrm, BLAGNAC)) == 1


async def test_a_server_that_hangs_or_is_away_is_given_up(osrm: RoadService) -> None:
    osrm.hangs = True
    with pytest.raises(Unanswered) as slow:
        await around(osrm, BLAGNAC, timeout=0.05)
    assert slow.value.why == "slow"
    await osrm.close()
    with pytest.raises(Unanswered) as away:
        await around(osrm, BLAGNAC)
    assert away.value.why == "unreachable"
    await osrm.open()


async def test_what_is_refused_says_why(osrm: RoadService) -> None:
    osrm.spoilt = lambda _: (400, '{"code": "NoSegment", "message": "Could not find a matching segment"}')
    with pytest.raises(Refused, match="NoSegment Could not find"):
        await around(osrm, BLAGNAC)


@pytest.mark.parametrize("said", ["osrm:5000", "ftp://osrm", "http://", "http://[", "http://osrm?x=1"])
def test_a_wrong_address_is_refused_at_start(said: str) -> None:
    with pytest.raises(SettingsError, match="ASTREINTE_OSRM"):
        Settings.from_environment({**ADDRESSES, "ASTREINTE_OSRM": said})
    assert Settings.from_environment({**ADDRESSES, "ASTREINTE_OSRM": "http://osrm:5000/maps"}).osrm
