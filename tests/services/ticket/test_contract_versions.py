"""A change of a contract applies from its day on, and what was before stays as it was."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from contracts.refusal import Refusal
from contracts.ticket.states import ContractChanged
from contracts.values import Priority
from services.ticket.domain.contract import Contract, Version, revision_of
from services.ticket.domain.contract_versions import Difference, differences
from services.ticket.store.contracts import ContractRevisions, Contracts
from services.ticket.store.copies import Sites
from services.ticket.usecases.begin_terms import BeginTerms
from services.ticket.usecases.put_contract import PutContract
from tests.services.ticket.sample import AGENT, a_world, at, give_contract, opened, site, target, terms
from tests.world import World

MONDAY = date(2026, 3, 2)


def put(world: World, name: str, applies_from: date | None = None, **changes: Any) -> bool:
    return world.do(PutContract("c1", "pasteur", terms(name=name, **changes), applies_from=applies_from))


def days_of(world: World) -> list[tuple[str, int]]:
    return [(each.applies_from, each.revision) for each in world.have(Contracts, "c1").dated]


def revision_at_the_opening(world: World, id: str, when: datetime) -> int | None:
    ticket = opened(world, id=id, viewer=AGENT, occurred_at=when)
    return ticket.visits[0].contract_revision


def test_a_change_applies_at_once_and_the_first_terms_as_long_as_they_are_valid() -> None:
    world = a_world()
    put(world, "first")
    put(world, "second")
    assert days_of(world) == [("2026-01-01", 1), ("2026-03-02", 2)]
    [first, second] = world.all(ContractRevisions)
    assert (first.applies_from, first.replaces) == ("2026-01-01", None)
    assert (second.replaces, second.author, second.recorded_at) == (1, "tester", world.clock.now())


def test_terms_of_a_day_to_come_are_used_from_that_day_on_and_for_no_fault_of_before() -> None:
    world = a_world()
    put(world, "first")
    put(world, "second", date(2026, 3, 4))
    assert world.have(Contracts, "c1").terms.name == "first"
    assert revision_at_the_opening(world, "t1", at(8)) == 1
    world.clock.set(at(10, day=4))
    assert revision_at_the_opening(world, "t2", at(22, 59, day=3)) == 1
    assert revision_at_the_opening(world, "t3", at(23, 1, day=3)) == 2


def test_a_fault_that_is_typed_in_late_stands_under_the_terms_of_its_day() -> None:
    world = a_world()
    put(world, "first")
    world.clock.set(at(9, day=5))
    put(world, "second")
    world.clock.set(at(9, day=9))
    put(world, "third")
    days = {"t1": (4, 1), "t2": (5, 2), "t3": (8, 2), "t4": (9, 3)}
    for id, (day, revision) in days.items():
        assert revision_at_the_opening(world, id, at(8, day=day)) == revision


def test_each_site_goes_by_its_own_day() -> None:
    world = a_world()
    world.give(Sites, site("sud", time_zone="Indian/Reunion"), "sud")
    put(world, "first")
    put(world, "second", date(2026, 3, 4))
    world.clock.set(at(21, 30, day=3))  # half past one on the 4th in Réunion, the 3rd in Paris
    ticket = opened(world, "nord", "sud")
    assert [visit.contract_revision for visit in ticket.visits] == [1, 2]


def test_the_terms_that_are_told_of_a_contract_become_the_new_ones_when_their_day_begins() -> None:
    world = a_world()
    put(world, "first")
    put(world, "second", date(2026, 3, 4))
    due = world.have(Contracts, "c1").begins_next
    assert due == at(23, day=3)
    world.do(BeginTerms("c1"))
    assert world.have(Contracts, "c1").revision == 1
    world.clock.set(due)
    world.do(BeginTerms("c1"))
    after = world.have(Contracts, "c1")
    assert (after.revision, after.terms.name, after.begins_next) == (2, "second", None)
    assert [state.name for state in world.told(ContractChanged)] == ["first", "first", "second"]


def test_a_mistake_of_today_is_corrected_today_and_tickets_keep_what_they_have() -> None:
    world = a_world()
    put(world, "first")
    put(world, "mistake")
    before = opened(world)
    put(world, "corrected")
    assert days_of(world) == [("2026-01-01", 1), ("2026-03-02", 3)]
    assert before.visits[0].contract_revision == 2
    assert revision_at_the_opening(world, "t2", at(8)) == 3
    assert world.have(ContractRevisions, "c1:2").terms.name == "mistake"


@pytest.mark.parametrize("day", [date(2026, 3, 1), date(2025, 1, 1)])
def test_what_would_rewrite_the_past_is_refused(day: date) -> None:
    world = a_world()
    put(world, "first")
    with pytest.raises(Refusal) as caught:
        put(world, "second", day)
    assert caught.value.slug == "rewrites-the-past"
    assert caught.value.members == {"applies_from": day.isoformat(), "earliest": "2026-03-02"}
    assert days_of(world) == [("2026-01-01", 1)]


def test_a_contract_that_has_not_begun_begins_by_the_terms_written_last() -> None:
    world = a_world()
    put(world, "first", valid_from="2027-01-01")
    put(world, "second", valid_from="2026-12-01")
    assert days_of(world) == [("2026-12-01", 2)]
    assert world.have(Contracts, "c1").terms.name == "second"
    with pytest.raises(Refusal, match="2026-12-01"):
        put(world, "third", date(2026, 11, 1))


def test_the_same_terms_for_the_same_day_are_no_change() -> None:
    world = a_world()
    put(world, "first")
    put(world, "second", date(2026, 4, 1))
    for name, day in (("first", None), ("first", date(2026, 3, 9)), ("second", date(2026, 5, 1))):
        assert put(world, name, day) is False
    assert days_of(world) == [("2026-01-01", 1), ("2026-04-01", 2)]


def test_a_contract_of_before_has_had_its_terms_as_long_as_they_are_valid() -> None:
    old = {"customer_id": "pasteur", "revision": 3, "terms": Contracts.encode(_old())["terms"]}
    contract = Contracts.decode({"_id": "c1", **old})
    assert contract.version_on("2025-12-31") is None
    assert contract.version_on("2026-01-01") == contract.present(at(8))
    assert contract.begins_next is None
    world = a_world()
    give_contract(world, "c1")
    put(world, "second", date(2026, 4, 1))
    assert days_of(world) == [("2026-01-01", 1), ("2026-04-01", 2)]


def _old() -> Contract:
    return Contract("c1", "pasteur", 3, terms())


def test_what_is_kept_of_versions_reads_back() -> None:
    version = Version(3, "2026-01-01", datetime(2025, 12, 31, 23, tzinfo=UTC), "2026-01-01", None, ("nord",))
    contract = replace(_old(), versions=(version,))
    assert Contracts.decode({"_id": "c1", **Contracts.encode(contract)}) == contract
    revision = replace(revision_of(contract), applies_from="2026-01-01", recorded_at=at(8), author="a")
    stored = {"_id": revision.id, **ContractRevisions.encode(revision)}
    assert ContractRevisions.decode(stored) == revision


def test_what_changed_is_told_field_by_field() -> None:
    before = {"name": "a", "targets": {"P1": [{"name": "gti", "minutes": 60}]}, "sites": None}
    after = {"name": "a", "targets": {"P1": [{"name": "gti", "minutes": 30}]}, "sites": ["nord"]}
    assert list(differences(before, after)) == [
        Difference("sites", None, ["nord"]),
        Difference("targets.P1.gti.minutes", 60, 30),
    ]


STEP = some.tuples(some.integers(0, 3), some.none() | some.integers(-3, 6), some.integers(1, 99))


@settings(max_examples=60, deadline=None)
@given(some.lists(STEP, min_size=1, max_size=10))
def test_whatever_is_put_when_the_terms_of_a_day_gone_by_and_of_a_ticket_never_change(
    steps: list[tuple[int, int | None, int]],
) -> None:
    world = a_world()
    put(world, "first")
    known: dict[date, int | None] = {}
    tickets: dict[str, tuple[str, tuple[Any, ...]]] = {}
    for n, (later, ahead, minutes) in enumerate(steps):
        world.advance(timedelta(days=later))
        world.do(BeginTerms("c1"))
        today = world.clock.now().date()
        asked = None if ahead is None else today + timedelta(days=ahead)
        agreed = {priority: (target(minutes=minutes),) for priority in Priority}
        if ahead is not None and ahead < 0:
            with pytest.raises(Refusal):
                put(world, "x", asked, targets=agreed)
        else:
            put(world, "x", asked, targets=agreed)
        contract = world.have(Contracts, "c1")
        for back in range(1, 12):
            day = today - timedelta(days=back)
            version = contract.version_on(day.isoformat())
            number = None if version is None else version.revision
            assert known.setdefault(day, number) == number
        assert contract.revision == contract.present(world.clock.now()).revision
        for back in (0, 2):
            when = world.clock.now() - timedelta(days=back)
            visit = opened(world, id=f"t{n}-{back}", viewer=AGENT, occurred_at=when).visits[0]
            version = contract.version_on(when.date().isoformat())
            assert version is not None
            assert visit.contract_revision == version.revision
            id = f"c1:{visit.contract_revision}"
            tickets[f"t{n}-{back}"] = (id, world.have(ContractRevisions, id).terms.targets[Priority.P3])
        for id, promised in tickets.values():
            assert world.have(ContractRevisions, id).terms.targets[Priority.P3] == promised
