"""Customers, contracts, contacts and work types over HTTP, on the real servers."""

from typing import Any

import httpx

from contracts.dispatch.states import TechnicianChanged
from contracts.ticket.states import ContactChanged, ContractChanged, CustomerChanged
from tests.servers import until
from tests.services.ticket.running import Firm, created, done, problem


async def test_putting_the_same_thing_again_changes_nothing(firm: Firm) -> None:
    path = f"/v1/customers/{firm.name}-new"
    body = {
        "name": "Nouveau",
        "vip_contacts": [],
        "critical_periods": [{"from": "2026-12-20T00:00:00+01:00", "to": "2026-12-31T00:00:00+01:00"}],
    }
    async with firm.service.as_("admin") as admin:
        first = await admin.put(path, json=body)
        created(first)
        second = await admin.put(path, json=body)
        assert done(second) == first.json() == done(await admin.get(path))
        assert first.headers["etag"] == second.headers["etag"] == '"1"'
        third = await admin.put(path, json={"name": "Autre nom"}, headers={"If-Match": '"1"'})
        assert done(third)["critical_periods"] == []
        assert third.headers["etag"] == '"2"'
        stale = await admin.put(path, json={"name": "Encore"}, headers={"If-Match": '"1"'})
        problem(stale, 412, "precondition-failed")
    assert first.json()["critical_periods"][0]["from"] == "2026-12-19T23:00:00.000Z"


async def test_the_vip_contacts_of_a_customer_are_contacts_of_his(firm: Firm) -> None:
    path, anne, elsewhere = f"/v1/customers/{firm.pasteur}", f"{firm.name}-anne", f"{firm.name}-luc"
    async with firm.service.as_("admin") as admin:
        for id, customer in ((anne, firm.pasteur), (elsewhere, firm.mairie)):
            created(await admin.put(f"/v1/contacts/{id}", json={"customer_id": customer, "name": "Anne"}))
        for wrong in (f"{firm.name}-nobody", elsewhere):
            refused = await admin.put(path, json={"name": "Pasteur", "vip_contacts": [anne, wrong]})
            assert problem(refused, 422, "unknown-reference")["id"] == wrong
        assert done(await admin.put(path, json={"name": "P", "vip_contacts": [anne]}))["vip_contacts"] == [
            anne
        ]


async def test_whom_a_customer_refuses_is_for_his_manager_and_for_those_who_plan(firm: Firm) -> None:
    lea, max_ = f"{firm.name}-lea", f"{firm.name}-max"
    path, wishes = f"/v1/customers/{firm.pasteur}", {"preferred": [lea], "refused": [max_]}
    for id in (lea, max_):
        await firm.service.publish(TechnicianChanged(technician_id=id, name=id, skills={}), subject=id)
    async with firm.service.as_("admin") as admin:
        unknown = {"name": "P", "technicians": {"refused": [f"{firm.name}-nobody"]}}
        problem(await admin.put(path, json=unknown), 422, "unknown-reference")
        assert done(await admin.put(path, json={"name": "P", "technicians": wishes}))["technicians"] == wishes
        torn = {"name": "P", "technicians": {"preferred": [lea], "refused": [lea]}}
        refused = await admin.put(path, json=torn, headers={"Accept-Language": "fr"})
        [error] = problem(refused, 422, "invalid-body")["errors"]
        assert (error["pointer"], f"pas les deux : {lea}" in error["detail"]) == ("/technicians", True)
    for role, seen in (("customer-manager", wishes), ("portal", None), ("requester", None)):
        async with firm.service.as_(role, firm.pasteur) as client:
            assert done(await client.get(path))["technicians"] == seen
            [listed] = done(await client.get("/v1/customers"))["items"]
            assert listed["technicians"] == seen
    async with firm.service.as_("dispatcher") as dispatcher:
        assert done(await dispatcher.get(path))["technicians"] == wishes
    async with firm.service.as_("technician") as technician:
        assert done(await technician.get(path))["technicians"] is None


async def test_a_changed_contract_gets_a_revision_and_keeps_the_old_one(firm: Firm) -> None:
    path = f"/v1/contracts/{firm.name}-c1"
    async with firm.service.as_("admin") as admin:
        first = done(await admin.get(path))
        assert first["revision"] == 1
        assert first["priority_matrix"]["high"] == {"high": "P1", "medium": "P2", "low": "P3"}
        assert done(await admin.put(path, json=firm.contract()))["revision"] == 1
        assert done(await admin.put(path, json=firm.contract(name="Avenant")))["revision"] == 2
        assert done(await admin.get(path))["name"] == "Avenant"
        assert done(await admin.get(path, params={"revision": 1})) == first
        problem(await admin.get(path, params={"revision": 3}), 404, "not-found")
    ticket = await firm.open()
    assert ticket["visits"][0]["contract_revision"] == 2


async def test_a_contract_with_a_priority_without_a_target_is_refused(firm: Firm) -> None:
    body = firm.contract()
    del body["targets"]["P4"]
    async with firm.service.as_("admin") as admin:
        refused = problem(
            await admin.put(f"/v1/contracts/{firm.name}-c2", json=body), 422, "priority-without-target"
        )
        assert refused["priorities"] == ["P4"]
        problem(await admin.get(f"/v1/contracts/{firm.name}-c2"), 404, "not-found")


async def test_every_form_of_target_and_calendar_is_taken(firm: Firm) -> None:
    targets: list[dict[str, Any]] = [
        {
            "name": "gti",
            "minutes": 240,
            "calendar": "office",
            "stops_on": ["waiting-for-client"],
            "met_by": "started",
        },
        {
            "name": "j1",
            "days": 1,
            "by": "18:00",
            "cutoff": "15:00",
            "calendar": "office",
            "stops_on": [],
            "met_by": "arrived",
            "on_reopen": "count",
        },
    ]
    twos = dict.fromkeys(("high", "medium", "low"), "P2")
    office = {
        "time_zone": "Europe/Paris",
        "weekly": {"mon": [["08:00", "12:00"], ["14:00", "18:00"]], "sat": [["08:00", "24:00"]]},
        "holidays": "FR-57",
        "good_friday": True,
        "exceptions": {"2026-12-24": [["08:00", "12:00"]], "2026-12-31": []},
    }
    listed = {"time_zone": "site", "weekly": {}, "holidays": ["2026-05-01"]}
    body = firm.contract(
        sites=[firm.nord],
        managers=["julie"],
        channels=["portal", "phone"],
        valid_to="2030-12-31",
        calendars={"office": office, "listed": listed},
        targets={"P1": targets, "P2": targets},
        priority_matrix={"high": twos, "medium": twos, "low": {**twos, "high": "P1"}},
        penalties={"rules": [{"name": "late", "per": "hour", "amount": "100"}]},
        billing={"model": "prepaid", "included": 600, "expiry": "2030-12-31", "rates": {"default": "65"}},
    )
    path = f"/v1/contracts/{firm.name}-c3"
    async with firm.service.as_("admin") as admin:
        made = created(await admin.put(path, json=body))
        assert made["targets"]["P1"][1]["by"] == "18:00"
        assert made["billing"]["rates"] == {"default": "65"}
        assert made["calendars"]["office"]["exceptions"]["2026-12-31"] == []
        assert done(await admin.put(path, json=body)) == made


async def test_what_services_publish_of_reference_data(firm: Firm) -> None:
    async with firm.service.as_("admin") as admin:
        body = {
            "customer_id": firm.pasteur,
            "name": "Anne",
            "email": "Anne@Pasteur.example",
            "sites": [firm.nord],
        }
        contact = created(await admin.put(f"/v1/contacts/{firm.name}-anne", json=body))
        assert contact["email"] == "anne@pasteur.example"
    expected = {
        "ticket.customers.v1": (firm.pasteur, CustomerChanged),
        "ticket.contracts.v1": (f"{firm.name}-c1", ContractChanged),
        "ticket.contacts.v1": (f"{firm.name}-anne", ContactChanged),
    }
    for topic, (key, model) in expected.items():

        async def told(topic: str = topic, key: str = key, model: type = model) -> bool:
            facts = await firm.service.read_facts(key, topic)
            return [type(payload) for _, payload in facts] == [model]

        await until(told, within=10)


async def test_a_work_type_needs_parts_that_exist(firm: Firm) -> None:
    body = {
        "name": {"fr": "Écran", "en": "Screen"},
        "kind": "incident",
        "skills": {},
        "duration_minutes": 30,
        "parts": [{"sku": f"{firm.name}-none", "quantity": 1}],
    }
    async with firm.service.as_("admin") as admin:
        refused = problem(
            await admin.put(f"/v1/work-types/{firm.name}-w", json=body), 422, "unknown-reference"
        )
        assert (refused["kind"], refused["id"]) == ("part", f"{firm.name}-none")


async def test_lists_go_on_where_they_stopped(firm: Firm) -> None:
    ids = [(await firm.open())["id"] for _ in range(5)]
    async with firm.portal() as portal:
        seen: list[str] = []
        url: str | None = "/v1/tickets?limit=2"
        while url is not None:
            answer = await portal.get(url)
            seen += [ticket["id"] for ticket in done(answer)["items"]]
            assert (answer.json()["next"] is None) == ("link" not in answer.headers)
            url = answer.links["next"]["url"] if "link" in answer.headers else None
        assert seen == ids
        last = done(await portal.get(f"/v1/tickets/{ids[2]}"))["updated_at"]
        later = done(await portal.get("/v1/tickets", params={"updated_after": last}))
        assert [ticket["id"] for ticket in later["items"]] == ids[3:]
        number = done(await portal.get(f"/v1/tickets/{ids[1]}"))["number"]
        assert [t["id"] for t in done(await portal.get(f"/v1/tickets?number={number}"))["items"]] == [ids[1]]
        assert done(await portal.get(f"/v1/tickets?site={firm.sud}"))["items"] == []
        assert len(done(await portal.get("/v1/tickets?state=new&state=closed"))["items"]) == 5
        assert done(await portal.get("/v1/tickets?state=closed"))["items"] == []


async def test_what_is_listed_by_its_change_says_when_that_was(firm: Firm) -> None:
    async with firm.service.as_("admin") as admin:
        anne = f"{firm.name}-anne"
        created(await admin.put(f"/v1/contacts/{anne}", json={"customer_id": firm.pasteur, "name": "Anne"}))
        for path in (
            f"/v1/customers/{firm.pasteur}",
            f"/v1/contracts/{firm.name}-c1",
            f"/v1/contacts/{anne}",
            f"/v1/work-types/{firm.laptop}",
        ):
            at = done(await admin.get(path))["updated_at"]
            collection, _, id = path.rpartition("/")
            assert id not in await ids_of(admin, f"{collection}?limit=200&updated_after={at}")
    ticket = await firm.open()
    async with firm.portal() as portal:
        assert done(await portal.get(f"/v1/tickets/{ticket['id']}"))["updated_at"] == ticket["updated_at"]


async def test_a_put_takes_a_key_too(firm: Firm) -> None:
    key = {"Idempotency-Key": f"{firm.name}-k"}
    async with firm.service.as_("admin") as admin:
        path = f"/v1/customers/{firm.name}-new"
        for _ in range(2):
            created(await admin.put(path, json={"name": "Neuf"}, headers=key))
        problem(await admin.put(path, json={"name": "Autre"}, headers=key), 422, "idempotency-key-reused")


async def test_a_contract_for_no_site_is_refused_and_one_for_all_says_so(firm: Firm) -> None:
    async with firm.service.as_("admin") as admin:
        none = await admin.put(f"/v1/contracts/{firm.name}-none", json=firm.contract(sites=[]))
        assert problem(none, 422, "invalid-body")["errors"][0]["pointer"] == "/sites"
        assert done(await admin.get(f"/v1/contracts/{firm.name}-c1"))["sites"] is None


async def test_tickets_are_found_by_what_they_are_about(firm: Firm) -> None:
    ticket = await firm.open()
    yes = {
        "customer": firm.pasteur,
        "site": ticket["sites"][0],
        "category": ticket["category"],
        "kind": ticket["kind"],
        "priority": ticket["priority"],
        "contract": ticket["visits"][0]["contract_id"],
    }
    no = {
        "category": "none",
        "kind": "training",
        "priority": "P5",
        "contract": "none",
        "asset": "none",
        "technician": "none",
    }
    async with firm.portal() as portal:
        for name, value in yes.items():
            assert await ids_of(portal, f"/v1/tickets?{name}={value}") == [ticket["id"]], name
        for name, value in no.items():
            assert await ids_of(portal, f"/v1/tickets?{name}={value}") == [], name
        for name, value in (("state", "banana"), ("priority", "P9"), ("kind", "x"), ("customer_id", "c")):
            refused = problem(await portal.get(f"/v1/tickets?{name}={value}"), 422, "invalid-parameter")
            assert refused["errors"][0]["parameter"] == name


async def ids_of(client: httpx.AsyncClient, path: str) -> list[str]:
    return [item["id"] for item in done(await client.get(path))["items"]]


async def test_two_customers_never_see_each_other(firm: Firm) -> None:
    ticket = await firm.open()
    async with firm.service.as_("admin") as admin:
        anne = f"{firm.name}-anne"
        created(await admin.put(f"/v1/contacts/{anne}", json={"customer_id": firm.pasteur, "name": "Anne"}))
    async with firm.service.as_("customer-manager", firm.mairie) as mairie:
        for path in (
            f"/v1/tickets/{ticket['id']}",
            f"/v1/tickets/{ticket['id']}/timeline",
            f"/v1/tickets/{ticket['id']}/sla",
            f"/v1/customers/{firm.pasteur}",
            f"/v1/contracts/{firm.name}-c1",
            f"/v1/contacts/{anne}",
        ):
            theirs = problem(await mairie.get(path), 404, "not-found")
            none = problem(await mairie.get(path.replace(firm.name, "nobody")), 404, "not-found")
            assert theirs["title"] == none["title"]
        note = {"text": "?", "public": True}
        problem(await mairie.post(f"/v1/tickets/{ticket['id']}/notes", json=note), 404, "not-found")
        mine = {"customer_id": firm.pasteur, "name": "Moi"}
        problem(await mairie.put(f"/v1/contacts/{firm.name}-x", json=mine), 422, "unknown-reference")
        stolen = {"customer_id": firm.mairie, "name": "Moi"}
        problem(await mairie.put(f"/v1/contacts/{anne}", json=stolen), 404, "not-found")
        assert await ids_of(mairie, "/v1/tickets") == []
        assert await ids_of(mairie, f"/v1/tickets?customer={firm.pasteur}") == []
        assert await ids_of(mairie, "/v1/contracts") == []
        assert await ids_of(mairie, "/v1/contacts") == []
        assert await ids_of(mairie, "/v1/customers") == [firm.mairie]
    async with firm.portal() as pasteur:
        assert await ids_of(pasteur, "/v1/tickets") == [ticket["id"]]
        assert await ids_of(pasteur, "/v1/contracts") == [f"{firm.name}-c1"]


async def test_roles_of_one_customer_see_what_concerns_them(firm: Firm) -> None:
    anne, bruno = f"{firm.name}-anne", f"{firm.name}-bruno"
    async with firm.service.as_("admin") as admin:
        for id, sites in ((anne, []), (bruno, [firm.sud])):
            body = {"customer_id": firm.pasteur, "name": id, "sites": sites}
            created(await admin.put(f"/v1/contacts/{id}", json=body))
    async with firm.service.as_("requester", firm.pasteur, anne) as requester:
        answer = await requester.post(
            "/v1/tickets", json=firm.asked(confidential=True), headers={"Idempotency-Key": "k1"}
        )
        secret = created(answer)
        assert secret["requester_id"] == anne
    south, north = await firm.open(firm.sud), await firm.open(firm.nord)
    sees: dict[tuple[str, str], set[str]] = {
        ("requester", anne): {secret["id"]},
        ("requester", bruno): set(),
        ("site-contact", bruno): {south["id"]},
        ("portal", "integration"): {south["id"], north["id"]},
        ("customer-manager", "boss"): {south["id"], north["id"], secret["id"]},
    }
    for (role, subject), expected in sees.items():
        async with firm.service.as_(role, firm.pasteur, subject) as client:
            assert set(await ids_of(client, "/v1/tickets")) == expected, role
            for id in (south["id"], north["id"], secret["id"]):
                status = (await client.get(f"/v1/tickets/{id}")).status_code
                assert status == (200 if id in expected else 404), (role, id)
    async with firm.service.as_("technician", subject="lea") as technician:
        assert await ids_of(technician, f"/v1/tickets?customer={firm.pasteur}") == []


async def test_a_manager_makes_no_contract_but_his_own_and_learns_nothing_of_others(firm: Firm) -> None:
    theirs, fresh = f"/v1/contracts/{firm.name}-c1", f"/v1/contracts/{firm.name}-c2"
    async with (
        firm.service.as_("contract-manager", subject="julie") as julie,
        firm.service.as_("admin") as admin,
    ):
        for body in (firm.contract(managers=["julie"]), firm.contract(customer_id="nobody")):
            answer = await julie.put(theirs, json=body, headers={"If-Match": '"99"'})
            assert "version" not in problem(answer, 404, "not-found")
        refused = problem(await julie.put(fresh, json=firm.contract()), 422, "not-its-manager")
        assert refused["manager"] == "julie"
        problem(await admin.get(fresh), 404, "not-found")
        created(await julie.put(fresh, json=firm.contract(managers=["julie"])))
        done(await julie.get(fresh))


async def test_a_contract_manager_sees_the_contracts_that_name_him(firm: Firm) -> None:
    path = f"/v1/contracts/{firm.name}-c1"
    ticket = await firm.open()
    async with (
        firm.service.as_("contract-manager", subject="julie") as julie,
        firm.service.as_("admin") as admin,
    ):
        problem(await julie.get(path), 404, "not-found")
        problem(await julie.put(path, json=firm.contract(managers=["julie"])), 404, "not-found")
        problem(await julie.get(f"/v1/tickets/{ticket['id']}"), 404, "not-found")
        done(await admin.put(path, json=firm.contract(managers=["julie"])))
        done(await julie.get(path))
        done(await julie.get(f"/v1/tickets/{ticket['id']}"))
        assert ticket["id"] in await ids_of(julie, f"/v1/tickets?customer={firm.pasteur}")
