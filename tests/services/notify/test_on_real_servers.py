"""Notify from Kafka to a mail server and a live stream, on the real ones."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import aclosing, suppress
from dataclasses import replace

import pytest

from contracts.dispatch.events import DispatchFailed, TechnicianDispatched, VisitRescheduled
from contracts.ticket.sla import SlaBreached, SlaCorrected
from contracts.ticket.states import ContractChanged
from contracts.values import Language, Priority
from infra.chassis.clock import SteppedClock
from infra.chassis.events.sequence import Line, Selection
from infra.chassis.runtime import Runtime
from infra.chassis.store.unit import Cause
from services.notify.domain.delivery import DeliveryState
from services.notify.domain.line import Stream
from services.notify.domain.timing import USUAL
from services.notify.store.deliveries import Deliveries
from services.notify.usecases.put_staff import PutStaffMember
from services.notify.views.live import LiveStreams
from tests.servers import RealServers, until
from tests.services.notify.bench import PEOPLE, Bench, bench
from tests.services.notify.people import CLAIRE, LEA, SANDRINE, at, example, moved
from tests.services.notify.sink import text_of
from tests.world import MONDAY_NINE


@pytest.fixture
async def here(servers: RealServers, unique: str) -> AsyncIterator[Bench]:
    async with bench(servers, unique) as made:
        yield made


async def quiet(runtime: Runtime) -> None:
    async def settled() -> bool:
        with suppress(ConnectionError):
            return not await runtime.unquiet()
        return False

    await until(settled, within=20, every=0.05)


def dispatches(count: int) -> list[TechnicianDispatched]:
    """As many tickets, each with a technician told to go and nobody to mail at the client's."""
    return [
        moved(
            TechnicianDispatched,
            at(9, 30),
            ticket_id=f"t{n}",
            visit_id=f"t{n}-1",
            number=f"INC-{n}",
            requester_id=None,
            on_site_contact_id=None,
        )
        for n in range(count)
    ]


async def test_a_dispatch_reaches_the_technicians_mailbox_and_his_stream(here: Bench) -> None:
    live = LiveStreams()
    async with here.running(live) as runtime:
        await here.publish(*PEOPLE)
        await quiet(runtime)
        mine = Selection({"readers": frozenset({"technician:tech-lea"})})
        async with aclosing(live[Stream.VISITS].follow(0, mine)) as stream:
            await here.publish(example(TechnicianDispatched))
            async with asyncio.timeout(5):
                line = await anext(stream)
        assert isinstance(line, Line)
        assert (line.number, line.document["type"]) == (1, "technician-dispatched")
        mails = await here.sink.until(2)
        assert {mail["To"] for mail in mails} == {
            "Léa Bernard <lea@firm.example>",
            "Anne Martin <anne@clinique.example>",
        }
        await quiet(runtime)
        states = [each.value.state for each in await runtime.find(Deliveries, {})]
        assert states == [DeliveryState.SENT] * 2


async def test_what_names_somebody_unknown_waits_until_he_is_known(here: Bench) -> None:
    async with here.running() as runtime:
        await here.publish(*(each for each in PEOPLE if each is not LEA))
        await here.publish(example(TechnicianDispatched))

        async def parked() -> bool:
            return await runtime.db["parked"].find_one({"awaiting": "technician/tech-lea"}) is not None

        await until(parked, within=10)
        assert here.sink.mails == []
        await here.publish(LEA)
        await here.sink.until(2)


async def test_one_mail_each_however_many_replicas_and_redeliveries(here: Bench) -> None:
    events = dispatches(60)
    async with here.running() as first, here.running():
        await here.publish(*PEOPLE)
        envelopes = await here.publish(*events)
        await here.sink.until(len(events))
        for envelope, event in zip(envelopes, events, strict=True):
            await here.send(envelope, event)
        await here.producer.flush()
        await quiet(first)
    ids = Counter(mail["Message-ID"] for mail in here.sink.mails)
    assert len(ids) == len(events)
    assert set(ids.values()) == {1}


async def test_a_mail_server_that_is_away_delays_mails_and_loses_none(here: Bench) -> None:
    async with here.running() as runtime:
        await here.publish(*PEOPLE)
        await quiet(runtime)
        await here.sink.close()
        await here.publish(*dispatches(3))

        async def tried() -> bool:
            return len(await runtime.find(Deliveries, {"attempts": {"$gte": 1}, "state": "queued"})) == 3

        await until(tried, within=10)
        await here.sink.open()
        await here.sink.until(3, within=20)
        await quiet(runtime)
        assert await runtime.find(Deliveries, {"state": {"$ne": "sent"}}) == []
    assert len(here.sink.mails) == 3


async def test_a_mail_refused_for_good_fails_once_and_is_told(here: Bench) -> None:
    here.sink.answer = lambda mail: "554 not here"
    async with here.running() as runtime:
        await here.publish(*PEOPLE, *dispatches(1))

        async def failed() -> bool:
            return len(await runtime.find(Deliveries, {"state": "failed"})) == 1

        await until(failed, within=10)
        [delivery] = await runtime.find(Deliveries, {})
        assert (delivery.value.attempts, delivery.value.failure) == (1, "554 not here")
        await quiet(runtime)
    assert here.sink.mails == []


async def test_a_delivery_whose_worker_died_is_sent_again_under_the_same_name(here: Bench) -> None:
    await here.publish(*PEOPLE, *dispatches(1))
    arrived = asyncio.Event()

    def take_and_hang_up(mail: object) -> str:
        arrived.set()
        here.sink.answer = lambda again: None
        return "250 OK"

    here.sink.answer = take_and_hang_up
    async with here.running() as runtime:
        await here.sink.until(1)
        await quiet(runtime)
        [sent] = await runtime.find(Deliveries, {})
        past = runtime.system_clock.now()
        await runtime.db["deliveries"].update_one(
            {"_id": sent.value.id}, {"$set": {"state": "sending", "owner": "dead", "attempt_at": past}}
        )
        first, second = await here.sink.until(2)
        assert first["Message-ID"] == second["Message-ID"]
        await quiet(runtime)
        [again] = await runtime.find(Deliveries, {})
        assert again.value.state is DeliveryState.SENT


async def test_a_stopping_service_finishes_the_mail_it_is_sending(here: Bench) -> None:
    await here.publish(*PEOPLE, *dispatches(8))
    async with here.running():
        await here.sink.until(1)
    async with here.running() as runtime:
        await here.sink.until(8)
        await quiet(runtime)
    assert set(Counter(mail["Message-ID"] for mail in here.sink.mails).values()) == {1}


async def test_a_dispatch_reaches_the_sink_well_within_five_seconds(here: Bench) -> None:
    events = dispatches(50)
    arrivals: dict[str, float] = {}

    def note(mail: object) -> None:
        arrivals[mail["Subject"].split()[1]] = time.monotonic()  # type: ignore[index]

    here.sink.answer = note
    async with here.running() as runtime:
        await here.publish(*PEOPLE)
        await quiet(runtime)
        published: dict[str, float] = {}
        for event in events:
            await here.publish(event)
            published[event.number] = time.monotonic()
        await here.sink.until(len(events), within=30)
    delays = sorted(arrivals[number] - published[number] for number in published)
    assert delays[int(len(delays) * 0.99)] <= 5


async def test_a_visit_that_nobody_can_serve_reaches_the_dispatcher_in_his_language(here: Bench) -> None:
    english = replace(SANDRINE, language=Language.EN)
    async with here.running() as runtime:
        await runtime.do(PutStaffMember(english), Cause("test", "test"))
        await here.publish(*PEOPLE, example(DispatchFailed))
        [mail] = await here.sink.until(1)
        await quiet(runtime)
    assert mail["To"] == "Sandrine Roy <sandrine@firm.example>"
    assert mail["Subject"] == "P1 INC-000042: nobody for Pasteur Nord"
    assert "- Marc Petit – server 2 is needed, he has 1" in text_of(mail)


async def test_contract_managers_hear_of_a_broken_promise_once_however_many_replicas(here: Bench) -> None:
    contract = example(ContractChanged, managers=("claire", "sandrine"))
    async with here.running() as first, here.running():
        for each in (CLAIRE, SANDRINE):
            await first.do(PutStaffMember(each), Cause("test", "test"))
        await here.publish(*PEOPLE, contract)
        [envelope] = await here.publish(breach := example(SlaBreached))
        await here.sink.until(2)
        await (await here.send(envelope, breach))
        await here.publish(example(SlaCorrected))
        await here.sink.until(4)
        await quiet(first)
    assert sorted((mail["To"].split()[0], mail["Subject"]) for mail in here.sink.mails) == [
        ("Claire", "P1 INC-000042: GTR breached at Pasteur Nord"),
        ("Claire", "P1 INC-000042: GTR not breached after all at Pasteur Nord"),
        ("Sandrine", "P1 INC-000042 : délai GTR dépassé à Pasteur Nord"),
        ("Sandrine", "P1 INC-000042 : délai GTR finalement non dépassé à Pasteur Nord"),
    ]


async def test_a_visit_moved_twice_is_told_once_over_a_restart_and_by_two_replicas(here: Bench) -> None:
    clock = SteppedClock(MONDAY_NINE, frozen=True)
    here.clock = clock
    dispatch = moved(TechnicianDispatched, at(9, 30), priority=Priority.P3)
    async with here.running() as runtime:
        await here.publish(*PEOPLE, dispatch)
        await here.sink.until(1)
        await quiet(runtime)
        assert await runtime.next_due() == clock.now() + USUAL.plan_rests
        clock.set(clock.now() + USUAL.plan_rests)
        await here.sink.until(2)
        await here.publish(moved(VisitRescheduled, at(11), priority=Priority.P3))
        await quiet(runtime)
        await here.publish(moved(VisitRescheduled, at(14), priority=Priority.P3))
        await quiet(runtime)
    async with here.running() as first, here.running() as second:
        await quiet(first)
        await quiet(second)
        assert len(here.sink.mails) == 2
        clock.set(clock.now() + USUAL.plan_rests)
        await here.sink.until(4)
        await quiet(first)
        assert await first.next_due() is None
        states = Counter(each.value.state for each in await first.find(Deliveries, {}))
    assert len(here.sink.mails) == 4
    assert states == {DeliveryState.SENT: 4, DeliveryState.OVERTAKEN: 2}
    told = ["".join(text_of(mail).split()) for mail in here.sink.mails[2:]]
    assert ["entre14h45et15h15" in text for text in told] == [True, True]
