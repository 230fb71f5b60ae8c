"""Who is invited to a training has it in his calendar; whoever came says with one click how it was."""

import re
from email.message import EmailMessage

import pytest
from icalendar import Calendar

from contracts.inventory.assets import TrainingNews, TrainingTold
from contracts.values import Language
from infra.chassis.http.signed import what_is_signed
from services.notify.mail.compose import Names, Sender, compose
from services.notify.store.deliveries import Deliveries
from tests.services.notify.people import ANNE, CLINIC, LEA, NORTH, Office, at, example
from tests.services.notify.sink import text_of
from tests.services.notify.test_mail import NOW

KEY = "the key of these tests' links"
FIRM = Sender("Dépannage Rhône", "astreinte@firm.example", "https://firm.example", KEY)


def mail_of(news: TrainingNews, language: Language = Language.FR, **changes: object) -> EmailMessage:
    office = Office()
    office.hears(example(TrainingTold, news=news, **changes))
    [delivery] = office.all(Deliveries)
    reader = ANNE.model_copy(update={"language": language})
    return compose(delivery, Names(reader, CLINIC, LEA, (NORTH,)), FIRM, NOW)


def entry_of(mail: EmailMessage) -> tuple[str, Calendar]:
    """How the file is meant, and what it says."""
    [part] = [each for each in mail.walk() if each.get_content_type() == "text/calendar"]
    return str(part.get_param("method")), Calendar.from_ical(part.get_content())


def test_an_invitation_is_an_entry_of_their_calendar() -> None:
    mail = mail_of(TrainingNews.INVITED)
    assert mail["Subject"].startswith("Formation « Nouveaux postes » : ")
    method, calendar = entry_of(mail)
    [event] = calendar.walk("VEVENT")
    assert (method, str(calendar["METHOD"])) == ("REQUEST", "REQUEST")
    assert event.decoded("DTSTART") == example(TrainingTold).start_at
    assert str(event["LOCATION"]).startswith("Salle Ampère, Pasteur Nord")
    assert str(event["ATTENDEE"]) == "mailto:anne@clinique.example"
    assert "Léa Bernard" in text_of(mail)


def test_the_same_entry_moves_and_goes_away() -> None:
    later = example(TrainingTold).start_at.replace(hour=13)
    _, first = entry_of(mail_of(TrainingNews.INVITED))
    _, second = entry_of(mail_of(TrainingNews.MOVED, start_at=later, sequence=2))
    method, third = entry_of(mail_of(TrainingNews.CALLED_OFF, sequence=3))
    events = [each.walk("VEVENT")[0] for each in (first, second, third)]
    assert len({str(each["UID"]) for each in events}) == 1
    assert [each["SEQUENCE"] for each in events] == [1, 2, 3]
    assert events[1].decoded("DTSTART") == later
    assert (method, str(events[2]["STATUS"])) == ("CANCEL", "CANCELLED")


@pytest.mark.parametrize("news", [TrainingNews.REMINDED, TrainingNews.HELD])
def test_what_is_no_appointment_changes_no_calendar(news: TrainingNews) -> None:
    assert "text/calendar" not in {each.get_content_type() for each in mail_of(news).walk()}


@pytest.mark.parametrize("language", Language)
def test_whoever_came_has_a_link_of_his_own_for_each_mark(language: Language) -> None:
    mail = mail_of(TrainingNews.HELD, language, marks_until=at(20))
    links = re.findall(r"https://firm.example/v1/training-marks/(\S+)\?mark=(\d)", text_of(mail))
    assert [mark for _, mark in links] == ["1", "2", "3", "4", "5"]
    said = what_is_signed(KEY, links[0][0], at(19))
    assert said == f"training/{example(TrainingTold).training_id}/contact-anne"
    assert what_is_signed(KEY, links[0][0], at(21)) is None


def test_what_is_told_twice_is_sent_once() -> None:
    office = Office()
    told = example(TrainingTold)
    office.hears_again(told, office.hears(told))
    assert len(office.all(Deliveries)) == 1
