"""The people whom requests name become contacts once."""

import pytest

from contracts.refusal import Refusal, UnknownReference
from contracts.ticket.states import ContactChanged
from infra.chassis.store.unit import AlreadyExists
from services.ticket.domain.contact import Contact, Person, normal_phone
from services.ticket.store.contacts import Contacts
from services.ticket.store.tickets import Tickets
from services.ticket.usecases.add_contacts import AddContacts
from services.ticket.usecases.open_ticket import OpenTicket
from services.ticket.usecases.put_contact import PutContact
from tests.services.ticket.sample import PORTAL, a_world, request
from tests.world import World

ANNE = Person("Anne", "anne@pasteur.example", "+33561000001")


def ask(world: World, *people: Person, n: int = 1) -> tuple[str | None, str | None]:
    """Open a ticket for these people as the API does; the contacts that it names."""
    requester, on_site = (*people, None)[:2]
    opening = OpenTicket(
        id=f"t{n}",
        number=f"T-{n}",
        request=request(),
        viewer=PORTAL,
        requester=requester,
        on_site_contact=on_site,
    )
    if world.do(opening) is None:
        ids = tuple(f"c{n}{i}" for i, _ in enumerate(people))
        world.do(AddContacts(f"t{n}", request(), PORTAL, people, ids))
        world.do(opening)
    ticket = world.have(Tickets, f"t{n}")
    return ticket.requester_id, ticket.on_site_contact_id


def test_a_person_nobody_knows_becomes_a_contact_of_the_customer() -> None:
    world = a_world()
    assert ask(world, ANNE) == ("c10", None)
    contact = world.have(Contacts, "c10")
    assert (contact.customer_id, contact.name, contact.email) == ("pasteur", "Anne", "anne@pasteur.example")
    assert [state.contact_id for state in world.told(ContactChanged)] == ["c10"]


def test_the_same_mail_is_the_same_person() -> None:
    world = a_world()
    ask(world, ANNE)
    assert ask(world, Person("A. Martin", "anne@pasteur.example"), n=2) == ("c10", None)
    assert len(world.all(Contacts)) == 1


def test_without_a_mail_the_same_phone_is_the_same_person() -> None:
    world = a_world()
    ask(world, ANNE)
    assert ask(world, Person("Anne", None, "+33561000001"), n=2) == ("c10", None)
    assert ask(world, Person("Luc", "luc@pasteur.example", "+33561000001"), n=3) == ("c30", None)


def test_with_neither_the_name_has_to_do() -> None:
    world = a_world()
    first = ask(world, Person("L'accueil"))
    assert ask(world, Person("l'ACCUEIL"), n=2) == first


def test_requester_and_on_site_contact_may_be_one_person() -> None:
    world = a_world()
    assert ask(world, ANNE, ANNE) == ("c10", "c10")
    assert len(world.all(Contacts)) == 1


def test_a_person_of_another_customer_is_another_person() -> None:
    world = a_world()
    world.give(Contacts, Contact("hers", "mairie", "Anne", "anne@pasteur.example"))
    assert ask(world, ANNE) == ("c10", None)


def test_a_bad_request_adds_nobody() -> None:
    world = a_world()
    with pytest.raises(UnknownReference):
        world.do(AddContacts("t1", request("atlantis"), PORTAL, (ANNE,), ("c",)))
    assert world.all(Contacts) == []


def test_people_of_a_request_that_a_twin_has_opened_meanwhile_are_not_added_again() -> None:
    world = a_world()
    asked = request(external_reference="INC-1")
    world.do(OpenTicket(id="t1", number="T-1", request=asked, viewer=PORTAL))
    with pytest.raises(AlreadyExists) as exists:
        world.do(AddContacts("t1", asked, PORTAL, (ANNE,), ("c",)))
    assert exists.value.id == "t1"
    with pytest.raises(Refusal, match="external-reference-taken"):
        world.do(AddContacts("t2", asked, PORTAL, (ANNE,), ("c",)))
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


@pytest.mark.parametrize(
    "written", ["05 61 00 00 01", "05.61.00.00.01", "+33 5 61 00 00 01", "0033561000001"]
)
def test_a_phone_is_one_number_however_it_is_written(written: str) -> None:
    assert normal_phone(written) == "+33561000001"
