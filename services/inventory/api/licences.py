"""``/v1/assets/licences``: what was bought against what is installed."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel

from contracts.values import Id
from infra.chassis.http.auth import allow
from infra.chassis.http.principal import Principal
from infra.chassis.runtime import Runtime
from infra.chassis.service import Run
from services.inventory.api.boundary import require_customer, sites_filter
from services.inventory.domain.asset import Status
from services.inventory.domain.licences import KIND, Counted, look_at
from services.inventory.store.assets import Assets
from services.inventory.store.machines import SoftwareLists

MOST_LICENCES = 500
MOST_MACHINES = 200
AT_ONCE = 200

router = APIRouter(tags=["assets"])


class LicenceView(BaseModel):
    """``free`` is below nothing where more is installed than was bought; null where nobody knows the seats.

    ``machines`` are at most 200 of the ``installed``.
    """

    asset_id: str
    name: str
    software: str
    publisher: str | None
    expires_on: date | None
    seats: int | None
    installed: int
    free: int | None
    use: str
    machines: list[str]


class LicenceListView(BaseModel):
    customer_id: str
    items: list[LicenceView]


@router.get("/v1/assets/licences")
async def list_licences(
    customer: Id, who: Annotated[Principal, allow("assets:read")], run: Run
) -> LicenceListView:
    """A customer's assets of the kind `licence`, with the machines that report what each is for."""
    await require_customer(run, who, customer, "customer", customer)
    counted = await licences_of(run, who, customer)
    return LicenceListView(customer_id=customer, items=[_view(each) for each in counted])


async def licences_of(run: Runtime, who: Principal, customer: str) -> list[Counted]:
    """By name, of the sites that he may see; machines that have left the park take no seat."""
    within = await sites_filter(run, who, "site_id")
    query = {
        "$and": [within, {"customer_id": customer, "kind": KIND, "status": {"$ne": Status.DISPOSED.value}}]
    }
    found = await run.find(Assets, query, limit=MOST_LICENCES)
    counted = [Counted(kept.value) for kept in found]
    if not counted:
        return []
    last = ""
    while lists := await run.find(
        SoftwareLists, {"customer_id": customer, "_id": {"$gt": last}}, limit=AT_ONCE
    ):
        last = lists[-1].value.id
        here = {
            kept.value.id
            for kept in await run.find(
                Assets, {"$and": [within, {"_id": {"$in": [each.value.id for each in lists]}}]}, limit=0
            )
            if kept.value.status is not Status.DISPOSED
        }
        for kept in lists:
            if kept.value.id in here:
                look_at(counted, kept.value.id, kept.value.items)
    return sorted(counted, key=lambda each: each.licence.name.casefold())


def _view(counted: Counted) -> LicenceView:
    fields, seats = counted.licence.fields, counted.seats
    expires = fields.get("expires_on")
    return LicenceView(
        asset_id=counted.licence.id,
        name=counted.licence.name,
        software=str(fields.get("software") or counted.licence.name),
        publisher=str(fields["publisher"]) if fields.get("publisher") else None,
        expires_on=day_of(expires),
        seats=seats,
        installed=counted.installed,
        free=None if seats is None else seats - counted.installed,
        use=counted.use,
        machines=counted.machines[:MOST_MACHINES],
    )


def day_of(said: object) -> date | None:
    """The day that a field says, where it says one."""
    try:
        return date.fromisoformat(str(said))
    except ValueError:
        return None
