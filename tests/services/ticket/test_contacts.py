"""The people whom requests name become contacts once."""

import pytest

from contracts.refusal import UnknownReference
from contracts.ticket.states import ContactChanged
from services.ticket.domain.contact import Contact, Person, normal_phone
from services.ticket.store.contacts import Contacts
from services.ticket.usecases.identify_people import IdentifyPeople, People
from services.ticket.usecases.put_contact import PutContact
from tests.services.ticket.sample import PORTAL, a_world, request
from tests.world import World

ANNE = Person("Anne", "anne@pasteur.example", "+33561000001")


def identify(world: World, requester: Person | None, on_site: Person | None = None, n: int = 1) -> People:
    return world.do(IdentifyPeople(request(), PORTAL, requester, on_site, (f"r{n}", f"o{n}")))


def test_a_person_nobody_knows_becomes_a_contact_of_the_customer() -> None:
    world = a_world()
    assert identify(world, ANNE) == People("r1", None)
    contact = world.have(Contacts, "r1")
    assert (contact.customer_id, contact.name, contact.email) == ("pasteur", "Anne", "anne@pasteur.example")
    assert [state.contact_id for state in world.told(ContactChanged)] == ["r1"]


def test_the_same_mail_is_the_same_person() -> None:
    world = a_world()
    identify(world, ANNE)
    assert identify(world, Person("A. Martin", "anne@pasteur.example"), n=2) == People("r1", None)
    assert len(world.all(Contacts)) == 1


def test_without_a_mail_the_same_phone_is_the_same_person() -> None:
    world = a_world()
    identify(world, ANNE)
    assert identify(world, Person("Anne", None, "+33561000001"), n=2) == People("r1", None)
    assert identify(world, Person("Luc", "luc@pasteur.example", "+33561000001"), n=3) == People("r3", None)


def test_with_neither_the_name_has_to_do() -> None:
    world = a_world()
    first = identify(world, Person("L'accueil"))
    assert identify(world, Person("l'ACCUEIL"), n=2) == first


def test_requester_and_on_site_contact_may_be_one_person() -> None:
    world = a_world()
    assert identify(world, ANNE, ANNE) == People("r1", "r1")
    assert len(world.all(Contacts)) == 1


def test_a_person_of_another_customer_is_another_person() -> None:
    world = a_world()
    world.give(Contacts, Contact("hers", "mairie", "Anne", "anne@pasteur.example"))
    assert identify(world, ANNE) == People("r1", None)


def test_a_bad_request_adds_nobody() -> None:
    world = a_world()
    with pytest.raises(UnknownReference):
        world.do(IdentifyPeople(request("atlantis"), PORTAL, ANNE, None, ("r", "o")))
    assert world.all(Contacts) == []


def test_a_contact_put_twice_is_published_once() -> None:
    world = a_world()
    anne = Contact("anne", "pasteur", "Anne", sites=("nord",))
    assert world.do(PutContact(anne)) is True
    assert world.do(PutContact(anne)) is False
    assert len(world.told(ContactChanged)) == 1


def test_a_contact_answers_for_sites_of_his_own_company_only() -> None:
    with pytest.raises(UnknownReference, match="hotel-de-ville"):
        a_world().do(PutContact(Contact("anne", "pasteur", "Anne", sites=("hotel-de-ville",))))


@pytest.mark.parametrize("written", ["05 61 00 00 01", "05.61.00.00.01", "+33 5 61 00 00 01", "0033561000001"])
def test_a_phone_is_one_number_however_it_is_written(written: str) -> None:
    assert normal_phone(written) == "+33561000001"
