"""Whom customers will have, what has to be spoken there, and whose papers hold."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.refusal import Refusal
from contracts.ticket.states import ContactChanged, CustomerChanged
from contracts.values import Language, Point, Priority, TechnicianWishes, VisitState
from services.dispatch.domain.ability import lack_of
from services.dispatch.domain.technician import Certificate, Partner
from services.dispatch.domain.wishes import speaks
from services.dispatch.planning.reasons import advantage, against
from services.dispatch.planning.travel import DEFAULT_TRAVEL
from services.dispatch.store.copies import Contacts, Customers, Sites
from services.dispatch.store.technicians import Technicians
from services.dispatch.store.visits import Visits
from services.dispatch.usecases.assign_visit import AssignVisit, RescheduleVisit
from services.dispatch.usecases.follow_wishes import FollowWishes
from services.dispatch.usecases.manage_technician import PutTechnician
from services.dispatch.usecases.pin_visit import PinVisit
from tests.servers import until
from tests.services.dispatch.asking import body, hire, open_ticket
from tests.services.dispatch.running import Running
from tests.services.dispatch.sample import BLAGNAC, MURET, TOULOUSE, Firm, need, site, technician
from tests.world import MONDAY_NINE

RAMONVILLE = Point(latitude=43.545, longitude=1.475)


def wishing(firm: Firm, **wishes: tuple[str, ...]) -> None:
    """The customer has said so by now, whether visits follow it already or not."""
    known = CustomerChanged(customer_id="pasteur", name="Pasteur", technicians=TechnicianWishes(**wishes))
    firm.give(Customers, known, "pasteur")


def two(**bruno: Any) -> Firm:
    return Firm(technician("anna"), technician("bruno", **bruno))


def why_not(firm: Firm, language: Language = Language.EN) -> dict[str, tuple[str, str]]:
    roster, visit, now = firm.roster(), firm.visit(), firm.clock.now()
    found = against(roster, visit, now, roster.candidates(visit, now), 1)
    return {each.technician_id: (each.rule, each.text(language)) for each in found}


def test_whom_the_customer_refuses_is_not_sent_and_everybody_reads_why() -> None:
    firm = two(home=MURET)
    wishing(firm, refused=("anna",))
    firm.ask(priority=Priority.P3)
    assert why_not(firm)["anna"] == ("refused-by-customer", "the customer has asked not to be sent him")
    assert why_not(firm, Language.FR)["anna"][1] == "le client ne veut pas de ce technicien"
    firm.plan()
    assert firm.visit().technician_id == "bruno"
    with pytest.raises(Refusal, match="refused-by-customer"):
        firm.do(AssignVisit("t1-1", "anna", MONDAY_NINE, DEFAULT_TRAVEL))


def test_a_site_may_refuse_somebody_whom_its_customer_prefers() -> None:
    firm = Firm(
        technician("anna"),
        technician("bruno", home=MURET),
        sites=(site(technicians=TechnicianWishes(refused=("anna",))),),
    )
    wishing(firm, preferred=("anna",))
    visit = firm.ask(priority=Priority.P3)
    assert (visit.wishes.preferred, visit.wishes.refused) == ((), ("anna",))


def test_whom_the_customer_prefers_is_worth_a_detour_but_not_any_detour() -> None:
    firm = two(home=RAMONVILLE)
    wishing(firm, preferred=("bruno",))
    visit = firm.ask(priority=Priority.P4)
    best = firm.roster().best(visit, firm.clock.now())
    assert best is not None
    assert best.technician_id == "bruno"
    assert "préféré du client" in advantage(best, visit, Language.FR)
    assert why_not(firm)["anna"][0] == "less-wished"
    firm.give(Technicians, technician("bruno", home=MURET))
    best = firm.roster().best(firm.visit(), firm.clock.now())
    assert best is not None
    assert best.technician_id == "anna"


def test_a_refusal_takes_back_what_is_planned_and_asks_of_what_is_pinned() -> None:
    firm = two(home=MURET)
    firm.ask(need("t1-1"), need("t1-2"), priority=Priority.P3)
    for n, id in enumerate(("t1-1", "t1-2")):
        firm.do(AssignVisit(id, "anna", MONDAY_NINE + timedelta(hours=n + 1), DEFAULT_TRAVEL))
    firm.do(PinVisit("t1-2", True))
    wishing(firm, refused=("anna",))
    for id in ("t1-1", "t1-2"):
        firm.do(FollowWishes(id))
    assert (firm.visit("t1-1").state, firm.slots("anna")) == (VisitState.WAITING, ["t1-2 10:00-10:30"])
    assert (firm.visit("t1-2").technician_id, firm.visit("t1-2").attention) == ("anna", "unfit")
    firm.plan()
    assert firm.visit("t1-1").technician_id == "bruno"
    said = len(firm.events)
    firm.do(FollowWishes("t1-1"))
    assert len(firm.events) == said


def test_who_speaks_none_of_the_languages_of_a_site_is_not_sent() -> None:
    firm = Firm(
        technician("anna", languages=("de-AT",)), technician("bruno"), sites=(site(languages=("de", "it")),)
    )
    firm.ask(priority=Priority.P3)
    assert why_not(firm)["bruno"] == (
        "language-missing",
        "speaks none of the languages of the site (de, it)",
    )
    with pytest.raises(Refusal, match="language-missing"):
        firm.do(AssignVisit("t1-1", "bruno", MONDAY_NINE, DEFAULT_TRAVEL))
    firm.plan()
    assert firm.visit().technician_id == "anna"
    firm.do(PutTechnician(replace(firm.have(Technicians, "anna"), languages=())))
    assert firm.visit().state is VisitState.WAITING, "he does not speak it after all"


def test_the_language_of_whom_he_meets_counts_but_does_not_rule_out() -> None:
    firm = two(language=Language.EN)
    met = ContactChanged(contact_id="jo", customer_id="pasteur", name="Jo", language=Language.EN)
    firm.give(Contacts, met, "jo")
    visit = firm.ask(priority=Priority.P4, on_site_contact_id="jo")
    found = firm.roster().candidates(visit, firm.clock.now())
    assert [each.technician_id for each in found] == ["bruno", "anna"]
    assert round(found[1].cost - found[0].cost) == 15


def test_a_language_tag_stands_for_its_variants() -> None:
    assert speaks(("fr", "pt-BR"), "pt")
    assert speaks(("PT-br",), "pt-BR")
    assert not speaks(("pt",), "pt-BR")
    assert not speaks(("ptx",), "pt")


def test_whose_papers_expire_before_the_visit_is_blocked() -> None:
    lent = Partner("Sud Info", (Certificate("Kbis", "2027-01-01"), Certificate("Urssaf", "2026-03-02")))
    firm = two(home=MURET)
    firm.give(Technicians, technician("anna", partner=lent))
    visit = firm.ask(priority=Priority.P3)
    assert firm.roster().candidates(visit, firm.clock.now())[0].technician_id == "anna"
    tomorrow = replace(visit, not_before_at=MONDAY_NINE + timedelta(days=1))
    found = firm.roster().candidates(tomorrow, firm.clock.now())
    assert [each.technician_id for each in found] == ["bruno"]
    with pytest.raises(Refusal, match=r"papers-expired.*Urssaf"):
        firm.do(AssignVisit(visit.id, "anna", MONDAY_NINE + timedelta(days=1), DEFAULT_TRAVEL))
    firm.plan()
    assert firm.visit().technician_id == "anna"
    with pytest.raises(Refusal, match="papers-expired"):
        firm.do(RescheduleVisit(visit.id, MONDAY_NINE + timedelta(days=1), DEFAULT_TRAVEL))
    late = replace(lent, papers=(Certificate("Urssaf", "2026-03-01"),))
    firm.do(PutTechnician(technician("anna", partner=late)))
    assert firm.visit().state is VisitState.WAITING
    assert why_not(firm)["anna"] == ("papers-expired", "a paper of his firm has expired: Urssaf")


ids = st.sampled_from(("anna", "bruno", "carl"))
wish = st.tuples(st.just("wish"), st.frozensets(ids, max_size=2), st.sampled_from(((), ("de",))))
paper = st.tuples(st.just("paper"), ids, st.sampled_from((None, "2026-03-01", "2026-03-02")))
spoken = st.tuples(st.just("speaks"), ids, st.sampled_from(((), ("de",))))
ask, plan = st.just(("ask",)), st.just(("plan",))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.one_of(wish, paper, spoken, ask, plan), max_size=10))
def test_whatever_comes_in_whatever_order_nobody_has_a_visit_that_he_may_not_make(
    steps: list[tuple[Any, ...]],
) -> None:
    firm = Firm(technician("anna"), technician("bruno", home=MURET), technician("carl", home=BLAGNAC))
    asked = 0
    for kind, *said in steps:
        if kind == "wish":
            firm.give(
                Sites,
                site(technicians=TechnicianWishes(refused=tuple(said[0])), languages=said[1]),
                "capitole",
            )
            for visit in firm.all(Visits):
                firm.do(FollowWishes(visit.id))
        elif kind in ("paper", "speaks"):
            known = firm.have(Technicians, said[0])
            lent = Partner("Sud", (Certificate("Urssaf", said[1]),)) if kind == "paper" else known.partner
            languages = said[1] if kind == "speaks" else known.languages
            firm.do(PutTechnician(replace(known, partner=lent, languages=languages)))
        elif kind == "ask":
            asked += 1
            firm.ask(ticket_id=f"t{asked}", priority=Priority.P3)
        else:
            firm.plan()
        for visit in firm.all(Visits):
            if visit.technician_id is not None and visit.plan is not None:
                one = firm.have(Technicians, visit.technician_id)
                assert lack_of(one, visit, visit.plan.end_at) is None
                assert one.id not in (firm.have(Sites, "capitole").technicians or TechnicianWishes()).refused


async def test_a_customer_refuses_somebody_and_his_planned_visit_goes_to_another(
    dispatch: Running, unique: str
) -> None:
    anna, bruno = f"{unique}-anna", f"{unique}-bruno"
    lent = {"firm": "Sud Info", "papers": [{"name": "Urssaf", "valid_until": "2027-01-31"}]}
    people = {anna: body(home=TOULOUSE, languages=["de"], partner=lent), bruno: body(home=MURET)}
    await hire(dispatch, unique, **people)
    visit_id = await open_ticket(dispatch, unique, priority=Priority.P3)
    assert (await dispatch.comes_to(visit_id, "dispatched"))["technician_id"] == anna
    wished = CustomerChanged(
        customer_id=unique, name="Pasteur", technicians=TechnicianWishes(refused=(anna,), preferred=(bruno,))
    )
    await dispatch.publish(wished, subject=unique)
    async with dispatch.as_("dispatcher") as dispatcher:

        async def has_gone_to_bruno() -> bool:
            visit = (await dispatcher.get(f"/v1/visits/{visit_id}")).json()
            return bool(visit["technician_id"] == bruno)

        await until(has_gone_to_bruno, within=20)
        shown = (await dispatcher.get(f"/v1/technicians/{anna}")).json()
        assert (shown["languages"], shown["partner"]) == (
            ["de"],
            {**lent, "email": None, "answer_minutes": 120},
        )
        found = (await dispatcher.get(f"/v1/visits/{visit_id}/candidates")).json()
        best = found["items"][0]
        assert best["costs"]["preference"] == -30
        assert abs(sum(best["costs"].values()) - best["cost"]) < 0.5
        assert {each["rule"] for each in found["others"] if each["technician_id"] == anna} == {
            "refused-by-customer"
        }
        by_hand = await dispatcher.post(f"/v1/visits/{visit_id}/assign", json={"technician_id": anna})
        assert (by_hand.status_code, by_hand.json()["type"]) == (409, "/problems/refused-by-customer")
