"""What the ticket service reads from its environment."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

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


BOX = {"host": "imap.firm.example", "user": "Support@firm.example", "category": "mail"}


def boxes(*bodies: Any, **more: str) -> Settings:
    said = {f"ASTREINTE_{name}": value for name, value in more.items()}
    return Settings.from_environment(ADDRESSES | {"ASTREINTE_MAILBOXES": json.dumps(bodies)} | said)


def test_nobody_is_polled_unless_a_mailbox_is_set_up() -> None:
    settings = Settings.from_environment(ADDRESSES)
    assert (settings.mailboxes, settings.quarantine) == ((), timedelta(days=30))


def test_a_mailbox_has_its_password_from_a_file_or_a_setting_and_never_shows_it(tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.write_text("open-sesame\n")
    [of_file] = boxes({**BOX, "password_file": str(file)}).mailboxes
    settings = boxes({**BOX, "password_setting": "IMAP_PASSWORD"}, IMAP_PASSWORD="open-sesame")
    assert of_file == settings.mailboxes[0]
    assert (of_file.account.port, of_file.account.password) == (993, "open-sesame")
    assert of_file.desk.own == {"support@firm.example"}
    assert "open-sesame" not in repr(of_file)


@pytest.mark.parametrize(
    ("body", "what"),
    [
        ({**BOX}, "password_file or password_setting"),
        ({**BOX, "password_file": "/nowhere/at-all"}, "cannot be read"),
        ({**BOX, "password_setting": "NOT_SET"}, "ASTREINTE_NOT_SET is not set"),
        ({**BOX, "password_setting": "IMAP", "tls": "none"}, "in clear"),
        ({**BOX, "password_setting": "IMAP", "password": "x"}, "password: Extra inputs"),
        ({"host": "x"}, "0.user"),
    ],
)
def test_a_mailbox_that_makes_no_sense_is_named_without_its_password(body: Any, what: str) -> None:
    with pytest.raises(SettingsError, match="ASTREINTE_MAILBOXES") as wrong:
        boxes(body, IMAP="open-sesame")
    assert what in str(wrong.value)
    assert "open-sesame" not in str(wrong.value)


@pytest.mark.parametrize(
    ("name", "value"), [("MAILBOXES", "[{"), ("MAILBOXES", "{}"), ("QUARANTINE_DAYS", "0")]
)
def test_what_is_no_list_of_mailboxes_is_named(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=f"ASTREINTE_{name}"):
        Settings.from_environment(ADDRESSES | {f"ASTREINTE_{name}": value})
