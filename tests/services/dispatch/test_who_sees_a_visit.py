"""For whom a visit exists, and what its customer reads of what was done."""

from datetime import date

from contracts.ticket.states import ContactChanged, ContractChanged
from tests.services.dispatch.asking import body, hire, open_ticket, post
from tests.services.dispatch.running import Running
from tests.services.dispatch.sample import need, site, ticket_opened


async def test_a_visit_exists_for_those_whom_its_ticket_concerns(dispatch: Running, unique: str) -> None:
    place = site(f"{unique}-site", customer_id=unique)
    await dispatch.publish(place, subject=place.site_id)
    for contact, sites in (("paul", (place.site_id,)), ("far", ("elsewhere",))):
        known = ContactChanged(
            contact_id=f"{unique}-{contact}", customer_id=unique, name=contact, sites=sites
        )
        await dispatch.publish(known, subject=known.contact_id)
    contract = ContractChanged(
        contract_id=f"{unique}-gold",
        customer_id=unique,
        name="Gold",
        managers=(f"{unique}-ines",),
        valid_from=date(2026, 1, 1),
    )
    await dispatch.publish(contract, subject=contract.contract_id)
    for name, confidential in (("plain", False), ("secret", True)):
        ticket_id = f"{unique}-{name}"
        wanted = need(
            f"{ticket_id}-1", site_id=place.site_id, contract_id=contract.contract_id, skills={unique: 1}
        )
        event = ticket_opened(
            wanted,
            ticket_id=ticket_id,
            customer_id=unique,
            confidential=confidential,
            requester_id=f"{unique}-anne",
            on_site_contact_id=f"{unique}-bruno",
            opened_by=f"{unique}-carl",
        )
        await dispatch.publish(event, subject=ticket_id)
    plain, secret = f"{unique}-plain-1", f"{unique}-secret-1"
    for visit_id in (plain, secret):
        await dispatch.comes_to(visit_id, "failed")
    both, one, none = {plain, secret}, {plain}, set[str]()
    for role, subject, customer, expected in (
        ("requester", "anne", unique, both),
        ("requester", "carl", unique, both),
        ("requester", "bruno", unique, both),
        ("requester", "paul", unique, none),
        ("requester", "anne", "another", none),
        ("site-contact", "paul", unique, one),
        ("site-contact", "bruno", unique, both),
        ("site-contact", "far", unique, none),
        ("site-contact", "paul", "another", none),
        ("portal", "it", unique, one),
        ("customer-manager", "boss", unique, both),
        ("contract-manager", "ines", None, both),
        ("contract-manager", "marc", None, none),
        ("technician", "anne", None, none),
        ("dispatcher", "dan", None, both),
    ):
        async with dispatch.as_(role, f"{unique}-{subject}", customer=customer) as client:
            listed = (await client.get("/v1/visits", params={"customer": unique})).json()["items"]
            assert {each["id"] for each in listed} == expected, (role, subject)
            read = {id for id in both if (await client.get(f"/v1/visits/{id}")).status_code == 200}
            assert read == expected, (role, subject)


async def test_a_customer_reads_what_was_done_and_nothing_that_names_a_person(
    dispatch: Running, unique: str
) -> None:
    await hire(dispatch, unique, anna=body())
    visit = f"/v1/visits/{await open_ticket(dispatch, unique)}"
    await dispatch.comes_to(f"{unique}-1", "dispatched")
    async with dispatch.as_("portal", customer=unique) as portal, dispatch.as_("technician", "anna") as anna:
        assert (await portal.get(visit)).json()["report"] is None
        for verb in ("depart", "arrive", "start"):
            await post(anna, f"{visit}/{verb}")
        closing = {
            "outcome": "workaround",
            "work_done": "Switch replaced",
            "answers": [{"question": "Who was there?", "answer": "Mme Roux"}],
            "signature": {"name": "Mme Roux", "role": "Accueil", "svg": "<svg/>"},
        }
        await post(anna, f"{visit}/close", closing, key="close-1")
        report = (await portal.get(visit)).json()["report"]
        assert set(report) == {"outcome", "work_done", "started_at", "ended_at"}
        assert (report["outcome"], report["work_done"]) == ("workaround", "Switch replaced")
        assert (await anna.get(visit)).json()["report"]["signed_by"]["name"] == "Mme Roux"
