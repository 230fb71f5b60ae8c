"""Records that make no sense, on every topic: the services go on, and nobody loses sight of one."""

import json
from collections import Counter
from datetime import UTC, datetime
from typing import Any

from contracts.catalogue import CATALOGUE, SERVICES
from contracts.dispatch.events import DispatchAcknowledged
from tests.contracts.messages import MESSAGES
from tests.flows.command_line import astreinte
from tests.flows.firm import Firm
from tests.flows.platform import Platform, producer
from tests.flows.poison import CONSUMED, Poison, addressed, poisons
from tests.flows.waiting import until


async def test_poison_on_every_topic_stops_nobody_and_lies_in_the_dead_letters_once(
    platform: Platform, firm: Firm
) -> None:
    spread: dict[str, Poison] = {}
    async with producer(platform.kafka) as hand:
        for topic in CONSUMED:
            for poison in poisons(topic, firm.name):
                spread[await poison.spread(hand)] = poison
    expected = Counter((service, place) for place, poison in spread.items() for service in poison.services)

    acme = await firm.customer()
    lea = await firm.technician("lea")
    request = await firm.opens(await firm.work(), await firm.site(acme))
    await request.visit.is_("dispatched", to=lea)
    await lea.works_on(request.visit)
    await lea.closes(request.visit)
    await request.is_("resolved")

    seen: Counter[tuple[str, str]] = Counter()

    async def all_buried() -> bool:
        await hurry_retries(platform)
        seen.clear()
        for service in SERVICES:
            seen.update((service, place_of(letter)) for letter in await dead(platform, service, spread))
        return set(seen) >= set(expected)

    await until(all_buried, within=40, why=lambda: f"for {set(expected) - set(seen)}", every=0.3)
    assert seen == expected
    for service in SERVICES:
        letters = await dead(platform, service, spread)
        assert {place_of(each): each["reason"]["slug"] for each in letters} == {
            place: poison.reason for place, poison in spread.items() if service in poison.services
        }
    await copies_are_published(platform, expected)
    listed = json.loads((await astreinte(platform.data, "dead", "list", "--json")).out)
    assert (
        Counter((each["service"], place_of(each)) for each in listed if place_of(each) in spread) == expected
    )
    replayed = await astreinte(platform.data, "sla", "replay")
    assert replayed.code == 0, replayed.err


async def test_what_waits_behind_a_dead_letter_goes_on_once_it_is_dropped(
    platform: Platform, firm: Firm
) -> None:
    acme = await firm.customer()
    lea = await firm.technician("lea")
    request = await firm.opens(await firm.work(), await firm.site(acme))
    visit = request.visit
    await visit.is_("dispatched", to=lea)
    await request.is_("scheduled")

    letter = await spoil(platform, request.id, visit.id)
    await lea.works_on(visit)
    await lea.closes(visit)
    await until_dead(platform, letter)
    assert (await request.now())["state"] == "scheduled"

    whose = await astreinte(platform.data, "dead", "show", letter)
    assert (whose.code, "ticket and notify: name one with --service" in whose.err) == (1, True)
    of_ticket, of_notify = ("--service", "ticket"), ("--service", "notify")
    shown = await astreinte(platform.data, "dead", "show", letter, *of_ticket, "--json")
    found = json.loads(shown.out)
    assert (shown.code, found["service"], found["reason"]["slug"]) == (0, "ticket", "invalid-body")
    assert found["record"]["value"] == "{not json"
    assert len(found["behind"]) in (5, 6), "the steps of the visit, and its report once it is made"

    again = await astreinte(platform.data, "dead", "replay", letter, *of_ticket)
    assert again.code == 0, again.err
    await until_dead(platform, letter)

    nameless = await astreinte(platform.data, "dead", "drop", letter, *of_ticket, "--reason", " ")
    assert (nameless.code, "reason" in nameless.err) == (1, True)
    for whose_letter in (of_ticket, of_notify):
        why = ("--reason", "a test spoiled it")
        dropped = await astreinte(platform.data, "dead", "drop", letter, *whose_letter, *why)
        assert dropped.code == 0, dropped.err
    await request.is_("resolved")
    audit = await platform.db("ticket").parked_audit.find_one({"letter._id": letter})
    assert audit["why"] == "a test spoiled it"

    gone = await astreinte(platform.data, "dead", "show", letter)
    assert (gone.code, gone.out, len(gone.err.strip().splitlines())) == (1, "", 1)


async def test_a_letter_that_still_cannot_be_read_is_not_replayed(platform: Platform, firm: Firm) -> None:
    topic = CATALOGUE.topic_named("ticket.customers.v1")
    poison = next(each for each in poisons(topic, firm.name) if each.reason == "unknown-major")
    async with producer(platform.kafka) as hand:
        place = await poison.spread(hand)

    async def buried() -> bool:
        return bool(await dead(platform, "inventory", [place]))

    await until(buried, why="for the dead letter")
    refused = await astreinte(platform.data, "dead", "replay", place, "--service", "inventory")
    assert (refused.code, "deploy one that can, or drop it" in refused.err) == (1, True)


async def spoil(platform: Platform, ticket: str, visit: str) -> str:
    """Something unreadable in the name of dispatch, among the facts of a real visit; its id."""
    sample = next(each for each in MESSAGES if isinstance(each, DispatchAcknowledged))
    topic = CATALOGUE.topic_for(DispatchAcknowledged)
    envelope = addressed(sample, visit, topic, n=99)
    headers = {name: value.encode() for name, value in envelope.headers().items()}
    headers["ce_partitionkey"] = ticket.encode()
    bad = Poison(
        topic.name, "invalid-body", frozenset(), ticket.encode(), b"{not json", tuple(headers.items())
    )
    async with producer(platform.kafka) as hand:
        await bad.spread(hand)
    return envelope.identity


async def until_dead(platform: Platform, letter: str) -> None:
    """Wait until both readers of the letter have given it up, with everything since behind it."""

    async def given_up() -> bool:
        await hurry_retries(platform)
        states = [
            await platform.db(service).parked.count_documents({"_id": letter, "state": "dead"})
            for service in ("ticket", "notify")
        ]
        behind = await platform.db("ticket").parked.count_documents({"state": "follower"})
        return states == [1, 1] and behind >= 5

    await until(given_up, why="for the letter to be dead")


async def hurry_retries(platform: Platform) -> None:
    """Make the next try of everything parked due now: eleven minutes of waiting in one second."""
    for service in SERVICES:
        due = {"$set": {"next_due": datetime.now(UTC)}}
        await platform.db(service).parked.update_many({"state": "parked"}, due)


async def dead(platform: Platform, service: str, places: Any) -> list[dict[str, Any]]:
    letters = await platform.db(service).parked.find({"state": "dead"}).to_list(None)
    return [each for each in letters if place_of(each) in places]


def place_of(letter: dict[str, Any]) -> str:
    record = letter["record"]
    return f"{record['topic']}/{record['partition']}/{record['offset']}"


async def copies_are_published(platform: Platform, expected: Counter[tuple[str, str]]) -> None:
    """Each letter has one copy on its service's topic, without the body where that is a state."""
    states = {topic.name for topic in CATALOGUE.topics if topic.kind == "state"}
    copies: Counter[tuple[str, str]] = Counter()

    async def all_copied() -> bool:
        copies.clear()
        for service in SERVICES:
            for record in await platform.records(f"{service}.dead-letters.v1"):
                told = {name: value.decode() for name, value in record.headers}
                place = f"{told['dead-topic']}/{told['dead-partition']}/{told['dead-offset']}"
                copies[service, place] += 1
                assert not (told["dead-topic"] in states and record.value)
        return set(copies) >= set(expected)

    await until(all_copied, why=lambda: f"for the copies of {set(expected) - set(copies)}")
    assert {each: count for each, count in copies.items() if each in expected and count != 1} == {}
