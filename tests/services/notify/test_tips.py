"""Tips reach the people whom they are for, each as he wants them, in his language."""

from contracts.inventory.assets import TipSent
from contracts.text import Text
from services.notify.domain.message import MessageKind
from services.notify.domain.preferences import Preferences, Wish, preferences_id
from services.notify.mail.compose import Names, compose
from services.notify.store.deliveries import Deliveries
from services.notify.store.preferences import PreferencesOf
from tests.services.notify.people import ANNE, Office, example
from tests.services.notify.sink import html_of, text_of
from tests.services.notify.test_mail import FIRM, NOW


def test_a_tip_is_told_once_to_each_and_reads_as_it_was_written() -> None:
    office = Office()
    event = example(TipSent)
    office.hears(event)
    [delivery] = office.all(Deliveries)
    assert (delivery.message.kind, delivery.message.recipient.id) == ("tip", "contact-anne")
    mail = compose(delivery, Names(ANNE), FIRM, NOW)
    assert mail["subject"] == "Laissez respirer votre imprimante"
    assert "Gardez dix centimètres derrière elle." in " ".join(text_of(mail).split())


def test_who_wants_no_tips_gets_none() -> None:
    office = Office()
    event = example(TipSent)
    office.give(PreferencesOf, Preferences("contact:contact-anne", wishes={MessageKind.TIP: Wish.OFF}))
    office.hears(event)
    [delivery] = office.all(Deliveries)
    assert delivery.state == "unwanted"
    assert preferences_id(delivery.message.recipient) == "contact:contact-anne"


def test_the_paragraphs_of_a_tip_stand_apart() -> None:
    office = Office()
    text = Text("One & two.\n\nThree.", "Un & deux.\n\nTrois.")
    office.hears(example(TipSent).model_copy(update={"text": text}))
    [delivery] = office.all(Deliveries)
    assert "Un &amp; deux.<br><br>Trois." in html_of(compose(delivery, Names(ANNE), FIRM, NOW))
