"""Seats that were bought against copies that machines report; the park as a table that can be sent back."""

from typing import Any

import httpx
import pytest

from contracts.ticket.states import ContactChanged
from services.inventory.domain.asset import Asset
from services.inventory.domain.licences import Counted, Use, look_at
from services.inventory.domain.machine import Software
from tests.services.inventory.agent_park import Park
from tests.services.inventory.agents import laptop
from tests.services.inventory.running import Running
from tests.services.inventory.test_api import problem
from tests.services.inventory.test_asset_verbs import put
from tests.tables import counts, sent


def licence(**fields: Any) -> Counted:
    return Counted(Asset("l", "pasteur", "nord", "Sage 100", "licence", fields=fields))


@pytest.mark.parametrize(
    ("seats", "use"), [(None, Use.UNKNOWN), (0, Use.OVER), (1, Use.FULL), (2, Use.ENOUGH)]
)
def test_a_licence_is_used_by_each_machine_once(seats: int | None, use: Use) -> None:
    counted = licence() if seats is None else licence(seats=seats)
    look_at([counted], "pc", (Software("Sage 100 Compta (x64)"), Software("Sage 100 Paie")))
    look_at([counted], "other", (Software("Sage 1000"), Software("Message 100")))
    assert (counted.machines, counted.use) == (["pc"], use)


def test_a_licence_is_for_the_software_that_it_names() -> None:
    counted = licence(software="EBP Gestion")
    look_at([counted], "pc", (Software("Sage 100"), Software("EBP Gestion commerciale 2024")))
    assert counted.installed == 1


async def test_seats_are_told_against_what_agents_report(park: Park, unique: str, inventory: Running) -> None:
    await park.tell(laptop(softwares__rows=[{"name": f"Logiciel {unique} Pro", "version": "3"}]))
    pc = await park.only()
    fields = {"seats": 3, "expires_on": "2030-01-01", "software": f"Logiciel {unique}"}
    await put(park, f"{unique}-lic", name="Licence", kind="licence", fields=fields)
    path = f"/v1/assets/licences?customer={park.customer}"
    [told] = (await park.keeper.get(path)).json()["items"]
    assert (told["seats"], told["installed"], told["free"], told["use"]) == (3, 1, 2, "enough")
    assert (told["machines"], told["expires_on"]) == ([pc["id"]], "2030-01-01")
    async with inventory.as_("customer-manager", f"{unique}-other") as other:
        problem(await other.get(path), 404, "not-found")


async def test_a_site_contact_sees_the_licences_of_his_sites_only(
    park: Park, unique: str, inventory: Running
) -> None:
    await put(park, f"{unique}-lic", name="Licence", kind="licence", fields={"seats": 3})
    for subject, sites, names in (("here", (park.site,), ["Licence"]), ("elsewhere", ("other",), [])):
        contact = ContactChanged(
            contact_id=f"{unique}-{subject}", customer_id=park.customer, name="X", sites=sites
        )
        await inventory.state(contact, contact.contact_id)
        await inventory.settled()
        async with inventory.as_("site-contact", park.customer, contact.contact_id) as client:
            told = (await client.get(f"/v1/assets/licences?customer={park.customer}")).json()["items"]
            assert [each["name"] for each in told] == names


async def test_an_exported_park_sent_back_changes_nothing(
    park: Park, unique: str, inventory: Running
) -> None:
    place = {"building": "Nord", "floor": "2", "room": "214", "rack": None}
    await put(park, f"{unique}-pc", place=place, asset_tag="T-1", bought_on="2024-02-29")
    await put(park, f"{unique}-printer", kind="printer", name="=1+1")
    for language in ("fr", "en"):
        asked = {"customer": park.customer}
        answer = await park.keeper.get(
            "/v1/assets/export.xlsx", params=asked, headers={"Accept-Language": language}
        )
        assert answer.status_code == 200, answer.text
        async with inventory.as_("admin") as admin:
            shown = await sent(admin, answer.content, kind="assets")
            assert (counts(shown), shown["unknown_headings"]) == ((0, 0, 2, 0), [])


async def test_an_export_holds_what_its_reader_may_see(park: Park, unique: str, inventory: Running) -> None:
    await put(park, f"{unique}-pc")
    async with inventory.as_("customer-manager", f"{unique}-other") as other:
        answer: httpx.Response = await other.get("/v1/assets/export.xlsx")
    async with inventory.as_("admin") as admin:
        assert counts(await sent(admin, answer.content, kind="assets")) == (0, 0, 0, 0)
