"""Tickets that plans, machines and renewals ask for, until they are open."""

from contracts.inventory.assets import MaintenanceDue
from tests.servers import until
from tests.services.ticket.running import Firm


async def test_the_desk_is_told_of_what_was_asked_for_and_cannot_be_opened(firm: Firm) -> None:
    due = MaintenanceDue(
        occurrence_id=f"{firm.name}-mo",
        plan_id="p",
        ticket_id=f"{firm.name}-pm",
        customer_id=firm.pasteur,
        site_id=firm.nord,
        category=f"{firm.name}-mistyped",
        summary=f"Onduleurs de {firm.name}",
        detail="",
    )
    async with firm.agent() as agent:

        async def told() -> bool:
            return due.summary in (await agent.get("/desk")).text

        await firm.service.publish(due, subject=due.ticket_id)
        await until(told, within=20)
        page = await agent.get("/desk", headers={"Accept-Language": "fr"})
        assert "Demandés, mais pas ouverts" in page.text
        assert due.category in page.text
