"""Why a technician is proposed, and what the first rule against each of the others is."""

from contracts.values import Language, PartNeed
from services.dispatch.planning.reasons import advantage, against
from tests.services.dispatch.sample import MURET, Firm, need, technician


def rules(firm: Firm, *, van: str | None = None) -> dict[str, str]:
    roster, visit, now = firm.roster(), firm.visit(), firm.clock.now()
    if van is not None:
        roster.stock.put(f"van:{van}", "psu-550", 1)
    found = roster.candidates(visit, now)
    return {each.technician_id: each.rule for each in against(roster, visit, now, found, 1)}


def test_a_part_that_is_not_on_the_van_is_the_reason_that_is_given() -> None:
    firm = Firm(technician("anna"), technician("bruno"))
    firm.ask(need(parts=(PartNeed(sku="psu-550", quantity=1),)))
    assert rules(firm, van="bruno") == {"anna": "part-not-on-van"}
    assert rules(firm, van="anna") == {"bruno": "part-not-on-van"}


def test_who_is_as_near_is_not_said_to_be_farther() -> None:
    firm = Firm(technician("anna"), technician("bruno"))
    firm.ask()
    assert rules(firm) == {"bruno": "as-good"}


def test_who_lives_farther_comes_later() -> None:
    firm = Firm(technician("anna"), technician("bruno", home=MURET))
    firm.ask()
    assert rules(firm) == {"bruno": "later"}


def test_a_candidate_without_the_parts_on_his_van_is_shown_so() -> None:
    firm = Firm(technician("anna"))
    visit = firm.ask(need(parts=(PartNeed(sku="psu-550", quantity=1),)))
    best = firm.roster().best(visit, firm.clock.now())
    assert best is not None
    assert "parts on his van" not in advantage(best, visit, Language.EN, on_van=True)
    assert advantage(best, visit, Language.EN, on_van=False).endswith("does not have the parts on his van")
