"""A contract changes from a day on, says beforehand what it will promise, and who pays is agreed first."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from contracts.values import parse_rfc3339, rfc3339
from tests.flows.clocks import now
from tests.flows.firm import ALWAYS, Customer, Firm, Json, done, problem, promise
from tests.flows.platform import up
from tests.flows.test_live_streams import until_mailed
from tests.flows.waiting import until

pytestmark = pytest.mark.in_turn

PARIS = ZoneInfo("Europe/Paris")
THURSDAY_EVENING = "2026-11-26T20:00:00+01:00"
OFFICE = {day: [["08:00", "18:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}


def terms(customer: Customer, minutes: int, *, calendar: str = "always", **changes: Any) -> Json:
    """What a contract says: so many minutes for every priority."""
    promised = {**promise(minutes), "calendar": calendar, "stops_on": ["waiting-for-approval"]}
    return {
        "customer_id": customer.id,
        "name": f"{minutes} minutes",
        "valid_from": "2016-01-01",
        "calendars": {
            "always": {"time_zone": "site", "weekly": ALWAYS},
            "office": {"time_zone": "site", "weekly": OFFICE, "holidays": "site"},
        },
        "targets": {f"P{n}": [promised] for n in range(1, 6)},
        **changes,
    }


async def allowed_minutes(firm: Firm, answer: Json) -> float:
    """What the ticket's clock allows between its opening and its deadline."""
    [clock] = done(await firm.agent.get(f"/v1/tickets/{answer['id']}/sla"))["items"]
    span = parse_rfc3339(clock["due_at"]) - parse_rfc3339(clock["starts_at"])
    return span / timedelta(minutes=1)


async def test_a_change_is_used_from_its_day_on_and_what_was_before_stays(
    tmp_path: Path, unique: str
) -> None:
    async with up(tmp_path / "data", arguments=("--clock", THURSDAY_EVENING)) as platform:
        firm = Firm(platform, unique)
        acme = await firm.customer()
        site, work = await firm.site(acme), await firm.work()
        path = f"/v1/contracts/{acme.id}-care"
        done(await firm.admin.put(path, terms(acme, 240)))
        planned = done(await firm.admin.put(path, terms(acme, 120, applies_from="2026-11-27")))
        assert (planned["name"], planned["applies_from"]) == ("120 minutes", "2026-11-27")
        today = done(await firm.admin.get(path))
        assert (today["name"], today["planned"]) == (
            "240 minutes",
            [{"revision": 2, "applies_from": "2026-11-27"}],
        )
        for day, name in (("2026-11-26", "240 minutes"), ("2026-11-27", "120 minutes")):
            assert done(await firm.admin.get(path, on=day))["name"] == name
        before = done(await firm.agent.post("/v1/tickets", firm.request(work, site)))

        await platform.quiet()
        await platform.step(datetime(2026, 11, 27, 8, tzinfo=PARIS))
        assert done(await firm.admin.get(path))["name"] == "120 minutes"
        known = platform.db("notify").contracts_copy

        async def notify_knows() -> bool:
            found = await known.find_one({"_id": f"{acme.id}-care"})
            return found is not None and found["name"] == "120 minutes"

        await until(notify_knows, why="for the new terms to be told")
        after = done(await firm.agent.post("/v1/tickets", firm.request(work, site)))
        yesterday = datetime(2026, 11, 26, 23, 59, tzinfo=PARIS)
        late = firm.request(work, site, occurred_at=yesterday.isoformat())
        typed_in_late = done(await firm.agent.post("/v1/tickets", late))
        assert [await allowed_minutes(firm, each) for each in (before, after, typed_in_late)] == [
            240,
            120,
            240,
        ]
        versions = done(await firm.admin.get(f"{path}/versions"))["items"]
        assert [(each["applies_from"], each["author"]) for each in versions] == [
            ("2016-01-01", f"admin:{firm.admin.id}"),
            ("2026-11-27", f"admin:{firm.admin.id}"),
        ]
        assert {"path": "targets.P1.repair.minutes", "before": 240, "after": 120} in versions[1]["changes"]


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("fr", "mais ce qui valait avant le {today} ne change plus"),
        ("en", "but what applied before {today} stays as it was"),
    ],
)
async def test_the_past_is_not_rewritten(firm: Firm, language: str, sentence: str) -> None:
    acme = await firm.customer()
    await firm.site(acme)
    path = f"/v1/contracts/{acme.id}-care"
    done(await firm.admin.put(path, terms(acme, 240)))
    today = (await now(firm)).astimezone(PARIS).date()
    yesterday = (today - timedelta(days=1)).isoformat()
    answer = await firm.admin.put(
        path, terms(acme, 120, applies_from=yesterday), **{"Accept-Language": language}
    )
    refused = problem(answer, 422, "rewrites-the-past")
    assert sentence.format(today=today) in refused["detail"]
    assert refused["earliest"] == today.isoformat()


FRENCH = (
    "repair : un P1 déclaré le vendredi 27 novembre 2026 à 17 h 50 serait dû le lundi 30 novembre 2026 à "
    "09 h 50 ; selon les termes actuels, il serait dû le vendredi 27 novembre 2026 à 21 h 50."
)
ENGLISH = (
    "repair: a P1 declared on Friday 27 November 2026 at 17:50 would be due on Monday 30 November 2026 at "
    "09:50; under the present terms it would be due on Friday 27 November 2026 at 21:50."
)


@pytest.mark.parametrize(("language", "sentence"), [("fr", FRENCH), ("en", ENGLISH)])
async def test_what_a_change_would_promise_is_seen_beforehand(
    firm: Firm, language: str, sentence: str
) -> None:
    acme = await firm.customer()
    site, path = await firm.site(acme), f"/v1/contracts/{acme.id}-care"
    done(await firm.admin.put(path, terms(acme, 240)))
    body = {
        "id": f"{acme.id}-care",
        "contract": terms(acme, 120, calendar="office"),
        "samples": [{"priority": "P1", "site": site, "declared_at": "2026-11-27T17:50:00+01:00"}],
    }
    answer = await firm.admin.post("/v1/contracts/preview", body, **{"Accept-Language": language})
    [sample] = done(answer)["samples"]
    assert [each["sentence"] for each in sample["targets"]] == [sentence]
    assert done(await firm.admin.get(path))["revision"] == 1


@pytest.mark.parametrize(
    ("language", "why", "subject"),
    [
        ("fr", "Le contrat ne couvre pas ce genre de travail.", "un devis attend votre accord"),
        ("en", "The contract does not cover work of this category.", "a quote awaits your approval"),
    ],
)
async def test_work_out_of_contract_is_quoted_and_approved_before_somebody_goes(
    firm: Firm, language: str, why: str, subject: str
) -> None:
    acme, other = await firm.customer(), await firm.customer("other")
    site, work = await firm.site(acme), await firm.work()
    lea = await firm.technician("lea")
    coverage = {"excluded_categories": [work], "out_needs_approval": True}
    done(await firm.admin.put(f"/v1/contracts/{acme.id}-care", terms(acme, 240, coverage=coverage)))
    ann = firm.id("ann")
    address = f"{ann}@acme.example"
    contact = {"customer_id": acme.id, "name": "Ann", "email": address, "language": language}
    done(await firm.admin.put(f"/v1/contacts/{ann}", contact))
    requester = {"name": "Ann", "email": address}
    request = await firm.opens(work, site, by=acme.portal, requester=requester)
    where = f"/v1/tickets/{request.id}"
    headers = {**acme.portal.headers, "Accept-Language": language}
    shown = done(await firm.platform.client.get(where, headers=headers))
    assert (shown["state"], shown["visits"]) == ("on-hold", [])
    [paid] = shown["coverage"]
    assert (paid["coverage"], paid["sentence"], paid["awaits_approval"]) == ("out", why, True)
    assert [each["state"] for each in shown["sla"]] == ["paused"]
    problem(await acme.portal.post(f"{where}/approve", {"purchase_order": "BC-1"}), 422, "no-open-quote")

    quote = {
        "lines": [{"text": "Main d'œuvre", "quantity": "1.5", "unit_price": "85.35"}],
        "currency": "EUR",
        "valid_until": rfc3339(await now(firm) + timedelta(days=7)),
    }
    problem(await acme.portal.post(f"{where}/quote", quote), 403, "forbidden-role")
    floats = {**quote, "lines": [{"text": "x", "quantity": "1", "unit_price": 85.35}]}
    problem(await firm.agent.post(f"{where}/quote", floats), 422, "invalid-body")
    done(await firm.agent.post(f"{where}/quote", quote))
    await until_mailed(firm, address, subject)
    read = done(await acme.portal.get(f"{where}/quote"))
    assert (read["total"], read["state"], read["lines"][0]["amount"]) == ("128.03", "open", "128.03")
    for theirs in (
        other.portal.get(f"{where}/quote"),
        other.portal.post(f"{where}/refuse-quote", {"reason": "x"}),
    ):
        problem(await theirs, 404, "not-found")

    approved = done(await acme.portal.post(f"{where}/approve", {"purchase_order": "BC-118"}))
    assert approved["state"] != "on-hold"
    await request.visit.is_("dispatched", "acknowledged", to=lea)
    assert done(await acme.portal.get(f"{where}/quote"))["purchase_order"] == "BC-118"
    await request.tells("ticket-held", "quote-sent", "quote-approved", "ticket-resumed", "visits-requested")


@pytest.mark.parametrize(
    ("language", "standing"),
    [
        ("fr", "Non compté, d'un commun accord : du "),
        ("en", "Not counted, as was agreed: from "),
    ],
)
async def test_time_that_was_agreed_not_to_count_is_left_out_and_explained(
    firm: Firm, language: str, standing: str
) -> None:
    acme = await firm.customer()
    julie, stranger = firm.contract_manager("julie"), firm.contract_manager("stranger")
    body = terms(acme, 60, managers=[julie.id])
    site, work = await firm.site(acme), await firm.work()
    done(await firm.admin.put(f"/v1/contracts/{acme.id}-care", body))
    opened = await now(firm) - timedelta(minutes=90)
    request = await firm.opens(work, site, occurred_at=rfc3339(opened))
    where = f"/v1/tickets/{request.id}"
    [late] = done(await julie.get(f"{where}/sla"))["items"]
    assert late["state"] == "breached"
    agreed = {
        "from": rfc3339(opened + timedelta(minutes=10)),
        "to": rfc3339(opened + timedelta(minutes=70)),
        "reason": "Site fermé",
        "agreed_by": "Mme Roux",
    }
    problem(await firm.agent.post(f"{where}/exclusions", agreed), 403, "forbidden-role")
    problem(await stranger.post(f"{where}/exclusions", agreed), 404, "not-found")
    done(await julie.post(f"{where}/exclusions", agreed))
    problem(await julie.post(f"{where}/exclusions", agreed), 422, "exclusion-overlaps")
    await request.tells("time-excluded", "sla-corrected")
    headers = {**julie.headers, "Accept-Language": language}
    answer = await firm.platform.client.get(f"{where}/sla", params={"explain": "true"}, headers=headers)
    [clock] = done(answer)["items"]
    assert clock["state"] == "running"
    assert parse_rfc3339(clock["due_at"]) == parse_rfc3339(clock["starts_at"]) + timedelta(minutes=120)
    [left_out] = [each for each in clock["intervals"] if each["standing"] == "excluded"]
    assert left_out["sentence"].startswith(standing)
    assert "Site fermé" in left_out["sentence"]
    corrected = done(
        await julie.post(f"{where}/coverage", {"coverage": "warranty", "reason": "sous garantie Dell"})
    )
    [paid] = corrected["coverage"]
    assert (paid["coverage"], paid["originally"], paid["corrected"]["by"]) == ("warranty", "in", julie.id)
