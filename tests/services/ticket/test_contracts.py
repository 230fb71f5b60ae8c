"""Contracts: what may be written, how terms are kept, and which one applies."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from contracts.refusal import Refusal, UnknownReference
from contracts.ticket.states import ContractChanged
from contracts.values import Priority
from services.ticket.domain.contract import Contract, contract_for
from services.ticket.domain.priority import SERVICENOW, cells_of, matrix_from
from services.ticket.store.contracts import ContractRevisions, Contracts
from services.ticket.usecases.put_contract import PutContract
from tests.services.ticket.sample import a_world, target, terms
from tests.world import MONDAY_NINE


def test_a_priority_without_a_target_is_refused_when_the_contract_is_written() -> None:
    world = a_world()
    some_targets = {p: (target(),) for p in Priority if p not in (Priority.P2, Priority.P5)}
    with pytest.raises(Refusal) as caught:
        world.do(PutContract("c1", "pasteur", terms(targets=some_targets)))
    assert caught.value.slug == "priority-without-target"
    assert caught.value.members == {"priorities": ["P2", "P5"]}
    assert world.all(Contracts) == []


def test_only_the_priorities_that_the_matrix_gives_need_targets() -> None:
    world = a_world()
    ones = (Priority.P1,) * 3
    agreed = terms(targets={Priority.P1: (target(),)}, priority_matrix=(ones, ones, ones))
    assert world.do(PutContract("c1", "pasteur", agreed)) is True


@pytest.mark.parametrize(
    ("changes", "slug"),
    [
        ({"valid_to": "2025-12-31"}, "contract-ends-before-it-begins"),
        ({"targets": {p: (target(calendar="lunar"),) for p in Priority}}, "unknown-calendar"),
        ({"targets": {p: (target(), target()) for p in Priority}}, "duplicate-target"),
    ],
)
def test_terms_that_no_clock_could_run_on_are_refused(changes: dict[str, Any], slug: str) -> None:
    with pytest.raises(Refusal) as caught:
        a_world().do(PutContract("c1", "pasteur", terms(**changes)))
    assert caught.value.slug == slug


def test_each_change_of_terms_is_a_revision_and_the_old_ones_stay() -> None:
    world = a_world()
    first, second = terms(), terms(name="Avenant 1")
    world.do(PutContract("c1", "pasteur", first))
    world.do(PutContract("c1", "pasteur", first))
    world.advance(timedelta(days=3))
    world.do(PutContract("c1", "pasteur", second))
    assert world.have(Contracts, "c1").revision == 2
    began = [kept.recorded_at for kept in world.all(ContractRevisions)]
    assert began == [MONDAY_NINE, MONDAY_NINE + timedelta(days=3)]
    assert [(kept.id, kept.terms) for kept in world.all(ContractRevisions)] == [
        ("c1:1", first),
        ("c1:2", second),
    ]
    assert [state.name for state in world.told(ContractChanged)] == ["Pasteur 2026", "Avenant 1"]


def test_a_contract_stands_on_its_customer_and_his_sites() -> None:
    world = a_world()
    with pytest.raises(UnknownReference, match="nobody"):
        world.do(PutContract("c1", "nobody", terms()))
    with pytest.raises(UnknownReference, match="hotel-de-ville"):
        world.do(PutContract("c1", "pasteur", terms(sites=("hotel-de-ville",))))
    world.do(PutContract("c1", "pasteur", terms()))
    with pytest.raises(Refusal) as caught:
        world.do(PutContract("c1", "mairie", terms()))
    assert caught.value.slug == "conflict"


def test_what_is_kept_reads_back_as_it_was_written() -> None:
    contract = Contract("c1", "pasteur", 3, terms(sites=("nord",), managers=("m1",)))
    assert Contracts.decode({"_id": "c1", **Contracts.encode(contract)}) == contract


def test_a_matrix_reads_back_from_its_cells() -> None:
    assert matrix_from(cells_of(SERVICENOW)) == SERVICENOW  # type: ignore[arg-type]


OFFERS = some.lists(
    some.builds(
        lambda n, sites, begin, end: Contract(
            f"c{n}",
            "pasteur",
            1,
            terms(sites=sites, valid_from=f"2026-0{begin}-01", valid_to=end and f"2026-0{end}-28"),
        ),
        some.integers(0, 99),
        some.sampled_from([(), ("nord",), ("sud",), ("nord", "sud")]),
        some.integers(1, 9),
        some.none() | some.integers(1, 9),
    ),
    unique_by=lambda contract: contract.id,
    max_size=6,
)


@given(OFFERS, some.randoms())
def test_the_contract_of_a_site_is_valid_names_it_if_any_does_and_is_the_latest(
    offers: list[Contract], random: Any
) -> None:
    day = date(2026, 5, 15)
    chosen = contract_for(offers, "nord", day)
    shuffled = list(offers)
    random.shuffle(shuffled)
    assert contract_for(shuffled, "nord", day) == chosen
    usable = [
        c
        for c in offers
        if c.terms.valid_from <= "2026-05-15"
        and (c.terms.valid_to is None or c.terms.valid_to >= "2026-05-15")
        and c.terms.sites in ((), ("nord",), ("nord", "sud"))
    ]
    if chosen is None:
        assert usable == []
    else:
        assert chosen in usable
        rivals = [c for c in usable if bool(c.terms.sites) == bool(chosen.terms.sites)]
        assert chosen.terms.valid_from == max(c.terms.valid_from for c in rivals)
        assert bool(chosen.terms.sites) == any(c.terms.sites for c in usable)
