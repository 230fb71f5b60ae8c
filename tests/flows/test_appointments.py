"""A client chooses when somebody comes, by a link in a mail: it is kept, and he is reminded of it."""

import re
from collections.abc import AsyncIterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import httpx
import pytest

from contracts.values import Language, rfc3339
from infra.chassis import moments
from tests.flows.clocks import now
from tests.flows.firm import Firm, Json, Request, Technician, done, problem
from tests.flows.platform import up
from tests.flows.test_satisfaction import mail_to
from tests.flows.waiting import until

pytestmark = pytest.mark.in_turn

PARIS = ZoneInfo("Europe/Paris")
FRENCH = {"Accept": "text/html", "Accept-Language": "fr"}
ENGLISH = {"Accept": "text/html", "Accept-Language": "en"}
LONG_MINUTES = 150
"""Two of them do not begin within one window of two hours."""


MONDAY = "2026-03-02T09:00:00+01:00"


@pytest.fixture
async def firm(tmp_path: Path, unique: str) -> AsyncIterator[Firm]:
    """On a platform of its own, for days pass on it."""
    async with up(tmp_path / "data", arguments=("--clock", MONDAY)) as platform:
        yield Firm(platform, unique)


async def slots_mailed(firm: Firm, address: str, *saying: str) -> list[str]:
    """The links of the mail that offers windows to somebody."""
    return re.findall(r"\S+/v1/appointments/\S+", await mail_to(firm, address, *saying))


async def opened(firm: Firm, link: str, headers: Mapping[str, str]) -> str:
    """The page that somebody without a login sees."""
    page = await firm.platform.client.get(link, headers=headers)
    assert page.status_code == 200, page.text
    return page.text.replace("\N{NO-BREAK SPACE}", " ")


async def chooses(firm: Firm, link: str, headers: Mapping[str, str]) -> httpx.Response:
    path, _, slot = link.partition("?slot=")
    return await firm.platform.client.post(path, data={"slot": slot}, headers=headers)


async def asked(firm: Firm, work: str, site: str, who: Json, **offered: str) -> Request:
    """A request whose requester is offered windows."""
    request = await firm.opens(work, site, urgent=False, requester=who)
    await request.visit.is_("planned", "dispatched")
    done(await firm.agent.post(f"/v1/visits/{request.visit.id}/offer-slots", offered))
    return request


async def test_an_appointment_is_chosen_kept_reminded_of_and_offered_anew_after_a_visit_in_vain(
    firm: Firm,
) -> None:
    acme, lea = await firm.customer(), await firm.technician("lea")
    site, work = await firm.site(acme), await firm.work(minutes=LONG_MINUTES)
    people = {
        language: {"name": name, "email": f"{name}@{acme.id}.example", "language": language}
        for language, name in (("fr", "anne"), ("en", "bob"))
    }
    for who in people.values():
        done(await firm.agent.put(f"/v1/contacts/{firm.id(who['name'])}", {"customer_id": acme.id, **who}))
    anne, bob = ({"name": each["name"], "email": each["email"]} for each in people.values())
    day = (await now(firm) + timedelta(days=3)).astimezone(PARIS)
    day = day.replace(hour=8, minute=0, second=0, microsecond=0)
    when = {"from": rfc3339(day), "to": rfc3339(day + timedelta(hours=3))}
    first = await asked(firm, work, site, anne, **when)
    await asked(firm, work, site, bob, **when)

    link = (await slots_mailed(firm, anne["email"], "Quand notre technicien peut-il passer"))[0]
    assert "entre 08 h 00 et 10 h 00" in await opened(firm, link, FRENCH)
    chosen = await chooses(firm, link, FRENCH)
    assert "notre technicien arrivera" in chosen.text
    visit = await first.visit.is_("planned", "dispatched", to=lea)
    assert visit["arrival_from"] == visit["appointment_from"]
    assert datetime.fromisoformat(visit["arrival_from"]) == day
    assert day <= datetime.fromisoformat(visit["planned_start"]) <= day + timedelta(hours=2)
    await mail_to(firm, anne["email"], "Votre rendez-vous est confirmé", "entre 08 h 00 et 10 h 00")

    taken = (await slots_mailed(firm, bob["email"], "When may our technician come"))[0]
    assert "between 08:00 and 10:00" in await opened(firm, taken, ENGLISH)
    refused = await chooses(firm, taken, ENGLISH)
    assert (refused.status_code, "has just been taken" in refused.text) == (409, True)
    path = taken.partition("?")[0]
    problem(await firm.platform.client.post(path, json={"slot": "1"}), 409, "slot-gone")
    assert len(done(await firm.platform.client.get(path))["slots"]) > 1, "others are offered"
    problem(await firm.platform.client.get(f"{path}x"), 404, "no-such-link")

    await lea.does(first.visit, "acknowledge")
    await firm.platform.step(day - timedelta(hours=1))
    await mail_to(firm, anne["email"], "Pour rappel", "entre 08 h 00 et 10 h 00")
    await comes_in_vain(firm, first, lea, day)
    told = await mail_to(firm, anne["email"], "n’a trouvé personne", "entre 08 h 00 et 10 h 00")
    assert "téléphone" in told
    await first.is_("on-hold")

    last = (await offered_anew(firm, first))[-1]
    again = (await slots_mailed(firm, anne["email"], "Quand notre technicien", in_french(last)))[-1]
    assert "notre technicien arrivera" in (await chooses(firm, again, FRENCH)).text
    await first.has_visits(2)
    following = await (await first.visit_at(site)).is_("planned", "dispatched", to=lea)
    assert following["arrival_from"] == last["arrival_from"]


async def comes_in_vain(firm: Firm, request: Request, lea: Technician, at: datetime) -> None:
    """She goes there when it was promised, and rings in vain."""
    await firm.platform.step(at + timedelta(minutes=5))
    await lea.does(request.visit, "depart", "arrive")
    tried = {"at": rfc3339(await now(firm)), "channel": "phone"}
    await lea.closes(request.visit, "user-absent", contact_attempts=[tried])


async def offered_anew(firm: Firm, request: Request) -> list[Json]:
    """The windows offered after a visit in vain, once they are."""
    found: list[Json] = []

    async def are() -> bool:
        shown = done(await firm.agent.get(f"/v1/visits/{request.visit.id}/appointment"))
        found[:] = shown["slots"]
        return bool(shown["state"] == "offered")

    await until(are, why="for other windows")
    return found


def in_french(slot: Json) -> str:
    """The window as a mail says it."""
    first, last = (datetime.fromisoformat(slot[name]) for name in ("arrival_from", "arrival_to"))
    return moments.window(first, last, PARIS, Language.FR)
