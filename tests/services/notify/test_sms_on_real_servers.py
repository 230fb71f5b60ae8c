"""Notify from Kafka to an SMS gateway, on the real ones."""

from collections import Counter
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest

from contracts.dispatch.events import DispatchAcknowledged, DispatchRevoked, TechnicianDispatched
from contracts.values import Priority
from infra.chassis.clock import SteppedClock
from infra.chassis.runtime import Runtime
from services.notify.domain.delivery import Delivery, DeliveryState
from services.notify.sms.gateway import Gateway
from services.notify.store.deliveries import Deliveries
from tests.servers import RealServers, until
from tests.services.notify.bench import PEOPLE, Bench, bench
from tests.services.notify.people import LEA, MARC, at, example, moved
from tests.services.notify.sms_witness import Witness
from tests.world import MONDAY_NINE

PHONES = (
    LEA.model_copy(update={"phone": "06 12 34 56 78"}),
    MARC.model_copy(update={"phone": "06 12 34 56 79"}),
)
HALF, OVER = MONDAY_NINE + timedelta(seconds=90), MONDAY_NINE + timedelta(minutes=3)


@pytest.fixture
async def gateway() -> AsyncIterator[Witness]:
    async with Witness() as made:
        yield made


@pytest.fixture
async def here(servers: RealServers, unique: str, gateway: Witness) -> AsyncIterator[Bench]:
    async with bench(servers, unique) as made:
        made.sms = Gateway.parse(gateway.url)
        made.clock = SteppedClock(MONDAY_NINE, frozen=True)
        yield made


def told(priority: Priority, n: int = 1, technician: str = "tech-lea") -> TechnicianDispatched:
    timed: dict[str, Any] = {"acknowledge_by": OVER, "hours_from": MONDAY_NINE, "remind_at": HALF}
    names: dict[str, Any] = {"ticket_id": f"t{n}", "visit_id": f"t{n}-1", "number": f"INC-{n}"}
    nobody: dict[str, Any] = {"requester_id": None, "on_site_contact_id": None}
    return moved(TechnicianDispatched, at(9, 30), technician, priority=priority, **timed, **names, **nobody)


async def quiet(runtime: Runtime) -> None:
    async def settled() -> bool:
        with suppress(ConnectionError):
            return not await runtime.unquiet()
        return False

    await until(settled, within=20, every=0.05)


async def by_sms(runtime: Runtime) -> list[Delivery]:
    return [each.value for each in await runtime.find(Deliveries, {"channel": "sms"})]


async def test_an_urgent_dispatch_reaches_mailbox_and_telephone(here: Bench, gateway: Witness) -> None:
    async with here.running() as runtime:
        await here.publish(*PEOPLE, *PHONES, told(Priority.P1))
        [got] = await gateway.until(1)
        await here.sink.until(1)
        await quiet(runtime)
        [sms] = await by_sms(runtime)
    assert (got.body["to"], got.key, sms.state) == ("+33612345678", sms.id, DeliveryState.SENT)
    assert got.body["text"].startswith("P1 INC-1 : Pasteur Nord, 2/03 10h30. Confirmez avant 09h03. http://")


async def test_a_dispatch_unanswered_at_half_time_is_told_by_sms_over_a_restart_and_by_one_replica(
    here: Bench, gateway: Witness
) -> None:
    clock = here.clock
    assert isinstance(clock, SteppedClock)
    async with here.running() as runtime:
        await here.publish(*PEOPLE, *PHONES, told(Priority.P3))
        await here.sink.until(1)
        await quiet(runtime)
        assert await runtime.next_due() == HALF
    assert gateway.got == []
    async with here.running() as first, here.running() as second:
        await quiet(first)
        await quiet(second)
        clock.set(HALF)
        await gateway.until(1)
        await quiet(first)
        await quiet(second)
    assert len(gateway.got) == 1


async def test_an_answer_in_time_spares_him_the_sms(here: Bench, gateway: Witness) -> None:
    clock = here.clock
    assert isinstance(clock, SteppedClock)
    answer = example(DispatchAcknowledged, ticket_id="t1", visit_id="t1-1")
    async with here.running() as runtime:
        await here.publish(*PEOPLE, *PHONES, told(Priority.P3), answer)
        await here.sink.until(1)
        await quiet(runtime)
        assert await runtime.next_due() is None
        clock.set(HALF)
        await quiet(runtime)
        [sms] = await by_sms(runtime)
    assert (sms.state, gateway.got) == (DeliveryState.OVERTAKEN, [])


async def test_a_gateway_that_is_away_delays_what_still_holds_and_loses_none(
    here: Bench, gateway: Witness
) -> None:
    await gateway.close()
    async with here.running() as runtime:
        await here.publish(*PEOPLE, *PHONES, told(Priority.P1), told(Priority.P1, 2, "tech-marc"))

        async def tried() -> bool:
            return all(each.attempts for each in await by_sms(runtime)) and bool(await by_sms(runtime))

        await until(tried, within=10)
        assert len(await here.sink.until(2)) == 2, "mails do not wait for the gateway"
        await here.publish(example(DispatchRevoked, ticket_id="t1", visit_id="t1-1"))
        await here.sink.until(3)
        await gateway.open()
        [got] = await gateway.until(1, within=20)
        await quiet(runtime)
        states = Counter(each.state for each in await by_sms(runtime))
    assert got.body["to"] == "+33612345679"
    assert states == {DeliveryState.SENT: 1, DeliveryState.OVERTAKEN: 1}


async def test_a_gateway_that_never_answers_holds_no_mail_up(here: Bench, gateway: Witness) -> None:
    gateway.hangs = True
    urgent = [told(Priority.P1, n) for n in range(1, 13)]
    async with here.running():
        await here.publish(*PEOPLE, *PHONES, *urgent)
        await here.sink.until(len(urgent), within=5)
    assert gateway.taken == []


@pytest.mark.parametrize(
    ("answer", "phone", "why"),
    [
        ((400, "unknown number"), "06 12 34 56 78", "gateway-refused: 400 unknown number"),
        ((202, ""), "04 78 12 34 56", "bad-number: technician tech-lea: his phone is no mobile one"),
    ],
    ids=["the gateway refuses", "a landline"],
)
async def test_what_can_never_arrive_fails_once_and_says_so(
    here: Bench, gateway: Witness, answer: tuple[int, str], phone: str, why: str
) -> None:
    gateway.then = answer
    lea = LEA.model_copy(update={"phone": phone})
    async with here.running() as runtime:
        await here.publish(*(each for each in PEOPLE if each is not LEA), lea, told(Priority.P1))

        async def failed() -> bool:
            return [each.state for each in await by_sms(runtime)] == [DeliveryState.FAILED]

        await until(failed, within=10)
        [sms] = await by_sms(runtime)
        await here.sink.until(1)
        await quiet(runtime)
    assert (sms.attempts, sms.failure) == (1, why)


async def test_a_passing_failure_is_tried_again_under_the_same_key(here: Bench, gateway: Witness) -> None:
    gateway.first = [(503, "busy")]
    async with here.running() as runtime:
        await here.publish(*PEOPLE, *PHONES, told(Priority.P1))
        await gateway.until(1)
        await quiet(runtime)
    assert len({each.key for each in gateway.got}) == 1
    assert len(gateway.got) == 2
