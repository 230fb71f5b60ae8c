"""What a contract would promise, seen before it is written: by the clocks that tickets have."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from contracts.refusal import Refusal, UnknownReference
from contracts.values import HoldReason, Impact, Priority, Urgency
from services.ticket.domain.contract import Terms
from services.ticket.domain.contract_preview import Preview, Sample, SampleHold
from services.ticket.store.contracts import ContractRevisions, Contracts
from services.ticket.usecases.preview_contract import PreviewContract
from services.ticket.usecases.put_contract import PutContract
from tests.services.ticket.running import Firm, done, problem
from tests.services.ticket.sample import AGENT, a_world, at, opened, target, terms
from tests.world import World

OFFICE = {
    "time_zone": "site",
    "weekly": {day: [["08:00", "18:00"]] for day in ("mon", "tue", "wed", "thu", "fri")},
    "holidays": "site",
}
FRIDAY_1750 = datetime(2026, 3, 6, 16, 50, tzinfo=UTC)
TWO_HOURS = {p: (target(minutes=120, calendar="office"),) for p in Priority}


def at_the_office(**changes: Any) -> Terms:
    return terms(**{"calendars": {"office": OFFICE}, "targets": TWO_HOURS, **changes})


def preview(world: World, agreed: Terms, *samples: Sample, id: str | None = None, **more: Any) -> Preview:
    return world.do(PreviewContract(id, "pasteur", agreed, samples, **more))


def test_a_p1_late_on_friday_is_due_on_monday_morning() -> None:
    world = a_world()
    found = preview(world, at_the_office(), Sample("nord", FRIDAY_1750, Priority.P1))
    [[due]] = [each.promised for each in found.samples]
    assert (due.target, due.due_at) == ("response", datetime(2026, 3, 9, 8, 50, tzinfo=UTC))
    assert world.all(Contracts) == []
    assert world.all(ContractRevisions) == []


def test_the_preview_is_what_a_ticket_under_these_terms_gets() -> None:
    world = a_world()
    agreed = at_the_office()
    [[due]] = [each.promised for each in preview(world, agreed, Sample("nord", at(8), Priority.P3)).samples]
    world.do(PutContract("c1", "pasteur", agreed))
    ticket = opened(world, viewer=AGENT)
    assert ticket.sla is not None
    assert ticket.sla.clocks[0].due_at == due.due_at


def test_without_samples_a_friday_evening_is_among_those_that_are_chosen() -> None:
    found = preview(a_world(), at_the_office())
    assert (FRIDAY_1750, Priority.P1) in [(each.sample.declared_at, each.priority) for each in found.samples]
    later = preview(a_world(), at_the_office(valid_from="2027-01-01"))
    assert all(each.sample.declared_at >= datetime(2027, 1, 1, tzinfo=UTC) for each in later.samples)


def test_the_samples_that_are_chosen_lie_within_the_terms_and_none_comes_twice() -> None:
    over_on_saturday = preview(a_world(), at_the_office(valid_to="2026-03-07"))
    assert {each.sample.declared_at for each in over_on_saturday.samples} == {FRIDAY_1750}
    ones = (Priority.P1,) * 3
    agreed = at_the_office(priority_matrix=(ones, ones, ones))
    assert len(preview(a_world(), agreed).samples) == 3


def test_the_same_samples_show_what_changes_against_the_present_terms() -> None:
    world = a_world()
    world.do(PutContract("c1", "pasteur", at_the_office()))
    new = at_the_office(targets={p: (target(minutes=60, calendar="office"),) for p in Priority})
    sample = Sample("nord", FRIDAY_1750, None, Impact.HIGH, Urgency.HIGH)
    found = preview(world, new, sample, id="c1", applies_from=date(2026, 3, 4))
    assert (found.new.revision, found.new.applies_from) == (2, "2026-03-04")
    [compared] = found.samples
    assert compared.promised[0].due_at == datetime(2026, 3, 9, 7, 50, tzinfo=UTC)
    assert compared.at_present[0].due_at == datetime(2026, 3, 9, 8, 50, tzinfo=UTC)
    assert world.have(Contracts, "c1").revision == 1


def test_a_hold_puts_the_deadline_off_or_stops_it() -> None:
    held = SampleHold(HoldReason.WAITING_FOR_CLIENT, at(9), at(10))
    world, sample = a_world(), Sample("nord", at(8), Priority.P1, holds=(held,))
    [[due]] = [each.promised for each in preview(world, at_the_office(), sample).samples]
    assert due.due_at == at(11)
    endless = replace(sample, holds=(replace(held, until=None),))
    [[due]] = [each.promised for each in preview(world, at_the_office(), endless).samples]
    assert (due.due_at, due.waits) == (None, True)


@pytest.mark.parametrize(
    ("changes", "slug"),
    [
        ({"valid_to": "2025-12-31"}, "contract-ends-before-it-begins"),
        ({"targets": {p: (target(calendar="lunar"),) for p in Priority}}, "unknown-calendar"),
        ({"targets": {}}, "priority-without-target"),
        ({"sites": ("sud",)}, "sample-not-covered"),
        ({"valid_from": "2026-06-01"}, "sample-not-covered"),
    ],
)
def test_what_would_be_refused_is_refused_in_its_preview(changes: dict[str, Any], slug: str) -> None:
    with pytest.raises(Refusal) as caught:
        preview(a_world(), at_the_office(**changes), Sample("nord", at(8), Priority.P1))
    assert caught.value.slug == slug


def test_the_past_is_not_rewritten_in_a_preview_and_sites_of_others_do_not_exist() -> None:
    world = a_world()
    world.do(PutContract("c1", "pasteur", at_the_office()))
    with pytest.raises(Refusal, match="stays as it was"):
        preview(world, at_the_office(name="new"), id="c1", applies_from=date(2026, 2, 1))
    with pytest.raises(UnknownReference, match="hotel-de-ville"):
        preview(world, at_the_office(), Sample("hotel-de-ville", at(8), Priority.P1))


async def test_a_sentence_says_when_it_would_be_due_in_the_readers_language(firm: Firm) -> None:
    agreed = [{"name": "gti", "minutes": 120, "calendar": "office", "stops_on": [], "met_by": "started"}]
    contract = firm.contract(
        calendars={"office": OFFICE}, targets={f"P{n}": agreed for n in range(1, 6)}, valid_from="2026-01-01"
    )
    sample = {"site": firm.nord, "priority": "P1", "declared_at": "2026-11-27T17:50:00+01:00"}
    body = {"id": f"{firm.name}-c1", "contract": contract, "samples": [sample]}
    path = "/v1/contracts/preview"
    async with firm.service.as_("admin") as admin:
        before = done(await admin.get(f"/v1/contracts/{firm.name}-c1"))
        english = done(await admin.post(path, json=body))
        french = done(await admin.post(path, json=body, headers={"Accept-Language": "fr"}))
        assert done(await admin.get(f"/v1/contracts/{firm.name}-c1")) == before
        wrong = {**sample, "impact": "high"}
        problem(await admin.post(path, json={**body, "samples": [wrong]}), 422, "invalid-body")
        chosen = done(await admin.post(path, json={"contract": contract}))
        assert len(chosen["samples"]) == 4
    spoken = [each["samples"][0]["targets"][0]["sentence"] for each in (english, french)]
    assert spoken[0].startswith(
        "gti: a P1 declared on Friday 27 November 2026 at 17:50 would be due on Monday 30 November 2026 at "
        "09:50"
    )
    assert spoken[1].startswith(
        "gti : un P1 déclaré le vendredi 27 novembre 2026 à 17 h 50 serait dû le lundi 30 novembre 2026 à "
        "09 h 50"
    )
    assert "targets.P1.gti" in [change["path"] for change in english["changes"]]
