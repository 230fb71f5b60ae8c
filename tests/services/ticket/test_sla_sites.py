"""The clocks of a whole ticket: one for each target at each site, by the revision it began under."""

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from contracts.ticket.sla import ClockState
from contracts.values import Channel, Priority
from services.ticket.domain.contract import ContractRevision, MetBy, Target, Terms
from services.ticket.domain.sla import (
    Clock,
    Cover,
    clocks_of,
    cover_of,
    due_first,
    respond_by,
    restore_by,
)
from services.ticket.domain.sla_log import LogEntry
from tests.services.ticket.clocks import (
    CLIENT,
    OFFICE,
    REPAIR,
    arrived,
    entry,
    held,
    hours,
    mon,
    opened,
    restored,
    resumed,
    started,
    tue,
)

P1, P2, P3, *_ = Priority
RESPONSE = Target("response", "office", (CLIENT,), MetBy.STARTED, minutes=60)
RESTORATION = replace(REPAIR, name="restoration", met_by=MetBy.RESTORED)
SLOW = replace(RESTORATION, minutes=600)
REMOTE_START = replace(RESPONSE, name="remote-start", minutes=30)
TERMS = Terms(
    name="Gold",
    valid_from="2026-01-01",
    calendars={
        "office": OFFICE.model_copy(update={"time_zone": "site", "holidays": "site"}).model_dump(mode="json")
    },
    targets={P1: (RESPONSE, RESTORATION), P2: (RESPONSE, SLOW), P3: (REMOTE_START,)},
    channels=(Channel.PHONE, Channel.PORTAL),
)
REVISION = ContractRevision("gold:3", "gold", "acme", 3, TERMS)


def cover(site: str, time_zone: str = "Europe/Paris", revision: ContractRevision = REVISION) -> Cover:
    return cover_of(revision, site, time_zone=time_zone, holidays="FR", good_friday=False)


RENNES, REUNION = cover("rennes"), cover("reunion", "Indian/Reunion")


def declared(at: datetime, priority: Priority = P1) -> LogEntry:
    return replace(opened(at), priority=priority)


def at(site: str, happening: LogEntry) -> LogEntry:
    return replace(happening, site_id=site)


def clocks(now: datetime, *log: LogEntry, covers: tuple[Cover, ...] = (RENNES, REUNION)) -> dict[str, Clock]:
    return {f"{clock.site_id} {clock.name}": clock for clock in clocks_of(log, covers, now)}


def test_each_target_has_a_clock_at_each_site_in_that_sites_calendar() -> None:
    found = clocks(mon("08:00"), declared(mon("08:00")))
    assert {name: clock.due_at for name, clock in found.items()} == {
        "rennes response": mon("09:00"),
        "rennes restoration": mon("12:00"),
        "reunion response": mon("09:00"),
        "reunion restoration": mon("12:00"),
    }
    evening = clocks(mon("15:00"), declared(mon("14:30")))
    assert evening["rennes restoration"].due_at == tue("08:30")
    assert evening["reunion restoration"].due_at == datetime(
        2026, 3, 3, 11, 30, tzinfo=ZoneInfo("Indian/Reunion")
    )


def test_a_clock_names_the_revision_that_it_began_under() -> None:
    newer = replace(REVISION, id="gold:4", revision=4)
    found = clocks(mon("08:00"), declared(mon("08:00")), covers=(RENNES, cover("paris", revision=newer)))
    assert found["rennes response"].revision_id == "gold:3"
    assert found["paris response"].revision_id == "gold:4"


def test_what_happens_at_one_site_moves_no_clock_of_another() -> None:
    log = [declared(mon("08:00")), at("rennes", started(mon("08:30"))), at("rennes", held(mon("09:00")))]
    found = clocks(mon("10:00"), *log)
    assert found["rennes response"].state is ClockState.MET
    assert found["rennes restoration"].state is ClockState.PAUSED
    assert found["reunion response"].state is ClockState.BREACHED
    assert found["reunion restoration"].state is ClockState.RUNNING


def test_what_happens_to_the_whole_ticket_moves_the_clocks_of_every_site() -> None:
    log = [
        declared(mon("08:00")),
        at("rennes", held(mon("09:00"))),
        resumed(mon("10:00")),
        restored(mon("11:00")),
    ]
    found = clocks(mon("12:00"), *log)
    assert found["rennes restoration"].elapsed == hours(2)
    assert found["reunion restoration"].elapsed == hours(3)


def test_a_new_priority_changes_the_targets_that_both_have() -> None:
    log = [declared(mon("08:00")), entry("retargeted", mon("10:00"), priority=P2)]
    found = clocks(mon("10:30"), *log, covers=(RENNES,))
    assert found["rennes restoration"].due_at == mon("18:00")
    assert found["rennes response"].breached_at == mon("09:00")


def test_what_the_new_priority_does_not_promise_stops_and_what_only_it_promises_begins() -> None:
    log = [declared(mon("08:00")), entry("retargeted", mon("08:30"), priority=P3)]
    found = clocks(mon("08:45"), *log, covers=(RENNES,))
    assert found["rennes response"].state is ClockState.STOPPED
    assert found["rennes response"].elapsed == hours(0.5)
    assert found["rennes remote-start"].due_at == mon("09:00")
    back = clocks(mon("09:30"), *log, entry("retargeted", mon("09:00"), priority=P1), covers=(RENNES,))
    assert (back["rennes response"].state, back["rennes response"].due_at) == (
        ClockState.RUNNING,
        mon("10:00"),
    )
    assert back["rennes remote-start"].state is ClockState.STOPPED


def test_a_promise_that_begins_later_is_kept_by_work_that_had_begun() -> None:
    log = [declared(mon("08:00")), started(mon("08:10")), entry("retargeted", mon("08:30"), priority=P3)]
    assert clocks(mon("12:00"), *log)["rennes remote-start"].state is ClockState.MET


def test_a_requalification_to_a_priority_without_the_target_leaves_no_clock_of_it() -> None:
    log = [declared(mon("08:00")), entry("requalified", mon("15:00"), priority=P3)]
    found = clocks(mon("15:00"), *log, covers=(RENNES,))
    assert set(found) == {"rennes remote-start"}
    assert found["rennes remote-start"].breached_at == mon("08:30")


def test_a_fault_declared_where_the_contract_does_not_listen_counts_from_its_recording() -> None:
    mailed = replace(declared(mon("08:00")), channel=Channel.MAIL, recorded_at=mon("09:00"))
    phoned = replace(mailed, channel=Channel.PHONE)
    assert clocks(mon("09:30"), mailed)["rennes response"].due_at == mon("10:00")
    assert clocks(mon("09:30"), phoned)["rennes response"].breached_at == mon("09:00")
    assert clocks(mon("09:30"), mailed, started(mon("08:30")))["rennes response"].elapsed == hours(0)
    assert clocks(mon("08:30"), mailed) == {}


def test_respond_by_and_restore_by_are_the_earliest_of_their_kind() -> None:
    log = [declared(mon("08:00")), at("rennes", started(mon("08:30")))]
    found = clocks(mon("08:45"), *log).values()
    assert respond_by(found) == mon("09:00"), "what the other site still waits for"
    assert restore_by(found) == mon("12:00")
    everybody = clocks(mon("08:45"), *log, at("reunion", started(mon("08:40")))).values()
    assert respond_by(everybody) is None


def test_a_ticket_is_due_when_the_most_urgent_of_its_clocks_is_or_was() -> None:
    log = [declared(mon("08:00")), at("rennes", started(mon("08:30"))), at("rennes", held(mon("09:00")))]
    assert due_first(clocks(mon("08:40"), *log).values()) == mon("09:00"), "the other site's response"
    assert due_first(clocks(mon("10:00"), *log).values()) == mon("09:00"), "late, and still not there"
    there = at("reunion", started(mon("10:00")))
    assert due_first(clocks(mon("10:00"), *log, there).values()) == mon("12:00")
    assert due_first([]) is None


def test_an_arrival_at_one_site_is_not_an_arrival_at_another() -> None:
    there = replace(RESPONSE, met_by=MetBy.ARRIVED)
    terms = replace(TERMS, targets={P1: (there,)})
    covers = tuple(cover(site, revision=replace(REVISION, terms=terms)) for site in ("rennes", "brest"))
    found = clocks(mon("08:40"), declared(mon("08:00")), at("brest", arrived(mon("08:30"))), covers=covers)
    assert [clock.state for clock in found.values()] == [ClockState.RUNNING, ClockState.MET]
