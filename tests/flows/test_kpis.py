"""What really happened on the spot is in the figures, with the definition of each beside it."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.flows.firm import Customer, Firm, Json, done, problem, promise
from tests.flows.waiting import until


async def seen(customer: Customer, language: str = "en", **asked: str) -> dict[str, Json]:
    """The figures of these days as the customer's manager reads them."""
    today = datetime.now(UTC).date()
    days = {"from": str(today - timedelta(days=1)), "to": str(today + timedelta(days=1)), **asked}
    manager = customer.manager
    headers = {**manager.headers, "Accept-Language": language}
    answer = await manager.platform.client.get("/v1/kpis", params=days, headers=headers)
    return {each["kpi"]: each for each in done(answer)["items"]}


@pytest.mark.parametrize(
    ("language", "definition", "reason"),
    [
        ("fr", "Part des tickets dont la première visite", "la première visite n'a pas résolu"),
        ("en", "Share of tickets whose first visit", "the first visit did not fix it"),
    ],
)
async def test_a_closed_visit_is_in_the_figures_of_its_customer(
    firm: Firm, language: str, definition: str, reason: str
) -> None:
    acme = await firm.customer()
    site, category = await firm.site(acme), await firm.work()
    await firm.contract(acme, promise(240))
    lea = await firm.technician("lea")
    fixed = await firm.opens(category, site, by=acme.portal)
    await fixed.visit.is_("dispatched", to=lea)
    await lea.works_on(fixed.visit)
    await lea.closes(fixed.visit, work_done="Alimentation changée")
    await fixed.is_("resolved")
    vain = await firm.opens(category, site, by=acme.portal)
    await vain.visit.is_("dispatched", to=lea)
    await lea.works_on(vain.visit)
    await lea.closes(vain.visit, "no-access", work_done="Porte fermée")

    async def told() -> bool:
        return bool((await seen(acme))["no-access"]["n"] == 2)

    await until(told, why="for both closings to reach the figures")
    said = await seen(acme, language)
    figure = said["first-time-fix"]
    # The one that was fixed may still be reopened: it is not known yet.
    assert (figure["value"], figure["n"], figure["unknown"]) == (0.0, 1, 1)
    assert figure["definition"].startswith(definition)
    assert (said["no-access"]["value"], said["opened"]["value"], said["backlog"]["value"]) == (50.0, 2, 1)
    assert (said["commitments-kept"]["value"], said["remote-solved"]["value"]) == (100.0, 0.0)
    assert said["on-time-arrival"]["n"] == 2
    assert said["hours-used"]["n"] == 2
    assert said["mttr-open-mean"]["n"] == 1

    today = datetime.now(UTC).date()
    asked = {"from": str(today - timedelta(days=1)), "to": str(today + timedelta(days=1))}
    headers = {**acme.manager.headers, "Accept-Language": language}
    behind = done(
        await firm.platform.client.get("/v1/kpis/first-time-fix/tickets", params=asked, headers=headers)
    )["items"]
    assert {each["ticket_id"]: (each["standing"], each["reason_text"]) for each in behind}[vain.id] == (
        "counted",
        reason,
    )
    assert {each["ticket_id"]: each["reason"] for each in behind}[fixed.id] == "too-young"


async def test_nobody_sees_another_customers_figures_or_those_of_single_persons(firm: Firm) -> None:
    acme, other = await firm.customer(), await firm.customer("other")
    problem(await other.manager.get("/v1/kpis", customer=acme.id), 404, "not-found")
    problem(await firm.agent.get("/v1/kpis", breakdown_by="technician"), 403, "per-person-figures-off")
