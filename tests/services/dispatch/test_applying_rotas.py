"""A rota that was proposed is applied, or refused where the world has moved on; calls are noted in it."""

from dataclasses import replace
from datetime import date, datetime, time
from typing import Any

import pytest

from contracts.refusal import Refusal
from contracts.values import Language, Outcome
from infra.chassis.http.principal import Principal
from infra.chassis.http.roles import Role
from infra.chassis.runtime import Kept
from infra.chassis.store.unit import UseCase
from services.dispatch.domain.labour_limits import limits_of
from services.dispatch.domain.rota import Call, RotaEntry
from services.dispatch.domain.rota_proposal import (
    Asked,
    Candidate,
    Every,
    RotaProposal,
    Seen,
    propose,
    turns_of,
)
from services.dispatch.domain.technician import Absence
from services.dispatch.planning.travel import DEFAULT_TRAVEL
from services.dispatch.store.rota import Rota
from services.dispatch.store.technicians import Technicians
from services.dispatch.usecases.answer_dispatch import AcknowledgeDispatch
from services.dispatch.usecases.close_visit import CloseVisit
from services.dispatch.usecases.make_visit import Arrive, Depart, Start
from services.dispatch.usecases.manage_rota import PutRotaEntry
from services.dispatch.usecases.manage_technician import AddAbsence
from services.dispatch.usecases.propose_rota import ApplyProposal, KeepProposal
from services.dispatch.views.rota import RotaEntryView, entry_view
from tests.services.dispatch.sample import Firm, technician
from tests.services.dispatch.timesheets import PARIS, on
from tests.world import MONDAY_NINE

NIGHT = RotaEntry("night", "anna", on("mon 18:00"), on("tue 08:00"))


def proposed() -> Firm:
    """Two weeks of April between Anna and Bruno, not applied yet."""
    firm = Firm()
    turns = turns_of(date(2026, 4, 6), date(2026, 4, 20), Every.WEEK, time(18), PARIS)
    people = [Candidate(each, limits_of(each.regime)) for each in firm.all(Technicians)]
    made = propose(turns, people, Asked(MONDAY_NINE, {}))
    seen = tuple(Seen(each.id, 1) for each in people)
    firm.do(KeepProposal(RotaProposal("p", made, seen, "lea", MONDAY_NINE)))
    return firm


def test_applied_it_puts_everybody_on_call_once() -> None:
    firm = proposed()
    for _ in range(2):
        firm.do(ApplyProposal("p"))
    entries = firm.all(Rota)
    assert [entry.id for entry in entries] == ["p-1", "p-2"]
    assert {entry.technician_id for entry in entries} == {"anna", "bruno"}
    for entry in entries:
        assert firm.have(Technicians, entry.technician_id).on_call == (entry.period,)


def test_it_is_refused_once_somebody_has_changed() -> None:
    firm = proposed()
    firm.do(AddAbsence("bruno", Absence(on("mon 00:00", week=5), on("mon 00:00", week=6), "leave")))
    with pytest.raises(Refusal, match="proposal-outdated"):
        firm.do(ApplyProposal("p"))
    assert firm.all(Rota) == []


def test_it_is_refused_once_the_notice_has_run_out() -> None:
    firm = proposed()
    firm.clock.set(on("mon 09:00", week=4))
    with pytest.raises(Refusal, match="told-too-late"):
        firm.do(ApplyProposal("p"))


def called(firm: Firm, at: str, ticket: str = "t1") -> datetime:
    """Called then, there a quarter of an hour later for three quarters; when that was over."""
    id = f"{ticket}-1"
    firm.clock.set(on(at))
    firm.ask(ticket_id=ticket)
    firm.plan_one(firm.visit(id))
    steps: list[tuple[UseCase[Any], int]] = [
        (AcknowledgeDispatch(id), 0),
        (Depart(id), 0),
        (Arrive(id), 15),
        (Start(id), 0),
        (CloseVisit(id, Outcome.FIXED, DEFAULT_TRAVEL), 45),
    ]
    for step, minutes in steps:
        firm.pass_minutes(minutes)
        firm.do(step)
    return firm.clock.now()


def test_a_call_is_noted_where_he_was_on_call_with_its_travel() -> None:
    firm = Firm(technician("anna"))
    firm.do(PutRotaEntry(NIGHT))
    ended = called(firm, "tue 02:00")
    [call] = firm.have(Rota, "night").calls
    assert (call.visit_id, call.from_at, call.to_at > ended) == ("t1-1", on("tue 02:00"), True)
    firm.do(PutRotaEntry(replace(NIGHT, territory="west")))
    assert firm.have(Rota, "night").calls == (call,), "it happened, however the entry changes"


def test_a_call_in_the_rest_after_another_is_noted_by_day_too() -> None:
    firm = Firm(technician("anna"))
    firm.do(PutRotaEntry(replace(NIGHT, to_at=on("mon 18:00", week=1))))
    called(firm, "tue 02:00")
    called(firm, "tue 10:00", "t2")
    assert [each.visit_id for each in firm.have(Rota, "night").calls] == ["t1-1", "t2-1"]
    called(firm, "thu 10:00", "t3")
    assert len(firm.have(Rota, "night").calls) == 2, "at work she is not called on call"


def test_frequent_calls_and_a_short_response_are_warned_about() -> None:
    calls = tuple(Call(f"t{n}-1", on(f"mon 2{n}:00"), on(f"mon 2{n}:30")) for n in range(3))
    entry = replace(NIGHT, respond_within_minutes=20, calls=calls)
    for language, court in ((Language.FR, "CJUE C-344/19"), (Language.EN, "CJEU C-344/19")):
        shown = shown_to("dispatcher", entry, language)
        assert [each.type for each in shown.warnings] == ["short-response", "frequent-calls"]
        assert all(court in each.detail for each in shown.warnings)
    calm = replace(NIGHT, respond_within_minutes=60, calls=calls[:2])
    assert shown_to("dispatcher", calm).warnings == ()


def shown_to(
    role: Role, entry: RotaEntry, language: Language = Language.EN, subject: str | None = None
) -> RotaEntryView:
    anna = technician("anna")
    kept = Kept(entry, 1, MONDAY_NINE)
    return entry_view(kept, anna, limits_of(anna.regime), Principal(subject, role), language)


@pytest.mark.parametrize(
    ("role", "subject", "sees"),
    [
        ("dispatcher", "lea", True),
        ("admin", "root", True),
        ("technician", "anna", True),
        ("technician", "bruno", False),
        ("technician", None, False),
        ("agent", "marie", False),
        ("contract-manager", "claire", False),
        ("stock-keeper", "paul", False),
    ],
)
def test_when_somebody_was_called_is_for_himself_and_for_who_sees_hours(
    role: Role, subject: str | None, sees: bool
) -> None:
    calls = tuple(Call(f"t{n}-1", on(f"mon 2{n}:00"), on(f"mon 2{n}:30")) for n in range(3))
    shown = shown_to(role, replace(NIGHT, calls=calls), subject=subject)
    assert (shown.calls is not None) is sees
    assert [each.type for each in shown.warnings] == (["frequent-calls"] if sees else [])
