"""Servers that somebody runs: whether the services can rest on them, and what to do where they cannot."""

from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from contracts.catalogue import CATALOGUE, Topic
from infra.chassis.events.browsing import AWAY
from infra.chassis.events.topics import Cluster, described
from infra.chassis.store.mongo import TRANSACTION_SECONDS
from infra.cli.finding import Finding
from infra.kafka_address import Address

ANSWER_MS = 3000
MOST_SKEW = timedelta(seconds=5)
"""Leases hold for 30 s and tokens for minutes, each by the clock of whoever looks at them."""
LEAST_FREE_BYTES = 2**30
NAMED_AT_MOST = 5
_LIFETIME = "transactionLifetimeLimitSeconds"


async def kafka(address: str) -> AsyncIterator[Finding]:
    """Whether a Kafka answers there, and has the topics as the catalogue has them."""
    try:
        shown = Address.of(address).shown
    except ValueError as error:
        yield Finding("Kafka", False, "not usable", f"Correct --kafka or ASTREINTE_KAFKA: {error}")
        return
    try:
        cluster = await described(address)
    except (*AWAY, OSError, ValueError) as error:
        todo = f"No Kafka answers at {shown} ({error}); start it, or correct --kafka or ASTREINTE_KAFKA."
        yield Finding("Kafka", False, "not usable", todo)
        return
    brokers = f"{cluster.brokers} broker{'s' if cluster.brokers > 1 else ''}"
    yield Finding("Kafka", True, f"yours at {shown}, {brokers}")
    yield topics(cluster)


def topics(cluster: Cluster) -> Finding:
    """Every stream of the catalogue with its partitions, its way to forget, and its copies."""
    wanted = CATALOGUE.topics
    if missing := [topic.name for topic in wanted if topic.name not in cluster.topics]:
        return Finding(
            "topics",
            False,
            f"{len(missing)} of {len(wanted)} missing",
            "run: astreinte topics apply",
        )
    if wrong := [topic.name for topic in wanted if cluster.topics[topic.name].partitions != topic.partitions]:
        return Finding(
            "topics",
            False,
            f"not as many partitions as the catalogue says: {_named(wrong)}",
            "delete those that hold no events and run: astreinte topics apply. Never change the number of "
            "one that does: keys would move to other partitions and lose their order",
        )
    if wrong := [each.name for each in wanted if not _forgets_rightly(each, cluster)]:
        return Finding(
            "topics",
            False,
            f"another cleanup.policy than the catalogue says: {_named(wrong)}",
            "kafka-configs.sh --alter --topic NAME --add-config cleanup.policy=compact for state topics, "
            "=delete for facts: states that are deleted by age are lost to every new reader",
        )
    copies = min(3, cluster.brokers)
    if wrong := [topic.name for topic in wanted if cluster.topics[topic.name].copies < copies]:
        return Finding(
            "topics",
            False,
            f"fewer than {copies} copies: {_named(wrong)}",
            "give them more with kafka-reassign-partitions.sh: the loss of a broker would lose events",
        )
    return Finding("topics", True, f"{len(wanted)}, {copies} cop{'ies' if copies > 1 else 'y'} of each")


def _forgets_rightly(topic: Topic, cluster: Cluster) -> bool:
    return cluster.topics[topic.name].cleanup in {"", topic.config()["cleanup.policy"]}


def _named(names: list[str]) -> str:
    more = len(names) - NAMED_AT_MOST
    return ", ".join(names[:NAMED_AT_MOST]) + (f" and {more} more" if more > 0 else "")


async def mongodb(url: str) -> AsyncIterator[Finding]:
    """Whether a MongoDB answers there that has transactions and gives half-done ones up in time."""
    import pymongo
    from pymongo import ReadPreference
    from pymongo.errors import PyMongoError

    shown = urlsplit(url).netloc.rpartition("@")[2]  # without user and password
    either = ReadPreference.PRIMARY_PREFERRED
    try:
        async with pymongo.AsyncMongoClient[dict[str, Any]](
            url, serverSelectionTimeoutMS=ANSWER_MS, socketTimeoutMS=ANSWER_MS
        ) as client:
            before = datetime.now(UTC)
            hello = await client.admin.command("hello", read_preference=either)
            after = datetime.now(UTC)
            yield _set(shown, hello)
            yield clock(hello["localTime"].replace(tzinfo=UTC), before, after)
            yield transactions(await _asked(client, {"getParameter": 1, _LIFETIME: 1}))
            yield disk(await _asked(client, {"dbStats": 1}))
    except PyMongoError as error:
        todo = (
            f"No MongoDB answers at {shown} ({type(error).__name__}); start it, or correct --mongo or "
            "ASTREINTE_MONGODB."
        )
        yield Finding("MongoDB", False, "not usable", todo)


async def _asked(client: Any, command: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """None where this user may not ask, or this server has no such thing."""
    from pymongo import ReadPreference
    from pymongo.errors import OperationFailure

    try:
        answer: Mapping[str, Any] = await client.admin.command(
            command, read_preference=ReadPreference.PRIMARY_PREFERRED
        )
    except OperationFailure:
        return None
    return answer


def _set(shown: str, hello: Mapping[str, Any]) -> Finding:
    if hello.get("msg") == "isdbgrid":
        return Finding("MongoDB", True, f"yours at {shown}, sharded")
    if "setName" not in hello:
        todo = "it has no transactions: start it with --replSet rs0 and call rs.initiate() once"
        return Finding("MongoDB", False, f"{shown} is not a replica set", todo)
    if not hello.get("primary"):
        todo = "no member takes writes: see with rs.status() which are away, and start more than half of them"
        return Finding("MongoDB", False, f"the replica set {hello['setName']} has no primary", todo)
    members = len(hello.get("hosts", ()))
    return Finding("MongoDB", True, f"yours, a replica set of {members} with {hello['primary']} as primary")


def clock(theirs: datetime, before: datetime, after: datetime) -> Finding:
    """Whether the database's machine and this one agree on the time, as far as one question can tell."""
    skew = max(before - theirs, theirs - after, timedelta(0))
    found = f"within {skew.total_seconds():.1f} s of the database's"
    if skew <= MOST_SKEW:
        return Finding("clock", True, found)
    apart = f"{skew.total_seconds():.0f} s {'behind' if theirs > after else 'ahead of'} the database's"
    return Finding("clock", False, apart, "let both machines follow a time server (timedatectl set-ntp true)")


def transactions(answer: Mapping[str, Any] | None) -> Finding:
    """Whether what a killed process left half done is given up before people notice."""
    if answer is None:
        return Finding("transactions", True, "this user may not ask when they are given up")
    seconds = answer[_LIFETIME]
    if seconds == TRANSACTION_SECONDS:
        return Finding("transactions", True, f"given up after {seconds} s")
    return Finding(
        "transactions",
        False,
        f"given up after {seconds} s",
        f"start each mongod with --setParameter {_LIFETIME}={TRANSACTION_SECONDS}, and tell those that run "
        f"db.adminCommand({{setParameter: 1, {_LIFETIME}: {TRANSACTION_SECONDS}}}): what a killed service "
        "held locked holds the others up as long",
    )


def disk(answer: Mapping[str, Any] | None) -> Finding:
    """Whether the database has room to go on."""
    if answer is None or not answer.get("fsTotalSize"):
        return Finding("database's disk", True, "this user may not ask")
    return room("database's disk", int(answer["fsTotalSize"] - answer["fsUsedSize"]))


def room(name: str, free: int) -> Finding:
    found = f"{free // 2**20} MiB free"
    if free >= LEAST_FREE_BYTES:
        return Finding(name, True, found)
    return Finding(
        name,
        False,
        found,
        f"free {LEAST_FREE_BYTES // 2**20} MiB at least: a full disk stops intake (what is stored is safe)",
    )
