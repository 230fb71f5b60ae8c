"""What the ticket service reads from its environment."""

import pytest

from contracts.values import Priority
from infra.chassis.settings import SettingsError
from services.ticket.domain.patience import USUAL, Patience
from services.ticket.settings import Settings

ADDRESSES = {"ASTREINTE_KAFKA": "kafka:9092", "ASTREINTE_MONGODB": "mongodb://mongo"}


def test_a_firm_says_how_long_it_waits() -> None:
    chosen = {
        "ASTREINTE_REMINDER_DAYS": "2, 4",
        "ASTREINTE_NO_ANSWER_DAYS": "6",
        "ASTREINTE_REMOTE_FIRST_MINUTES": "P3=20, P4=45",
        "ASTREINTE_CLOSING_DAYS": "3",
        "ASTREINTE_STATEMENT_DAYS": "30",
        "ASTREINTE_PROBLEM_TICKETS": "4",
        "ASTREINTE_PROBLEM_DAYS": "90",
    }
    settings = Settings.from_environment(ADDRESSES | chosen)
    assert settings.statement_days == 30
    assert settings.patience == Patience((2, 4), 6, {Priority.P3: 20, Priority.P4: 45}, 3, 4, 90)


def test_who_says_nothing_waits_as_usual() -> None:
    assert Settings.from_environment(ADDRESSES).patience == USUAL


@pytest.mark.parametrize(("said", "needed"), [(None, False), ("no", False), ("Yes", True)])
def test_a_firm_may_have_work_without_a_contract_approved_first(said: str | None, needed: bool) -> None:
    name = "ASTREINTE_APPROVAL_WITHOUT_CONTRACT"
    chosen = Settings.from_environment(ADDRESSES if said is None else ADDRESSES | {name: said})
    assert chosen.approval_without_contract is needed
    with pytest.raises(SettingsError, match=f"{name} is 'perhaps'"):
        Settings.from_environment(ADDRESSES | {name: "perhaps"})


def test_figures_of_single_persons_are_off_unless_the_firm_says_yes() -> None:
    assert not Settings.from_environment(ADDRESSES).kpis_per_person
    assert Settings.from_environment(ADDRESSES | {"ASTREINTE_KPIS_PER_PERSON": "yes"}).kpis_per_person


def test_a_firm_may_remind_nobody_and_send_somebody_at_once() -> None:
    nothing = {
        "ASTREINTE_REMINDER_DAYS": "",
        "ASTREINTE_REMOTE_FIRST_MINUTES": "",
        "ASTREINTE_CLOSING_DAYS": "never",
    }
    assert Settings.from_environment(ADDRESSES | nothing).patience == Patience((), 10, {}, None)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("REMINDER_DAYS", "1,3,three"),
        ("REMINDER_DAYS", "3,1"),
        ("REMINDER_DAYS", "0"),
        ("REMINDER_DAYS", "5,10"),
        ("NO_ANSWER_DAYS", "5"),
        ("NO_ANSWER_DAYS", "soon"),
        ("CLOSING_DAYS", "0"),
        ("CLOSING_DAYS", "soon"),
        ("STATEMENT_DAYS", "-1"),
        ("STATEMENT_DAYS", "a week"),
        ("STATEMENT_DAYS", "366"),
        ("PROBLEM_TICKETS", "1"),
        ("PROBLEM_TICKETS", "three"),
        ("PROBLEM_DAYS", "0"),
        ("KPIS_PER_PERSON", "true"),
        ("REMOTE_FIRST_MINUTES", "30"),
        ("REMOTE_FIRST_MINUTES", "P9=30"),
        ("REMOTE_FIRST_MINUTES", "P1=5"),
        ("REMOTE_FIRST_MINUTES", "P3=0"),
    ],
)
def test_a_setting_that_makes_no_sense_is_named(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=f"ASTREINTE_{name}"):
        Settings.from_environment(ADDRESSES | {f"ASTREINTE_{name}": value})
