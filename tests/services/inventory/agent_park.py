"""A customer's park as its agents fill it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from tests.services.inventory.agent_wire import Answered, Wire
from tests.services.inventory.agents import GLPI_AGENT, ZLIB, packed
from tests.services.inventory.test_api import keyed


@dataclass(frozen=True)
class Park:
    """A customer with a site, and an agent's key of its own."""

    keeper: httpx.AsyncClient
    wire: Wire
    customer: str
    site: str
    key: dict[str, Any]

    async def tell(self, message: Mapping[str, Any], headers: Mapping[str, str] = GLPI_AGENT) -> Answered:
        """An inventory as GLPI's agent sends it: packed, and said to be so in Content-Type."""
        answer = await self.wire.post(packed(message), {**headers, **ZLIB})
        assert answer.status == 200, answer.body
        return answer

    async def assets(self, **filters: str) -> list[dict[str, Any]]:
        found = await self.keeper.get("/v1/assets", params={"customer": self.customer, **filters})
        assert found.status_code == 200, found.text
        items: list[dict[str, Any]] = found.json()["items"]
        return items

    async def only(self) -> dict[str, Any]:
        [asset] = await self.assets()
        return asset

    async def about(self, asset: Mapping[str, Any], what: str) -> Any:
        found = await self.keeper.get(f"/v1/assets/{asset['id']}/{what}")
        assert found.status_code == 200, found.text
        return found.json()

    async def reviews(self) -> list[dict[str, Any]]:
        found = await self.keeper.get(
            "/v1/inventory/reviews", params={"customer": self.customer, "state": "open"}
        )
        items: list[dict[str, Any]] = found.json()["items"]
        return items

    async def decide(self, review: Mapping[str, Any], decision: str, asset_id: str | None = None) -> Any:
        body = {"decision": decision, **({} if asset_id is None else {"asset_id": asset_id})}
        path = f"/v1/inventory/reviews/{review['id']}/decide"
        return await self.keeper.post(path, json=body, headers=keyed())
