"""Failure rates with what is known of them, and the machines that are likely to fail, with the reason."""

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise

import pytest

from contracts.envelope import Envelope
from contracts.ticket.events import TicketResolved
from contracts.values import TicketKind
from services.inventory.domain.asset import Asset, Status
from services.inventory.domain.failure import Failure
from services.inventory.domain.failure_rates import (
    Tally,
    at_most,
    chance_within,
    counted_interval,
    weighed,
)
from services.inventory.domain.machine import Antivirus, Machine, Volume
from services.inventory.domain.risk import AtRisk, Lived, Why, rated
from services.inventory.store.failures import Failures
from services.inventory.stream.tickets import on_ticket_resolved
from services.inventory.usecases.count_failures import CountFailure
from tests.world import MONDAY_NINE, World

NOW = MONDAY_NINE
YEAR = timedelta(days=365.25)


@pytest.mark.parametrize(
    ("count", "low", "high"),
    # Garwood's table for 95 %, as handbooks print it.
    [(0, 0.0, 3.689), (1, 0.0253, 5.572), (2, 0.242, 7.225), (10, 4.795, 18.390), (100, 81.364, 121.627)],
)
def test_the_interval_is_garwoods(count: int, low: float, high: float) -> None:
    assert list(counted_interval(count)) == pytest.approx([low, high], abs=0.001)


@pytest.mark.parametrize("mean", [0.1, 0.7, 2.0, 5.0, 12.0])
def test_the_interval_holds_the_truth_at_least_as_often_as_it_says(mean: float) -> None:
    counts = [(n, at_most(n, mean) - (at_most(n - 1, mean) if n else 0.0)) for n in range(80)]
    covered = sum(p for n, p in counts if counted_interval(n)[0] <= mean <= counted_interval(n)[1])
    assert covered >= 0.95


def test_what_was_not_lived_has_no_rate() -> None:
    assert Tally().rate is None
    assert Tally().interval() is None
    assert Tally(0, 3, 0.5).rate == 0.0


def test_one_failure_in_a_month_does_not_make_a_bad_machine() -> None:
    month = weighed(Tally(1, 1, 1 / 12), 0.3, years=2)
    years = weighed(Tally(36, 1, 3), 0.3, years=2)
    assert month < 1 < 7 < years < 12


def test_a_chance_grows_with_the_rate_and_is_never_certain() -> None:
    chances = [chance_within(90, rate) for rate in (0.0, 0.5, 2.0, 20.0)]
    assert chances[0] == 0
    assert all(a < b < 1 for a, b in pairwise(chances))


def a_pc(id: str, failures: int = 0, model: str = "OptiPlex 7010", **more: object) -> Lived:
    """A machine that was watched for two years, with failures a month apart, the last one yesterday."""
    asset = Asset(id, "pasteur", "nord", id.upper(), "computer", manufacturer="Dell Inc.", model=model)
    fallen = tuple(
        Failure(f"{id}-{n}", "pasteur", id, NOW - timedelta(days=1 + 30 * n), "fan") for n in range(failures)
    )
    return Lived(replace(asset, **more), NOW - 2 * YEAR, failures=fallen)  # type: ignore[arg-type]


def reasons(it: AtRisk) -> list[Why]:
    return [each.why for each in it.reasons]


def test_a_model_is_one_however_it_is_written() -> None:
    lived = [a_pc("a", 2), a_pc("b", model="Optiplex-7010"), a_pc("c", model="Latitude 5420")]
    found = rated(lived, NOW)
    shown = [(each.model, each.tally.machines, each.tally.failures) for each in found.models]
    assert shown == [("OptiPlex 7010", 2, 2), ("Latitude 5420", 1, 0)]
    assert found.models[0].tally.years == pytest.approx(4)


def test_a_machine_whose_model_fails_more_than_the_park_is_named_with_the_figures() -> None:
    bad = [a_pc(f"bad{n}", 4) for n in range(5)]
    good = [a_pc(f"good{n}", model="Latitude 5420") for n in range(40)]
    [*_, last] = found = rated([*bad, *good], NOW).machines
    assert {each.asset.id for each in found} == {each.asset.id for each in bad}
    assert reasons(last) == [Why.REPEATED, Why.MODEL]
    assert last.reasons[1].detail.fr == (
        "Son modèle tombe en panne 2,0 fois par an (entre 1,2 et 3,1), le parc 0,2 fois."
    )
    assert last.reasons[0].detail.en == "It failed 4 times in six months (fan)."


def test_the_state_that_agents_report_is_a_reason_and_makes_failing_likelier() -> None:
    full = Machine("full", "pasteur", volumes=(Volume("C:", 1_000, 40),))
    behind = Machine("behind", "pasteur", antivirus=(Antivirus("ESET", base_on="2026-01-31"),))
    lived = [
        replace(a_pc("full"), machine=full),
        replace(a_pc("behind"), machine=behind),
        a_pc("old", bought_on="2019-03-02"),
        a_pc("unsaved", last_backup_on="2026-02-01"),
        a_pc("fine", bought_on="2025-03-02", last_backup_on="2026-03-01"),
        a_pc("reason-enough", 1),
    ]
    found = {each.asset.id: each for each in rated(lived, NOW).machines}
    assert {id: reasons(each) for id, each in found.items()} == {
        "full": [Why.DISK],
        "behind": [Why.ANTIVIRUS],
        "old": [Why.OLD],
        "unsaved": [Why.BACKUP],
    }
    assert found["old"].chance > found["full"].chance > found["unsaved"].chance


def test_what_is_disposed_of_counts_for_its_model_and_is_at_no_risk() -> None:
    gone = a_pc("gone", 3, status=Status.DISPOSED)
    found = rated([gone], NOW)
    assert (found.machines, found.whole.failures) == ((), 3)


def test_a_failure_from_before_the_counting_is_no_failure_of_what_was_lived_since() -> None:
    young = replace(a_pc("young", 3), since_at=NOW - timedelta(days=10))
    assert rated([young], NOW).whole.failures == 1


def resolved(kind: TicketKind, asset: str | None = "pc") -> World:
    world = World()
    fact = TicketResolved(
        ticket_id="t1",
        number="2026-1",
        customer_id="pasteur",
        summary="It does not start",
        kind=kind,
        asset_id=asset,
        declared_at=NOW - timedelta(hours=5),
        cause="capacitor",
    )
    for n in (1, 2):
        world.run(each for each in on_ticket_resolved(fact, envelope(n)) if isinstance(each, CountFailure))
    return world


def envelope(n: int, at: datetime = NOW) -> Envelope:
    return Envelope(
        topic="ticket.lifecycle.v1",
        source="/astreinte/ticket/lifecycle",
        id=f"t1:{n}",
        type="ticket-resolved",
        major=1,
        subject="t1",
        key="t1",
        sequence=n,
        occurred_at=at,
        recorded_at=at,
        actor="lea",
        correlation_id="c",
    )


def test_an_incident_is_one_failure_of_its_machine_however_often_it_is_resolved() -> None:
    [failure] = resolved(TicketKind.INCIDENT).all(Failures)
    assert (failure.asset_id, failure.at, failure.cause) == ("pc", NOW - timedelta(hours=5), "capacitor")


@pytest.mark.parametrize(
    ("kind", "asset"),
    [(TicketKind.MAINTENANCE, "pc"), (TicketKind.REQUEST, "pc"), (TicketKind.INCIDENT, None)],
)
def test_what_is_no_machines_fault_is_no_failure(kind: TicketKind, asset: str | None) -> None:
    assert resolved(kind, asset).all(Failures) == []
