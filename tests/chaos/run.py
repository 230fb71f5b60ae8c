"""One run: start everything, load it, break it, heal it, wait until it rests, and have it judged."""

import asyncio
import json
import random
import sys
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import httpx
import pymongo

from infra.chassis.events.topics import apply_topics
from infra.local.issuer import DevelopmentIssuer
from infra.local.mail_sink import MailSink
from tests.chaos.disk import small_disk
from tests.chaos.faults import Hand
from tests.chaos.figures import Spans, growth, recoveries, refused, throughput_after
from tests.chaos.fleet import Fleet
from tests.chaos.ledger import Ledger, lines
from tests.chaos.live import Audience
from tests.chaos.load import Crowd
from tests.chaos.receiver import Receiver
from tests.chaos.resting import hurry, unrest
from tests.chaos.restoring import Archivist
from tests.chaos.schedule import Fault, drawn
from tests.chaos.servers import Platform
from tests.chaos.watching import Sample, Watcher
from tests.chaos.world import founded, subscribed
from tests.flows.apart import ToReplicas
from tests.flows.platform import Deployment

QUIET_LOOKS = 3


@dataclass(frozen=True)
class Options:
    seconds: float = 60.0
    seed: int = 1
    members: int = 1
    mutation: str = "none"
    rate: float = 20.0
    rest_seconds: float = 90.0
    """How long rest is waited for."""
    small_disk: bool = False
    """Whether the servers' files lie on a small disk, which may be full."""
    restored: bool = False
    """Whether everything is lost once and a backup brought back."""
    faults: tuple[str, ...] = ()
    """Only these kinds, when any are named."""


@dataclass
class Happened:
    """When a fault began and ended, in seconds of the load's clock."""

    fault: Fault
    began: float
    ended: float = 0.0


@dataclass
class Result:
    """``judgement`` is the auditor's; ``unrest`` is what never came to rest."""

    options: Options
    happened: list[Happened]
    samples: list[Sample]
    judgement: dict[str, Any]
    unrest: list[str]
    figures: dict[str, Any]

    @property
    def violations(self) -> dict[str, int]:
        found: dict[str, int] = dict(self.judgement.get("violations", {}))
        return found | {"unrest": len(self.unrest)}

    @property
    def found(self) -> dict[str, list[str]]:
        """A few sentences of each violation."""
        found: dict[str, list[str]] = dict(self.judgement.get("found", {}))
        return found | ({"unrest": self.unrest} if self.unrest else {})

    @property
    def spans(self) -> Spans:
        return [(each.fault, each.began, each.ended) for each in self.happened]


async def run(folder: Path, options: Options, audience: Audience) -> Result:
    """``folder`` is the run's own, and empty."""
    chance, tell = random.Random(options.seed), audience.tell
    faults = [
        each
        for each in drawn(
            options.seed,
            options.seconds,
            members=options.members,
            small_disk=options.small_disk,
            restored=options.restored,
        )
        if not options.faults or each.name in options.faults
    ]
    for fault in faults:
        tell(str(fault))
    async with AsyncExitStack() as stack:
        disk = stack.enter_context(small_disk(folder / "disk")) if options.small_disk else None
        platform = Platform(disk.folder if disk else folder, options.members, disk)
        await platform.start()
        stack.push_async_callback(platform.stop)
        mails = folder / "mail.jsonl"
        sink = MailSink(file=mails)
        await sink.start()
        stack.push_async_callback(sink.stop)
        receiver = Receiver(folder / "webhooks.jsonl", random.Random(options.seed + 2))
        await receiver.start()
        stack.push_async_callback(receiver.stop)
        await apply_topics(platform.kafka)
        issuer = DevelopmentIssuer(folder, profile="development")
        fleet = Fleet(folder, platform, issuer, sink.url.removeprefix("smtp://"), options.mutation)
        stack.push_async_callback(fleet.stop)
        await fleet.start()
        client = await stack.enter_async_context(
            httpx.AsyncClient(transport=ToReplicas(fleet.members), base_url="http://127.0.0.1", timeout=30)
        )
        database = await stack.enter_async_context(
            pymongo.AsyncMongoClient[dict[str, Any]](platform.mongodb, tz_aware=True)
        )
        world = await founded(
            Deployment(folder, "http://127.0.0.1", platform.kafka, platform.mongodb, issuer, client, database)
        )
        await subscribed(world, receiver.url)
        ledger = Ledger(folder / "ledger.jsonl")
        stack.callback(ledger.close)
        crowd = Crowd(world, ledger, random.Random(options.seed + 1), options.rate, platform.kafka)
        watcher = Watcher(
            platform.kafka, fleet, lambda: ledger.outcomes["done"], time.monotonic(), audience.see
        )
        watching = asyncio.create_task(watcher.run())
        stack.callback(watching.cancel)
        crowd.begun = watcher.begun
        tell(f"everything is up; {options.rate:g} requests a second for {options.seconds:g} s")
        loading = asyncio.create_task(crowd.run(options.seconds))
        archivist = Archivist(platform, fleet, lambda: crowd.now, folder, mails)
        happened = await breaking(Hand(platform, fleet, chance, archivist), faults, crowd, audience)
        await loading
        for wire in platform.every_wire():
            wire.heal()
        await platform.answers()
        await fleet.ready()
        tell(f"the load is over: {dict(ledger.outcomes)}; waiting for rest")
        for member in fleet.members:
            member.told("noon")
        left = await resting(database, watcher, options.rest_seconds, audience)
        if left:
            for member in fleet.members:
                member.told("describe")
        case = {
            "folder": str(folder),
            "kafka": platform.kafka,
            "mongodb": platform.mongodb,
            "letters": crowd.letters,
            "spoilt": sorted(crowd.spoilt),
            "leaks": crowd.leaks,
            "unready": watcher.unready,
            "restore": asdict(archivist.restored) if archivist.restored else None,
        }
        judgement = await judge(folder, case)
        result = Result(options, happened, watcher.samples, judgement, left, judgement.pop("figures", {}))
        result.figures |= {
            "recovery_seconds": recoveries(result.spans, watcher.samples),
            "recovery_seconds_disturbed": recoveries(result.spans, watcher.samples, disturbed=True),
            "refused": refused(result.spans, lines(ledger.file)),
            "throughput_after": throughput_after(result.spans, watcher.samples, options.seconds),
            "memory_growth": growth(watcher.samples),
        }
        return result


async def breaking(hand: Hand, faults: Sequence[Fault], crowd: Crowd, audience: Audience) -> list[Happened]:
    """Each fault at its time; one that lasts does not hold up the next."""
    happened: list[Happened] = []
    doing: list[asyncio.Task[None]] = []

    async def do(fault: Fault) -> None:
        this = Happened(fault, crowd.now)
        happened.append(this)
        audience.tell(f"{crowd.now:6.1f} s  {fault.name} {fault.target}")
        await hand.does(fault)
        this.ended = crowd.now

    for fault in faults:
        await asyncio.sleep(max(0.0, fault.at - crowd.now))
        doing.append(asyncio.create_task(do(fault)))
    await asyncio.gather(*doing)
    return happened


async def resting(database: Any, watcher: Watcher, seconds: float, audience: Audience) -> list[str]:
    """Until nothing is on its way, a few looks in a row; what still is after a time."""
    begun, quiet, left, told = time.monotonic(), 0, ["nobody has looked"], ""
    while time.monotonic() - begun < seconds:
        await hurry(database)
        watcher.looked.clear()
        left = await unrest(database, watcher.samples[-1]) if watcher.samples else left
        quiet = 0 if left else quiet + 1
        if (words := "; ".join(left)) != told:
            audience.tell(f"{watcher.now:6.1f} s  {words}")
            told = words
        if quiet == QUIET_LOOKS:
            audience.tell(f"at rest after {time.monotonic() - begun:.1f} s")
            return []
        await watcher.looked.wait()
    return left


async def judge(folder: Path, case: dict[str, Any]) -> dict[str, Any]:
    """Hand the case to the auditor, a process of its own, and the clocks to another."""
    written = folder / "run.json"
    written.write_text(json.dumps(case), encoding="utf-8")
    judgement, clocks = await asyncio.gather(said_by("audit", written), said_by("clocks", written))
    if judgement is None or clocks is None:
        return {"violations": {"audit": 1}, "found": {"audit": ["whoever judges it did not come to an end"]}}
    judgement["violations"]["clock-replay"] = len(clocks)
    if clocks:
        judgement["found"]["clock-replay"] = clocks
    found: dict[str, Any] = judgement
    return found


async def said_by(judge: str, case: Path) -> Any:
    """What its last line says; None where there is none."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", f"tests.chaos.{judge}", str(case)), stdout=asyncio.subprocess.PIPE
    )
    out, _ = await process.communicate()
    return json.loads(out.splitlines()[-1]) if out.strip() else None
