"""Who changed which reference data, over HTTP, and the pages of set-up, on the real servers."""

from typing import Any

from tests.services.ticket.running import Firm, created, done, problem

PAGE = {"Accept": "text/html"}


async def _audit(firm: Firm, **asked: Any) -> list[dict[str, Any]]:
    async with firm.service.as_("admin") as admin:
        items: list[dict[str, Any]] = done(await admin.get("/v1/audit/ticket", params=asked))["items"]
        return items


async def test_each_accepted_change_is_told_with_its_author_and_a_refused_one_is_not(firm: Firm) -> None:
    id, ada = f"{firm.name}-audited", f"{firm.name}-ada"
    path = f"/v1/customers/{id}"
    async with firm.service.as_("admin", subject=ada) as admin:
        created(await admin.put(path, json={"name": "Before"}))
        done(await admin.put(path, json={"name": "After"}))
        late = await admin.put(path, json={"name": "Late"}, headers={"If-Match": '"1"'})
        problem(late, 412, "precondition-failed")
        done(await admin.put(path, json={"name": "After"}))
    made, changed = await _audit(firm, entity="customers", id=id)
    assert (made["what"], made["person"], made["role"]) == ("created", ada, "admin")
    assert changed["changes"] == [{"field": "name", "before": "Before", "after": "After"}]
    assert await _audit(firm, person=ada) == [made, changed]
    assert await _audit(firm, person=ada, **{"from": changed["at"]}) == [changed]
    assert await _audit(firm, person=ada, to=changed["at"]) == [made]
    [first] = await _audit(firm, person=ada, limit=1)
    assert first == made


async def test_a_change_sent_twice_with_one_key_is_told_once(firm: Firm) -> None:
    id = f"{firm.name}-once"
    async with firm.service.as_("admin") as admin:
        for _ in range(2):
            body, key = {"name": "Once"}, {"Idempotency-Key": f"{id}-key"}
            assert (await admin.put(f"/v1/customers/{id}", json=body, headers=key)).is_success
    assert len(await _audit(firm, entity="customers", id=id)) == 1


async def test_peoples_addresses_are_masked(firm: Firm) -> None:
    id = f"{firm.name}-anne"
    body = {"customer_id": firm.pasteur, "name": "Anne", "email": "anne@pasteur.example"}
    async with firm.service.as_("admin") as admin:
        created(await admin.put(f"/v1/contacts/{id}", json=body))
        done(
            await admin.put(
                f"/v1/contacts/{id}", json={**body, "email": "a@pasteur.example", "role": "Chief"}
            )
        )
    told = await _audit(firm, entity="contacts", id=id)
    assert "anne@" not in str(told)
    assert {each["field"]: each["after"] for each in told[1]["changes"]} == {"email": "•••", "role": "Chief"}


async def test_who_changed_what_is_for_administrators(firm: Firm) -> None:
    for role in ("contract-manager", "dispatcher", "technician", "agent"):
        async with firm.service.as_(role) as other:
            problem(await other.get("/v1/audit/ticket"), 403, "forbidden-role")
            assert (await other.get("/admin/ticket/audit", headers=PAGE)).status_code == 403
    async with firm.service.as_("customer-manager", firm.pasteur) as client:
        problem(await client.get("/v1/audit/ticket"), 403, "forbidden-role")
        assert (await client.get("/admin/ticket/contracts", headers=PAGE)).status_code == 403


async def test_a_contract_manager_sets_up_the_contracts_that_name_him_and_no_trees(firm: Firm) -> None:
    async with firm.service.as_("admin") as admin:
        listed = await admin.get("/admin/ticket/contracts", params={"q": firm.name})
        assert f"{firm.name}-c1" in listed.text
        assert "<form" in (await admin.get(f"/admin/ticket/contracts/{firm.name}-c1")).text
        missing = await admin.get(f"/admin/ticket/contracts/{firm.name}-none")
        assert missing.status_code == 404
        assert (await admin.get("/admin/ticket/contracts/row", params={"at": "nothing"})).status_code == 404
    async with firm.service.as_("contract-manager", subject=f"{firm.name}-other") as other:
        assert (await other.get(f"/admin/ticket/contracts/{firm.name}-c1")).status_code == 404
        assert (await other.get("/admin/ticket/diagnoses")).status_code == 403
