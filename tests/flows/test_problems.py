"""A cause that comes back becomes a problem, and the problem maintenance where it has not happened yet."""

import pytest

from tests.flows.firm import Customer, Firm, done, problem
from tests.flows.waiting import until


async def machine(firm: Firm, name: str, site: str, model: str) -> str:
    id = firm.id(name)
    body = {"site_id": site, "name": name, "kind": "printer", "manufacturer": "HP", "model": model}
    done(await firm.stock_keeper.put(f"/v1/assets/{id}", body))
    return id


async def fails(firm: Firm, work: str, site: str, asset: str, by: Customer, cause: str) -> str:
    request = await firm.opens(work, site, by=by.portal, urgent=False, asset=asset)
    told = {"work_done": "Fusible changé", "cause": cause}
    done(await firm.agent.post(f"/v1/tickets/{request.id}/resolve", told))
    return request.id


async def test_three_of_one_cause_on_one_model_are_a_problem_whose_prevention_is_planned(firm: Firm) -> None:
    acme, work = await firm.customer(), await firm.work()
    office, plant = await firm.site(acme), await firm.site(acme, "plant")
    await firm.technician("lea")
    model = f"LaserJet {firm.id('model')}"
    machines = [
        await machine(firm, name, site, wording)
        for name, site, wording in (
            ("one", office, model),
            ("two", office, model.upper()),
            ("three", office, f"HP {model}"),
            ("four", plant, model),
        )
    ]
    cause = f"Fusible {firm.id('fuse')} grillé"
    failed = [await fails(firm, work, office, each, acme, cause) for each in machines[:3]]

    found = done(await firm.agent.get("/v1/problems", ticket=failed[0]))["items"]
    [proposed] = found
    assert (proposed["state"], proposed["customer_id"], proposed["tickets"]) == ("proposed", acme.id, failed)
    where = f"/v1/problems/{proposed['id']}"
    problem(await acme.portal.get(where), 404, "not-found")

    taken_up = done(await firm.agent.post(f"{where}/open"))
    assert {each["site_id"] for each in taken_up["prevention"]["spots"]} == {office, plant}
    assert done(await acme.portal.get(where))["prevention"] is None
    before = done(await acme.portal.get("/v1/tickets", kind="maintenance"))["items"]
    assert before == [], "the client sees a proposal that nobody has accepted"

    accepted = [
        done(await firm.agent.post(f"{where}/prevention/accept"))["prevention"]["tickets"] for _ in range(2)
    ]
    assert accepted[0] == accepted[1]
    [ticket] = done(await acme.portal.get("/v1/tickets", kind="maintenance"))["items"]
    assert (ticket["id"], set(ticket["sites"])) == (accepted[0][acme.id], {office, plant})
    assert machines[3] in ticket["description"]

    async def both_are_planned() -> bool:
        shown = done(await firm.agent.get(f"/v1/tickets/{ticket['id']}"))["visits"]
        return len(shown) == 2 and all(each["technician_id"] for each in shown)

    await until(both_are_planned, why="for both visits to be planned")


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("fr", "Aucune machine de son modèle n'est connue"),
        ("en", "No machine of its model is known"),
    ],
)
async def test_what_is_not_in_the_park_has_nothing_to_prevent(
    firm: Firm, language: str, sentence: str
) -> None:
    work = await firm.work()
    about = {"title": "Fuses", "cause": "Fuse", "model": firm.id("unheard-of")}
    opened = done(await firm.agent.post("/v1/problems", about))
    proposal = {"category": work, "text": "Change the fuse"}
    answer = await firm.agent.post(
        f"/v1/problems/{opened['id']}/prevention", proposal, **{"Accept-Language": language}
    )
    assert problem(answer, 422, "nothing-to-prevent")["detail"].startswith(sentence)
