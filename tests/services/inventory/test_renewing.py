"""What of a park is to be renewed, once each, with what was decided about it."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from contracts.refusal import Refusal
from contracts.ticket.agreed import QuoteRefused
from contracts.ticket.events import CancelReason, TicketCancelled, TicketResolved
from contracts.ticket.states import ContractChanged
from services.inventory.domain.advice import Advice, AdviceKind, AdviceState, advice_id, merged
from services.inventory.domain.asset import Asset, Status
from services.inventory.domain.machine import OperatingSystem, Software
from services.inventory.domain.product_names import Why
from services.inventory.domain.renewal_rules import RenewalRules
from services.inventory.domain.renewal_words import words_of
from services.inventory.domain.renewing import Findings, Standing, months_after
from services.inventory.domain.replacing import Verdict, Wear, judged
from services.inventory.domain.yearly_plan import plan_of
from services.inventory.store.renewals import Advices
from services.inventory.stream.tickets import on_quote_refused, on_ticket_cancelled, on_ticket_resolved
from tests.services.inventory.test_failures import envelope
from tests.services.inventory.test_product_names import KNOWN
from tests.world import World

TODAY = date(2026, 3, 2)
NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)
PC = Asset("pc", "pasteur", "nord", "PC-COMPTA", "computer", bought_on="2024-03-02")
RULES = RenewalRules(
    "default", price_cents={"computer": 90_000}, upgrade_cents={"other": 18_000}, repair_cents=15_000
)
ELEVEN = OperatingSystem("Microsoft Windows 11 Professionnel", "23H2", "22631.1")


QUOTED: dict[str, Any] = {
    "ticket_id": "t-1",
    "number": "2026-1",
    "customer_id": "pasteur",
    "summary": "Renouvellement",
}


def found(*standings: Standing, rules: RenewalRules = RULES) -> Findings:
    findings = Findings.with_products(rules, TODAY, KNOWN)
    for each in standings:
        findings.look_at(each)
    return findings


def kinds(findings: Findings) -> list[tuple[str, str]]:
    return [(each.kind, each.due_on) for each in findings.advices]


def test_a_system_whose_support_ended_is_advised_with_reason_risk_and_price() -> None:
    [advice] = found(Standing(PC, ELEVEN)).advices
    assert (advice.kind, advice.due_on, advice.cost_cents) == ("support-ends", "2025-11-11", 18_000)
    words = words_of(advice, TODAY)
    assert words.reason.fr == "Le support de Microsoft Windows 11 23h2-w a pris fin le 11/11/2025."
    assert "failles" in words.risk.fr


def test_what_ends_after_the_horizon_is_not_advised_yet() -> None:
    later = OperatingSystem("Ubuntu 22.04.4 LTS", "22.04")
    assert kinds(found(Standing(PC, later), rules=replace(RULES, horizon_months=12))) == []
    assert kinds(found(Standing(PC, later))) == [("support-ends", "2027-04-01")]


def test_the_same_product_twice_on_a_machine_is_one_advice() -> None:
    twice = (Software("PostgreSQL 9.6", "9.6.1"), Software("PostgreSQL 9.6 (x86)", "9.6.2"))
    assert len(found(Standing(PC, software=twice)).advices) == 1


def test_what_is_in_doubt_is_told_apart_with_how_many_machines_have_it() -> None:
    software = (Software("PostgreSQL ODBC Driver", "15.0"), Software("Sage 100", "7"))
    odd = OperatingSystem("Haiku", "R1")
    findings = found(Standing(PC, odd, software), Standing(replace(PC, id="pc-2"), odd, software))
    assert findings.advices == []
    assert [(each.name, each.why, each.machines) for each in findings.unmatched] == [
        ("Haiku", Why.UNKNOWN_PRODUCT, 2),
        ("PostgreSQL ODBC Driver", Why.OTHER_WORDS, 2),
    ]


@pytest.mark.parametrize(
    ("until", "told"),
    [("2026-06-01", True), ("2025-06-01", True), ("2024-06-01", False), ("2029-01-01", False)],
)
def test_a_warranty_is_advised_around_its_end(until: str, told: bool) -> None:
    assert bool(found(Standing(replace(PC, warranty_until=until))).advices) is told


def test_a_machine_that_is_to_be_replaced_needs_no_other_warranty() -> None:
    old = replace(PC, bought_on="2017-03-02", warranty_until="2026-01-01")
    assert kinds(found(Standing(old))) == [("replace", "2022-03-02")]


def test_a_licence_is_advised_before_it_ends() -> None:
    licence = Asset("l", "pasteur", "nord", "Sage 100", "licence", fields={"expires_on": "2026-06-30"})
    assert kinds(found(Standing(licence))) == [("licence-ends", "2026-06-30")]
    assert kinds(found(Standing(replace(licence, fields={"expires_on": "bientôt"})))) == []


def test_nothing_is_advised_of_what_has_left_the_park() -> None:
    assert found(Standing(replace(PC, status=Status.DISPOSED), ELEVEN)).advices == []


def test_a_contract_that_ends_is_advised_without_a_price() -> None:
    findings = found()
    contract = ContractChanged(
        contract_id="gold", customer_id="pasteur", name="Or", valid_from=TODAY, valid_to=date(2026, 12, 31)
    )
    findings.look_at_contract(contract)
    findings.look_at_contract(contract.model_copy(update={"valid_to": None}))
    [advice] = findings.advices
    assert (advice.kind, advice.site_id, advice.cost_cents) == ("contract-ends", None, None)


WEAR = Wear(age_years=2, faults=0, life_years=5, repair_cents=15_000, price_cents=90_000)


@pytest.mark.parametrize(
    ("change", "verdict", "reasons"),
    [
        ({}, Verdict.REPAIR, ("within-its-life",)),
        ({"faults": 1}, Verdict.REPAIR, ("within-its-life",)),
        ({"faults": 2}, Verdict.REPLACE, ("dearer-to-keep",)),
        ({"faults": 2, "warranted": True}, Verdict.REPAIR, ("under-warranty",)),
        ({"age_years": 4.5, "faults": 1}, Verdict.REPLACE, ("not-worth-it",)),
        ({"age_years": 5, "repair_cents": None, "faults": 1}, Verdict.REPLACE, ("worn-out",)),
        ({"age_years": 5}, Verdict.REPAIR, ("old-without-faults",)),
        ({"age_years": 5, "unsupported": True}, Verdict.REPLACE, ("unsupported",)),
        ({"age_years": 7.5}, Verdict.REPLACE, ("far-too-old",)),
        ({"age_years": None}, Verdict.UNKNOWN, ("age-not-known",)),
        ({"life_years": None}, Verdict.UNKNOWN, ("no-planned-life",)),
    ],
)
def test_a_machine_is_repaired_or_replaced_by_its_age_its_faults_and_their_price(
    change: dict[str, object], verdict: Verdict, reasons: tuple[str, ...]
) -> None:
    judgement = judged(replace(WEAR, **change))  # type: ignore[arg-type]
    assert (judgement.verdict, judgement.reasons) == (verdict, reasons)


def test_the_figures_of_a_judgement_are_a_years_repairs_a_years_price_and_what_is_left() -> None:
    judgement = judged(replace(WEAR, faults=2))
    assert (judgement.keep_cents, judgement.new_cents, judgement.value_cents) == (30_000, 18_000, 54_000)


def advice(id: str = "a", **other: object) -> Advice:
    return replace(
        Advice(id, "pasteur", AdviceKind.SUPPORT_ENDS, "2026-05-01", "PC", site_id="nord", cost_cents=100),
        **other,  # type: ignore[arg-type]
    )


def test_the_same_finding_again_changes_nothing_and_keeps_what_was_decided() -> None:
    declined = advice().declined("lea", NOW, "bientôt remplacé")
    assert merged([declined], [advice()], NOW) == ()
    [moved] = merged([declined], [advice(due_on="2026-09-01")], NOW)
    assert (moved.state, moved.why, moved.due_on) == (AdviceState.DECLINED, "bientôt remplacé", "2026-09-01")


def test_what_is_found_no_more_is_done_and_open_again_if_it_comes_back() -> None:
    [gone] = merged([advice()], [], NOW)
    assert (gone.state, gone.gone) == (AdviceState.DONE, True)
    assert merged([gone], [], NOW) == ()
    assert merged([gone], [advice()], NOW) == (advice(),)


def test_what_was_done_and_is_still_there_a_month_later_was_not_done() -> None:
    done = advice().done("lea", NOW)
    assert merged([done], [advice()], NOW + timedelta(days=29)) == ()
    assert merged([done], [advice()], NOW + timedelta(days=30)) == (advice(),)


def test_a_quoted_advice_is_not_quoted_twice_and_a_done_one_not_decided() -> None:
    quoted = advice().accepted("lea", NOW, "t-1")
    with pytest.raises(Refusal, match="t-1"):
        quoted.accepted("lea", NOW, "t-2")
    with pytest.raises(Refusal, match="reopen"):
        advice().done("lea", NOW).declined("lea", NOW, "no")
    assert quoted.reopened() == advice()


def test_a_quoted_advice_that_is_not_found_for_a_while_is_still_in_its_quote() -> None:
    quoted = advice().accepted("lea", NOW, "t-1")
    [gone] = merged([quoted], [], NOW)
    [back] = merged([gone], [advice()], NOW + timedelta(days=1))
    assert (back.state, back.ticket_id) == (AdviceState.ACCEPTED, "t-1")


def test_a_cancelled_quote_frees_what_it_was_for_found_or_not() -> None:
    quoted = advice().accepted("lea", NOW, "t-1")
    [gone] = merged([replace(quoted, id="b")], [], NOW)
    world = World()
    for each in (quoted, gone, advice("c", state=AdviceState.DECLINED, why="non")):
        world.give(Advices, each)
    world.run(on_ticket_cancelled(TicketCancelled(**QUOTED, reason=CancelReason.CLIENT_CONSENT), envelope(1)))
    assert world.have(Advices, "a") == advice()
    assert merged([world.have(Advices, "b")], [advice("b")], NOW) == (advice("b"),)
    assert world.have(Advices, "c").state is AdviceState.DECLINED


def test_a_refused_quote_frees_what_it_was_for() -> None:
    world = World()
    world.give(Advices, advice().accepted("lea", NOW, "t-1"))
    world.give(Advices, advice("b").accepted("lea", NOW, "t-2"))
    world.run(on_quote_refused(QuoteRefused(**QUOTED, quote=1, total="180.00", currency="EUR"), envelope(1)))
    assert world.have(Advices, "a") == advice()
    assert world.have(Advices, "b").ticket_id == "t-2"


def test_a_resolved_ticket_settles_all_that_was_quoted_under_it() -> None:
    world = World()
    quoted = [advice(id, site_id=site).accepted("lea", NOW, "t-1") for id, site in (("a", "s"), ("b", None))]
    [gone] = merged([advice("c").accepted("lea", NOW, "t-1")], [], NOW)
    for each in (*quoted, gone):
        world.give(Advices, each)
    world.run(on_ticket_resolved(TicketResolved(**QUOTED), envelope(1)))
    assert {each.state for each in world.all(Advices)} == {AdviceState.DONE}
    [late] = merged([world.have(Advices, "c")], [advice("c")], world.clock.now() + timedelta(days=31))
    assert late == advice("c"), "what was done under a quote that is over is not in it any more"


def test_ids_tell_findings_and_customers_apart() -> None:
    kind = AdviceKind.SUPPORT_ENDS
    ids = {advice_id("a", kind, "pc", "x"), advice_id("b", kind, "pc", "x"), advice_id("a", kind, "pc", "y")}
    assert len(ids) == 3


def test_a_years_plan_has_what_is_late_in_this_month_and_counts_what_is_to_be_paid() -> None:
    those = [
        advice("late", due_on="2024-01-01"),
        advice("may"),
        advice("unpriced", cost_cents=None),
        advice("declined", state=AdviceState.DECLINED),
        advice("next-year", due_on="2027-01-01"),
        advice("settled", due_on="2020-01-01").done("lea", NOW),
    ]
    plan = plan_of(2026, those, TODAY)
    assert {month: [each.id for each in of] for month, of in plan.months.items()} == {
        3: ["settled", "late"],
        5: ["declined", "may", "unpriced"],
    }
    assert (plan.totals, plan.unpriced) == ({"EUR": 200}, 1)
    assert [each.id for each in plan_of(2027, those, TODAY).advices] == ["next-year"]


def test_months_end_where_they_end() -> None:
    assert months_after(date(2026, 8, 31), 18) == date(2028, 2, 29)
    assert months_after(date(9999, 6, 1), 18) == date.max
