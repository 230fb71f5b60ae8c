"""A machine in the workshop: what can be done when, who pays, and what the stock and its history say."""

from collections.abc import Callable, Mapping
from datetime import timedelta

import pytest

from contracts.inventory.workshop import RepairOrderChanged
from contracts.refusal import Refusal
from services.inventory.domain.asset import Asset, Status
from services.inventory.domain.history import Happening
from services.inventory.domain.loan import LoanState
from services.inventory.domain.repair_order import (
    POSSIBLE,
    Check,
    Cover,
    Diagnosis,
    Estimate,
    EstimateLine,
    Fitted,
    HandOver,
    Intake,
    RepairOrder,
    RepairState,
    RepairStep,
    RepairVerb,
    Way,
)
from services.inventory.domain.site import Site
from services.inventory.store.assets import AssetLines, Assets
from services.inventory.store.failures import Failures
from services.inventory.store.repairs import RepairOrders
from services.inventory.store.returns import StockLoans
from services.inventory.store.sites import Sites
from services.inventory.usecases.answer_repair import AnswerRepair, DropQuotedRepair
from services.inventory.usecases.change_asset import DisposeOfAsset, MoveAsset
from services.inventory.usecases.give_back import DisposeInWorkshop, GiveBack
from services.inventory.usecases.lend_meanwhile import LendMeanwhile
from services.inventory.usecases.repair import (
    CheckRepair,
    Diagnose,
    FinishRepair,
    FitPart,
    StartRepair,
    WorkOnRepair,
)
from services.inventory.usecases.take_in import TakeIn
from tests.services.inventory.facts import DEPOT, an_inventory, level, stocked
from tests.services.inventory.test_stock import refused
from tests.world import MONDAY_NINE, World

INTAKE = Intake(Way.COUNTER, "Coque rayée", ("Chargeur",), "Ne démarre plus", "M. Blanc")
OVER_COUNTER = HandOver(Way.COUNTER, "M. Blanc")
SOON = MONDAY_NINE + timedelta(days=7)


def estimate(cover: Cover = Cover.CLIENT) -> Diagnosis:
    lines = (EstimateLine("Alimentation", 1, 49_90, "psu"), EstimateLine("Main-d'œuvre", 2, 35_00))
    return Diagnosis("Alimentation grillée", cover, Estimate(lines, 45, "EUR", SOON))


def an_order(
    state: RepairState = RepairState.RECEIVED, ticket: str | None = "t-1", promised_on: str | None = None
) -> RepairOrder:
    step = RepairStep("take-in", RepairState.RECEIVED, MONDAY_NINE, "lea")
    return RepairOrder(
        id="r-1",
        number="A2026-00001",
        asset_id="pc-1",
        asset_name="PC 1",
        customer_id="pasteur",
        site_id="nord",
        intake=INTAKE,
        state=state,
        steps=(step,),
        ticket_id=ticket,
        promised_on=promised_on,
    )


DO: Mapping[RepairVerb, Callable[[RepairOrder], RepairOrder]] = {
    RepairVerb.DIAGNOSE: lambda each: each.diagnosed(estimate(), MONDAY_NINE, "lea"),
    RepairVerb.START: lambda each: each.started(MONDAY_NINE, "lea"),
    RepairVerb.WORK: lambda each: each.worked_on(5, None, MONDAY_NINE, "lea"),
    RepairVerb.FIT: lambda each: each.fitted_with(Fitted(MONDAY_NINE, "lea", DEPOT, "psu", 1)),
    RepairVerb.FINISH: lambda each: each.worked_on(5, None, MONDAY_NINE, "lea").finished(
        "Ok", MONDAY_NINE, "lea"
    ),
    RepairVerb.TEST: lambda each: each.tested((Check("Démarre", True),), MONDAY_NINE, "lea"),
    RepairVerb.GIVE_BACK: lambda each: each.given_back(OVER_COUNTER, MONDAY_NINE, "lea"),
    RepairVerb.DISPOSE: lambda each: each.disposed("C-1", MONDAY_NINE, "lea"),
}


@pytest.mark.parametrize("state", RepairState)
@pytest.mark.parametrize("verb", DO)
def test_only_what_is_possible_in_a_state_can_be_done(state: RepairState, verb: RepairVerb) -> None:
    order = an_order(state)
    if verb in POSSIBLE[state]:
        assert DO[verb](order) != order
    else:
        with pytest.raises(Refusal) as caught:
            DO[verb](order)
        assert caught.value.slug == "repair-not-there"
        assert caught.value.members["possible"] == [each.value for each in POSSIBLE[state]]


@pytest.mark.parametrize(
    ("cover", "state"),
    [
        (Cover.CLIENT, RepairState.QUOTED),
        (Cover.WARRANTY, RepairState.APPROVED),
        (Cover.CONTRACT, RepairState.APPROVED),
    ],
)
def test_only_who_pays_is_asked(cover: Cover, state: RepairState) -> None:
    assert an_order().diagnosed(estimate(cover), MONDAY_NINE, "lea").state is state


def test_a_quote_needs_a_ticket_a_line_and_time_to_answer() -> None:
    with pytest.raises(Refusal, match="ticket"):
        an_order(ticket=None).diagnosed(estimate(), MONDAY_NINE, "lea")
    with pytest.raises(Refusal, match="line"):
        an_order().diagnosed(Diagnosis("?", Cover.CLIENT, Estimate((), 0, "EUR", SOON)), MONDAY_NINE, "lea")
    with pytest.raises(Refusal, match="valid_until"):
        an_order().diagnosed(estimate(), SOON, "lea")


@pytest.mark.parametrize(
    ("total", "approved", "state"),
    [
        ("119.90", True, RepairState.APPROVED),
        ("119.90", False, RepairState.REFUSED),
        ("99.90", True, RepairState.QUOTED),
    ],
)
def test_the_answer_counts_that_is_to_the_quote_of_now(
    total: str, approved: bool, state: RepairState
) -> None:
    quoted = an_order().diagnosed(estimate(), MONDAY_NINE, "lea")
    assert quoted.answered(total, MONDAY_NINE, "client", approved=approved).state is state


def test_what_fails_its_test_goes_back_on_the_bench() -> None:
    checks = (Check("Démarre", True), Check("Son", False))
    failed = an_order(RepairState.REPAIRED).tested(checks, MONDAY_NINE, "lea")
    assert (failed.state, failed.steps[-1].note) == (RepairState.ON_BENCH, "Son")


def test_it_is_late_from_the_day_after_the_promised_one_until_it_is_gone() -> None:
    order = an_order(promised_on="2026-03-10")
    assert [order.is_late(day) for day in ("2026-03-10", "2026-03-11")] == [False, True]
    gone = order.given_back(OVER_COUNTER, MONDAY_NINE, "lea")
    assert not gone.is_late("2026-03-11")


# -- with the stock and the park -----------------------------------------------------------------


@pytest.fixture
def world() -> World:
    world = an_inventory()
    stocked(world, (DEPOT, "psu", 2))
    site = Site("nord", "pasteur", "Nord", "1 rue", "69003", "Lyon", 45.7, 4.8, "Europe/Paris", "FR")
    world.give(Sites, site)
    world.give(Assets, Asset("pc-1", "pasteur", "nord", "PC 1", "desktop"))
    world.do(TakeIn("r-1", "pc-1", INTAKE, "t-1", "2026-03-10"))
    return world


def mended(world: World) -> None:
    world.do(Diagnose(id="r-1", diagnosis=estimate(Cover.WARRANTY)))
    world.do(StartRepair(id="r-1"))
    world.do(WorkOnRepair(id="r-1", minutes=40))
    world.do(FitPart(id="r-1", location=DEPOT, sku="psu"))
    world.do(FinishRepair(id="r-1", note="Alimentation changée"))
    world.do(CheckRepair(id="r-1", checks=(Check("Démarre", True),)))


def test_a_machine_in_the_workshop_says_so_and_is_there_once(world: World) -> None:
    order = world.have(RepairOrders, "r-1")
    assert world.have(Assets, "pc-1").repair_id == "r-1"
    assert order.number == f"A{MONDAY_NINE.year}-00001"
    assert refused(world, TakeIn("r-2", "pc-1", INTAKE)).slug == "asset-in-workshop"
    assert refused(world, DisposeOfAsset(id="pc-1", how="recycled")).slug == "asset-in-workshop"
    world.give(Assets, Asset("pc-2", "pasteur", "nord", "PC 2", "desktop"))
    world.do(TakeIn("r-2", "pc-2", INTAKE))
    assert world.have(RepairOrders, "r-2").number.endswith("-00002")


def test_what_it_was_repaired_with_leaves_the_stock_and_stands_in_its_history(world: World) -> None:
    mended(world)
    world.do(GiveBack(id="r-1", hand_over=OVER_COUNTER))
    assert level(world, DEPOT, "psu").on_hand == 1
    assert world.have(Assets, "pc-1").repair_id is None
    line = world.have(AssetLines, "pc-1#2")
    assert line.happening is Happening.GIVEN_BACK
    said = {each.field: each.after for each in line.differences}
    assert (said["diagnosis"], said["repair"], said["part"]) == ("Alimentation grillée", "40 min", "1 × psu")
    assert line.ticket_id == "t-1"


def test_a_repair_counts_as_one_failure_with_its_ticket(world: World) -> None:
    mended(world)
    failure = world.have(Failures, "t-1")
    assert (failure.asset_id, failure.cause) == ("pc-1", "Alimentation grillée")


def test_a_ticket_has_the_quote_of_one_machine_at_a_time(world: World) -> None:
    world.give(Assets, Asset("pc-2", "pasteur", "nord", "PC 2", "desktop"))
    world.do(TakeIn("r-2", "pc-2", INTAKE, "t-1"))
    world.do(Diagnose(id="r-1", diagnosis=estimate()))
    refusal = refused(world, Diagnose(id="r-2", diagnosis=estimate()))
    assert (refusal.slug, refusal.members["repair_id"]) == ("repair-quote-pending", "r-1")
    world.do(Diagnose(id="r-1", diagnosis=estimate()))
    world.do(Diagnose(id="r-2", diagnosis=estimate(Cover.WARRANTY)))
    world.do(AnswerRepair("t-1", estimate().estimate.total, "client", approved=True))
    world.do(Diagnose(id="r-2", diagnosis=estimate()))
    assert [world.have(RepairOrders, id).state for id in ("r-1", "r-2")] == ["approved", "quoted"]


def test_a_part_that_is_not_there_is_not_fitted(world: World) -> None:
    world.do(Diagnose(id="r-1", diagnosis=estimate(Cover.WARRANTY)))
    refusal = refused(world, FitPart(id="r-1", location=DEPOT, sku="psu"))
    assert refusal.slug == "repair-not-there"
    world.do(StartRepair(id="r-1"))
    assert refused(world, FitPart(id="r-1", location=DEPOT, sku="psu", quantity=3)).slug == "not-enough-stock"
    assert level(world, DEPOT, "psu").on_hand == 2


def test_nothing_is_mended_without_work(world: World) -> None:
    world.do(Diagnose(id="r-1", diagnosis=estimate(Cover.WARRANTY)))
    world.do(StartRepair(id="r-1"))
    assert refused(world, FinishRepair(id="r-1", note="?")).slug == "repair-without-work"


def test_what_is_disposed_of_in_the_workshop_leaves_the_park(world: World) -> None:
    world.do(DisposeInWorkshop(id="r-1", certificate="C-1", how="recycled"))
    asset = world.have(Assets, "pc-1")
    assert (asset.status, asset.repair_id) == (Status.DISPOSED, None)
    assert asset.disposal is not None
    assert asset.disposal.certificate == "C-1"


def test_a_machine_moved_meanwhile_stays_in_the_workshop(world: World) -> None:
    world.give(
        Sites, Site("sud", "pasteur", "Sud", "1 rue", "69003", "Lyon", 45.7, 4.8, "Europe/Paris", "FR")
    )
    world.do(MoveAsset(id="pc-1", site_id="sud"))
    assert world.have(Assets, "pc-1").repair_id == "r-1"


def test_a_cancelled_ticket_leaves_no_repair_waiting_for_its_answer(world: World) -> None:
    world.do(Diagnose(id="r-1", diagnosis=estimate()))
    world.do(DropQuotedRepair("t-2", "client"))
    assert world.have(RepairOrders, "r-1").state is RepairState.QUOTED
    world.do(DropQuotedRepair("t-1", "client"))
    refused_by = world.have(RepairOrders, "r-1")
    assert (refused_by.state, refused_by.steps[-1].by) == (RepairState.REFUSED, "client")
    world.do(GiveBack(id="r-1", hand_over=OVER_COUNTER))
    world.do(DropQuotedRepair("t-1", "client"))
    assert world.have(RepairOrders, "r-1").state is RepairState.RETURNED
    assert world.all(Failures) == []


# -- a loan unit meanwhile -----------------------------------------------------------------------


def lend(world: World, id: str = "l-1") -> LendMeanwhile:
    return LendMeanwhile(id="r-1", loan_id=id, location=DEPOT, sku="psu")


def test_a_loan_unit_goes_to_the_machines_site_until_the_promised_day(world: World) -> None:
    world.do(lend(world))
    loan = world.have(StockLoans, "l-1")
    assert (loan.site_id, loan.due_on, loan.ticket_id) == ("nord", "2026-03-10", "t-1")
    assert level(world, DEPOT, "psu").on_hand == 1
    assert refused(world, lend(world, "l-2")).slug == "loan-unit-out"


def test_a_loan_unit_comes_back_with_the_return_or_is_due_from_then_on(world: World) -> None:
    world.do(lend(world))
    mended(world)
    world.do(GiveBack(id="r-1", hand_over=OVER_COUNTER))
    assert world.have(StockLoans, "l-1").state is LoanState.OUT
    assert world.have(StockLoans, "l-1").due_on == MONDAY_NINE.date().isoformat()
    assert world.told(RepairOrderChanged)[-1].loan_out

    world.do(TakeIn("r-2", "pc-1", INTAKE))
    stocked(world, (DEPOT, "psu", 1))
    world.do(LendMeanwhile(id="r-2", loan_id="l-2", location=DEPOT, sku="psu"))
    world.do(GiveBack(id="r-2", hand_over=OVER_COUNTER, loan_to=DEPOT))
    assert world.have(StockLoans, "l-2").state is LoanState.BACK
    assert not world.told(RepairOrderChanged)[-1].loan_out
    assert level(world, DEPOT, "psu").on_hand == 1


def test_each_step_is_told_with_the_quote_where_there_is_one(world: World) -> None:
    world.do(Diagnose(id="r-1", diagnosis=estimate()))
    received, quoted = world.told(RepairOrderChanged)
    assert (received.stage.value, received.quote, received.ticket_id) == ("received", None, "t-1")
    assert quoted.quote is not None
    assert [(each.quantity, each.unit_price) for each in quoted.quote.lines] == [
        ("1", "49.90"),
        ("2", "35.00"),
    ]
