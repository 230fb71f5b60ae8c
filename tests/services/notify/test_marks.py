"""The mail that says that it is resolved asks how it went; a low mark is told to the contract's managers."""

import re
from datetime import timedelta

import pytest

from contracts.ticket.events import SatisfactionGiven, TicketResolved
from contracts.values import Language
from infra.chassis.http.signed import what_is_signed
from services.notify.mail.compose import Names, Sender, compose
from services.notify.store.deliveries import Deliveries
from tests.services.notify.people import ANNE, CLINIC, NORTH, Office, example
from tests.services.notify.sink import html_of, text_of
from tests.services.notify.test_mail import FIRM, NOW
from tests.services.notify.test_managers import office, told

SENDER = Sender("Dépannage Rhône", "astreinte@firm.example", "http://firm.example", "a-key")


def links(visits: tuple[str, ...], language: Language = Language.FR, sender: Sender = SENDER) -> list[str]:
    """Where the links of the text lead, and those of the page of the mail, which are the same."""
    desk = Office()
    desk.hears(example(TicketResolved, closed_visits=visits))
    first = next(each for each in desk.all(Deliveries) if each.message.recipient.id == "contact-anne")
    anne = ANNE.model_copy(update={"language": language})
    mail = compose(first, Names(anne, CLINIC, None, (NORTH,)), sender, NOW)
    found = re.findall(r"http://firm.example/v1/satisfaction/\S+", text_of(mail))
    assert re.findall(r'href="(http://firm.example/v1/satisfaction/[^"]+)"', html_of(mail)) == found
    return found


@pytest.mark.parametrize("language", Language)
def test_there_is_a_link_for_each_mark_of_each_visit(language: Language) -> None:
    found = links(("t-1", "t-2"), language)
    assert [link[-7:] for link in found] == [f"?mark={mark}" for mark in range(1, 6)] * 2
    tokens = [link.rpartition("/")[2].partition("?")[0] for link in found]
    ticket = example(TicketResolved).ticket_id
    said = {what_is_signed("a-key", token, NOW) for token in tokens}
    assert said == {f"{ticket}/t-1", f"{ticket}/t-2"}
    assert {what_is_signed("a-key", token, NOW + timedelta(days=61)) for token in tokens} == {None}


def test_what_was_solved_from_the_desk_is_asked_about_once_and_nothing_without_a_key() -> None:
    assert len(links(())) == 5
    assert links((), sender=FIRM) == []


def test_a_low_mark_is_told_to_the_managers_and_a_good_one_is_not() -> None:
    desk = office()
    desk.hears(example(SatisfactionGiven, mark=4, low=False))
    assert told(desk) == []
    desk.hears(example(SatisfactionGiven))
    assert told(desk) == [("low-mark", "claire", None)]
    desk = office()
    desk.hears(example(SatisfactionGiven, contract_id=None))
    assert told(desk) == []
