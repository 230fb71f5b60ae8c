"""What notify reads from its environment."""

from datetime import time, timedelta

import pytest

from infra.chassis.settings import SettingsError
from services.notify.domain.timing import Timing
from services.notify.mail.smtp import Server
from services.notify.settings import Settings

ADDRESSES = {"ASTREINTE_KAFKA": "kafka:9092", "ASTREINTE_MONGODB": "mongodb://mongo"}


def test_mail_goes_where_the_environment_says_and_comes_from_the_firm() -> None:
    settings = Settings.from_environment(
        ADDRESSES
        | {
            "ASTREINTE_SMTP": "smtps://mail.firm.example",
            "ASTREINTE_FIRM": "Dépannage",
            "ASTREINTE_MAIL_FROM": "desk@firm.example",
            "ASTREINTE_PUBLIC_URL": "https://firm.example/",
        }
    )
    assert settings.smtp == Server("mail.firm.example", 465, tls=True)
    assert (settings.sender.firm, settings.sender.domain) == ("Dépannage", "firm.example")
    assert settings.sender.links == "https://firm.example"
    assert settings.kafka == "kafka:9092"


def test_a_local_sink_is_the_default() -> None:
    assert Settings.from_environment(ADDRESSES).smtp == Server("127.0.0.1", 1025)


def test_links_are_signed_where_there_is_a_key_and_always_while_developing() -> None:
    assert Settings.from_environment(ADDRESSES).sender.link_key == ""
    key = {"ASTREINTE_LINK_KEY": "k" * 32}
    assert Settings.from_environment(ADDRESSES | key).sender.link_key == "k" * 32
    assert Settings.from_environment(ADDRESSES | {"ASTREINTE_PROFILE": "development"}).sender.link_key


def test_what_can_wait_is_sent_when_the_firm_says() -> None:
    assert Settings.from_environment(ADDRESSES).timing == Timing(timedelta(seconds=30), time(8))
    chosen = {"ASTREINTE_PLAN_RESTS_SECONDS": "120", "ASTREINTE_DIGEST_AT": "17:30"}
    assert Settings.from_environment(ADDRESSES | chosen).timing == Timing(timedelta(minutes=2), time(17, 30))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ASTREINTE_SMTP", "http://mail"),
        ("ASTREINTE_SMTP", "mail:smtp"),
        ("ASTREINTE_MAIL_FROM", "desk"),
        ("ASTREINTE_PLAN_RESTS_SECONDS", "-1"),
        ("ASTREINTE_PLAN_RESTS_SECONDS", "half a minute"),
        ("ASTREINTE_DIGEST_AT", "8h"),
        ("ASTREINTE_DIGEST_AT", "24:00"),
        ("ASTREINTE_LINK_KEY", "too short"),
    ],
)
def test_a_setting_that_makes_no_sense_is_named(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=name):
        Settings.from_environment(ADDRESSES | {name: value})
