"""Whether work is in the contract, out of it or under warranty, and who judged otherwise."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from contracts.inventory.states import CurrentAssetChanged
from contracts.refusal import Refusal, UnknownReference
from contracts.ticket.agreed import CoverageCorrected
from contracts.values import Coverage, TicketKind
from services.ticket.domain.contract import AssetsCovered, CoverageTerms
from services.ticket.domain.coverage import Because, SiteCoverage
from services.ticket.domain.ticket import Ticket
from services.ticket.store.copies import Assets
from services.ticket.store.tickets import Tickets
from services.ticket.usecases.correct_coverage import CorrectCoverage
from services.ticket.usecases.put_contract import PutContract
from services.ticket.views.coverage import coverage_views
from tests.services.ticket.sample import AGENT, ALWAYS, a_world, at, give_contract, opened, terms, timeline
from tests.world import World

OFFICE = {**ALWAYS, "weekly": {"mon": [["08:00", "18:00"]]}}


def covered(world: World, **changes: Any) -> None:
    calendars = {"always": ALWAYS, "office": OFFICE}
    give_contract(world, "c1", calendars=calendars, coverage=CoverageTerms(**changes))


def laptop(world: World, **changes: Any) -> None:
    known = CurrentAssetChanged(
        asset_id="pc-7", site_id="nord", customer_id="pasteur", name="PC 7", kind="laptop"
    )
    world.give(Assets, known.model_copy(update=changes), "pc-7")


def decided(ticket: Ticket) -> list[tuple[Coverage, Because]]:
    assert ticket.coverage is not None
    return [(each.coverage, each.because) for each in ticket.coverage.sites]


OUT_OF_IT: list[tuple[dict[str, Any], dict[str, Any], Because]] = [
    ({"kinds": (TicketKind.REQUEST,)}, {}, Because.KIND),
    ({"categories": ("printer",)}, {}, Because.CATEGORY),
    ({"excluded_categories": ("laptop",)}, {}, Because.CATEGORY),
    ({"hours": "office"}, {"occurred_at": at(5)}, Because.HOURS),
    ({"assets": AssetsCovered.NAMED}, {}, Because.NO_ASSET),
    ({"assets": AssetsCovered.NAMED}, {"asset_id": "pc-7"}, Because.ASSET),
]


@pytest.mark.parametrize(("says", "asked", "because"), OUT_OF_IT)
def test_what_the_terms_leave_out_is_out(
    says: dict[str, Any], asked: dict[str, Any], because: Because
) -> None:
    world = a_world()
    covered(world, **says)
    laptop(world)
    assert decided(opened(world, viewer=AGENT, **asked)) == [(Coverage.OUT, because)]


def test_what_the_terms_name_is_in() -> None:
    world = a_world()
    covered(
        world,
        kinds=(TicketKind.INCIDENT,),
        categories=("laptop",),
        hours="office",
        assets=AssetsCovered.NAMED,
    )
    laptop(world, contract_id="c1")
    assert decided(opened(world, asset_id="pc-7")) == [(Coverage.IN, Because.COVERED)]


def test_a_contract_that_says_nothing_of_it_covers_all_and_no_contract_covers_nothing() -> None:
    world = a_world()
    give_contract(world, "c1", sites=("nord",))
    assert decided(opened(world, "nord", "sud")) == [
        (Coverage.IN, Because.COVERED),
        (Coverage.OUT, Because.NO_CONTRACT),
    ]


@pytest.mark.parametrize(
    ("until", "kind", "first", "expected"),
    [
        (date(2026, 3, 2), TicketKind.INCIDENT, True, Coverage.WARRANTY),
        (date(2026, 3, 1), TicketKind.INCIDENT, True, Coverage.IN),
        (date(2026, 3, 2), TicketKind.REQUEST, True, Coverage.IN),
        (date(2026, 3, 2), TicketKind.INCIDENT, False, Coverage.IN),
        (None, TicketKind.INCIDENT, True, Coverage.IN),
    ],
)
def test_a_fault_under_warranty_is_the_manufacturers_where_the_terms_say_so(
    until: date | None, kind: TicketKind, first: bool, expected: Coverage
) -> None:
    world = a_world()
    covered(world, warranty_first=first)
    laptop(world, warranty_until=until)
    ticket = opened(world, kind=kind, asset_id="pc-7")
    assert ticket.coverage is not None
    assert ticket.coverage.at("nord") is expected
    if expected is Coverage.WARRANTY:
        french, english = (coverage_views(ticket, language)[0].sentence for language in ("fr", "en"))
        assert french == "L'équipement est sous garantie du constructeur jusqu'au lundi 2 mars 2026."
        assert english == "The asset is under its manufacturer's warranty until Monday 2 March 2026."


def test_the_manager_judges_otherwise_and_what_was_decided_first_stays() -> None:
    world = a_world()
    give_contract(world, "c1", sites=("nord",))
    opened(world, "nord", "sud")

    def says(coverage: Coverage, *sites: str) -> None:
        case = CorrectCoverage(
            ticket_id="t1",
            viewer=replace(AGENT, subject="julie"),
            coverage=coverage,
            reason="geste commercial",
            sites=sites,
        )
        world.do(case, actor="julie")

    says(Coverage.IN)
    says(Coverage.IN, "sud")
    shown = coverage_views(world.have(Tickets, "t1"), "en")
    assert [(each.coverage, each.originally) for each in shown] == [
        (Coverage.IN, Coverage.IN),
        (Coverage.IN, Coverage.OUT),
    ]
    assert shown[0].corrected is None
    correction = shown[1].corrected
    assert correction is not None
    assert (correction.by, correction.reason) == ("julie", "geste commercial")
    [told] = world.told(CoverageCorrected)
    assert (told.coverage, told.corrected_sites) == (Coverage.IN, ("sud",))
    [line] = timeline(world)
    assert (line.event, line.actor, line.text) == ("coverage-corrected", "julie", "geste commercial")


def test_a_ticket_of_before_is_in_where_a_contract_stands_and_unknown_elsewhere() -> None:
    world = a_world()
    give_contract(world, "c1", sites=("nord",))
    stored = Tickets.encode(opened(world, "nord", "sud"))
    del stored["coverage"]
    shown = coverage_views(Tickets.decode({"_id": "t1", **stored}), "fr")
    assert [(each.coverage, each.contract_id) for each in shown] == [(Coverage.IN, "c1"), (None, None)]


def test_hours_of_coverage_are_one_of_the_contracts_calendars() -> None:
    with pytest.raises(Refusal, match="'lunar'"):
        a_world().do(PutContract("c1", "pasteur", terms(coverage=CoverageTerms(hours="lunar"))))


def test_terms_name_work_types_that_there_are() -> None:
    with pytest.raises(UnknownReference, match="forklift"):
        a_world().do(PutContract("c1", "pasteur", terms(coverage=CoverageTerms(categories=("forklift",)))))


def test_what_is_kept_of_it_reads_back() -> None:
    world = a_world()
    covered(world, out_needs_approval=True, kinds=(TicketKind.REQUEST,))
    ticket = opened(world)
    assert ticket.coverage is not None
    assert ticket.coverage.sites == (SiteCoverage("nord", Coverage.OUT, Because.KIND, "c1"),)
    assert Tickets.decode({"_id": "t1", **Tickets.encode(ticket)}) == ticket
