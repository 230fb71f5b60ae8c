"""What the stock's other routes and its pages read together: what to order, and what to load."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from infra.chassis.runtime import Runtime
from services.inventory.domain.movement import MovementKind
from services.inventory.domain.places import van_of
from services.inventory.domain.purchase import OPEN, PurchaseRequest, PurchaseState
from services.inventory.domain.replenishment import WINDOW_DAYS, Replenishment, replenished
from services.inventory.domain.reservation import Reservation, ReservationState
from services.inventory.domain.supply import supplies
from services.inventory.domain.transfer import TransferState
from services.inventory.domain.van_list import VanList, van_list
from services.inventory.store.parts import Parts
from services.inventory.store.purchases import PurchaseRequests
from services.inventory.store.reservations import Reservations
from services.inventory.store.sites import Sites
from services.inventory.store.stock import Movements, StockLevels, Transfers
from services.inventory.store.technicians import Technicians

MOST_DELIVERIES = 500
DELIVERIES_EACH = 20
DAY = timedelta(days=1)


async def replenishments(run: Runtime, days: int = WINDOW_DAYS) -> tuple[list[Replenishment], frozenset[str]]:
    """Each part with what there is of it and what to order, and the ids of the requests on order for it."""
    parts = [kept.value for kept in await run.find(Parts, {}, limit=0)]
    levels = [kept.value for kept in await run.find(StockLevels, {}, limit=0)]
    asked = {"state": {"$in": [PurchaseState.DRAFT.value, *(each.value for each in OPEN)]}}
    requests = [kept.value for kept in await run.find(PurchaseRequests, asked, limit=0)]
    lacking = {"missing.sku": {"$gt": ""}, "missing.0": {"$exists": True}}
    short = await run.find(Reservations, lacking, limit=0)
    sent = await run.find(Transfers, {"state": TransferState.ON_THE_WAY.value}, limit=0)
    return replenished(
        supplies(parts, levels, [kept.value for kept in sent]),
        await _use(run, days),
        await _leads(run),
        on_order=_pieces(each for each in requests if each.state in OPEN),
        drafted=_pieces(each for each in requests if each.state is PurchaseState.DRAFT),
        awaited=_awaited(kept.value for kept in short),
        days=days,
    ), frozenset(each.id for each in requests if each.state in OPEN)


async def van_list_of(run: Runtime, technician_id: str, day: date) -> VanList:
    """Of the visits that begin on that day where they are; a site of an unknown zone is in UTC."""
    now = run.clock.now()
    about = datetime.combine(day, time(), UTC)
    around = {"$gte": about - DAY, "$lt": about + 2 * DAY}
    states = [ReservationState.RESERVED.value, ReservationState.SHORT.value]
    asked = {"technician_id": technician_id, "planned_start": around, "state": {"$in": states}}
    found = [kept.value for kept in await run.find(Reservations, asked, limit=0)]
    zones = await _zones(run, {each.site_id for each in found if each.site_id is not None})
    technician = await run.read(Technicians, technician_id)
    since = {"$gte": now - timedelta(days=WINDOW_DAYS)}
    his = {"location": van_of(technician_id), "kind": MovementKind.ISSUED.value, "at": since}
    used = defaultdict[str, list[int]](list)
    for line in await run.collection(Movements.name).find(his, {"sku": 1, "quantity": 1}).to_list(None):
        used[line["sku"]].append(-line["quantity"])
    levels = {"$or": [{"location": van_of(technician_id)}, {"location": {"$regex": "^depot:"}}]}
    return van_list(
        technician_id,
        [each for each in found if _begins_on(each, day, zones)],
        [kept.value for kept in await run.find(Parts, {}, limit=0)],
        [kept.value for kept in await run.find(StockLevels, levels, limit=0)],
        used,
        days=WINDOW_DAYS,
        agency=technician.value.agency if technician is not None else None,
    )


async def tomorrow_of(run: Runtime, technician_id: str) -> date:
    """The day after today where his next visit is; in UTC, where he has none."""
    now = run.clock.now()
    coming = {"technician_id": technician_id, "planned_start": {"$gte": now}}
    found = await run.find(Reservations, coming, sort=(("planned_start", 1),), limit=1)
    site_id = found[0].value.site_id if found else None
    zone = "UTC" if site_id is None else (await _zones(run, {site_id})).get(site_id, "UTC")
    return (now.astimezone(ZoneInfo(zone)) + DAY).date()


async def days_at(run: Runtime, sites: Iterable[str]) -> Mapping[str, str]:
    """Which day (``YYYY-MM-DD``) it is at each of the sites; in UTC, where one is not known."""
    asked = set(sites)
    zones = await _zones(run, asked)
    now = run.clock.now()
    return {each: f"{now.astimezone(ZoneInfo(zones.get(each, 'UTC'))):%Y-%m-%d}" for each in asked}


def _begins_on(reservation: Reservation, day: date, zones: Mapping[str, str]) -> bool:
    start = reservation.planned_start
    zone = zones.get(reservation.site_id or "", "UTC")
    return start is not None and start.astimezone(ZoneInfo(zone)).date() == day


async def _zones(run: Runtime, sites: set[str]) -> dict[str, str]:
    found = await run.find(Sites, {"_id": {"$in": sorted(sites)}}, limit=0)
    return {kept.value.id: kept.value.time_zone for kept in found}


async def _use(run: Runtime, days: int) -> Mapping[str, Mapping[str, int]]:
    """Pieces used of each part on each day (UTC) of the last ``days``."""
    since = run.clock.now() - timedelta(days=days)
    asked = {"kind": MovementKind.ISSUED.value, "at": {"$gte": since}}
    lines = run.collection(Movements.name).find(asked, {"sku": 1, "quantity": 1, "at": 1})
    use: dict[str, dict[str, int]] = defaultdict(dict)
    async for line in lines:
        day = f"{line['at']:%Y-%m-%d}"
        use[line["sku"]][day] = use[line["sku"]].get(day, 0) - line["quantity"]
    return use


async def _leads(run: Runtime) -> Mapping[str, Sequence[float]]:
    """How many days each supplier's last deliveries took."""
    delivered = {"delivered_at": {"$gt": datetime.min.replace(tzinfo=UTC)}}
    found = await run.find(PurchaseRequests, delivered, sort=(("delivered_at", -1),), limit=MOST_DELIVERIES)
    leads = defaultdict[str, list[float]](list)
    for request in (kept.value for kept in found):
        if request.ordered is None or request.delivered_at is None:
            continue
        if len(leads[request.supplier or ""]) < DELIVERIES_EACH:
            took = (request.delivered_at - request.ordered.at) / DAY
            leads[request.supplier or ""].append(max(0.0, took))
    return leads


def _pieces(requests: Iterable[PurchaseRequest]) -> dict[str, int]:
    found = defaultdict[str, int](int)
    for request in requests:
        for line in request.lines:
            found[line.sku] += line.open
    return found


def _awaited(short: Iterable[Reservation]) -> dict[str, int]:
    found = defaultdict[str, int](int)
    for reservation in short:
        for each in reservation.missing:
            found[each.sku] += each.quantity
    return found
