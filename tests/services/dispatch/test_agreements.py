"""Company agreements: within the law, of whose agency, and when they count."""

from dataclasses import replace
from datetime import timedelta

import pytest

from contracts.calendars import WEEKDAYS
from contracts.text import InvalidValue
from services.dispatch.domain.agreement import FIRM, Agreement, limits_under
from services.dispatch.domain.labour_limits import limits_of
from services.dispatch.domain.rota import RotaEntry
from services.dispatch.domain.technician import Regime
from services.dispatch.store.labour import Agreements
from services.dispatch.store.technicians import Technicians
from services.dispatch.usecases.manage_labour import PutAgreement
from services.dispatch.usecases.manage_rota import PutRotaEntry
from services.dispatch.usecases.manage_technician import PutTechnician
from tests.services.dispatch.sample import Firm, technician
from tests.services.dispatch.timesheets import on


def test_an_agreement_beyond_the_law_is_refused_with_the_article() -> None:
    with pytest.raises(InvalidValue, match=r"daily-rest to 540 to 1440 minutes \(D3131-6\)"):
        Firm().do(PutAgreement(Agreement(FIRM, "2026", {"daily-rest": 8 * 60})))


def test_an_agreement_leaves_the_limits_of_who_is_under_age() -> None:
    agreed = Agreement(FIRM, "2026", {"daily-rest": 9 * 60, "notice": 21})
    assert limits_under(Regime.HOURS, agreed).daily_rest == timedelta(hours=9)
    minor = limits_under(Regime.MINOR, agreed)
    assert (minor.daily_rest, minor.notice) == (limits_of(Regime.MINOR).daily_rest, timedelta(days=21))


def test_an_agreement_leaves_sunday_to_who_is_under_age() -> None:
    agreed = Agreement(FIRM, "2026", {"rest-day": "sat"})
    assert limits_under(Regime.HOURS, agreed).rest_day == WEEKDAYS.index("sat")
    assert limits_under(Regime.MINOR, agreed).rest_day == WEEKDAYS.index("sun")


def night_of(agency: str) -> Firm:
    """Anna of this agency is called at 02:00; at Nantes nine hours of rest are agreed."""
    firm = Firm(technician("anna", agency=agency))
    firm.do(PutAgreement(Agreement("nantes", "2026", {"daily-rest": 9 * 60})))
    firm.do(PutRotaEntry(RotaEntry("night", "anna", on("mon 18:00"), on("tue 08:00"))))
    firm.clock.set(on("tue 02:00"))
    firm.ask()
    firm.plan()
    return firm


def rest_hours(firm: Firm) -> float:
    [rest] = firm.have(Technicians, "anna").rests
    return (rest.to_at - rest.from_at) / timedelta(hours=1)


def test_who_moves_to_another_agency_rests_by_its_agreement() -> None:
    firm = night_of("rennes")
    assert rest_hours(firm) == 11
    firm.do(PutTechnician(replace(firm.have(Technicians, "anna"), agency="nantes")))
    assert rest_hours(firm) == 9


def test_a_new_agreement_counts_rests_that_run_anew() -> None:
    firm = night_of("rennes")
    firm.do(PutAgreement(Agreement("rennes", "2026", {"daily-rest": 10 * 60}), people=("anna",)))
    assert rest_hours(firm) == 10


@pytest.mark.parametrize(("agencies", "hours"), [((), 11), ((FIRM,), 9), (("rennes",), 9), (("nantes",), 11)])
def test_the_agreement_of_his_agency_or_else_of_the_firm_binds_who_is_called(
    agencies: tuple[str, ...], hours: int
) -> None:
    firm = Firm(technician("anna", agency="rennes"))
    for agency in agencies:
        firm.do(PutAgreement(Agreement(agency, "2026", {"daily-rest": 9 * 60})))
    firm.do(PutRotaEntry(RotaEntry("night", "anna", on("mon 18:00"), on("tue 08:00"))))
    firm.clock.set(on("tue 02:00"))
    firm.ask()
    firm.plan()
    [rest] = firm.have(Technicians, "anna").rests
    assert rest.to_at - rest.from_at == timedelta(hours=hours)
    assert len(firm.all(Agreements)) == len(agencies)
