"""Whether what was said of a ticket's clocks is what their log says."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from contracts.ticket.sla import SlaFact
from services.ticket.domain.contract import ContractRevision
from services.ticket.domain.sla_history import Reading, Word
from services.ticket.domain.sla_record import SlaRecord, looked_at
from services.ticket.domain.ticket import Ticket


@dataclass(frozen=True)
class Difference:
    """``said`` is what stands, ``computed`` what the log gives; the clock is by its site and target."""

    ticket_id: str
    number: str
    site_id: str
    target: str
    said: str
    computed: str


Published = Mapping[int, SlaFact]
"""A ticket's facts as they are on the stream, by their numbers."""


def differences(
    ticket: Ticket, revisions: Mapping[str, ContractRevision], published: Published | None = None
) -> Iterator[Difference]:
    """Every difference, as of when somebody last looked at the ticket's clocks.

    With ``published`` the stream is compared too, from the first fact that it still holds.
    """
    record = ticket.sla
    if record is None:
        return
    again, sayings = looked_at(record, revisions, record.as_of)
    for saying in sayings:
        yield _difference(ticket, saying.name, "not said", f"{saying.word} at {saying.at.isoformat()}")
    computed = {clock.name: clock.reading for clock in again.clocks}
    for clock in record.clocks:
        found = computed.get(clock.name)
        if found != clock.reading:
            yield _difference(ticket, clock.name, _shown(clock.reading), _shown(found))
    if published is not None:
        yield from _on_the_stream(ticket, record, published)


def _on_the_stream(ticket: Ticket, record: SlaRecord, published: Published) -> Iterator[Difference]:
    oldest = min(published, default=record.said + 1)
    for clock in record.clocks:
        for said in clock.said:
            fact = published.get(said.n)
            if said.n >= oldest and (fact is None or fact.TYPE not in (said.word, Word.CORRECTED)):
                stands = "nothing" if fact is None else fact.TYPE
                yield _difference(ticket, clock.name, f"{stands} as number {said.n}", said.word)
        mine = [fact for _, fact in sorted(published.items()) if (fact.site_id, fact.target) == clock.name]
        if mine and (mine[-1].state, mine[-1].breached_at, mine[-1].met_at) != (
            clock.reading.state,
            clock.reading.breached_at,
            clock.reading.met_at,
        ):
            yield _difference(ticket, clock.name, f"{mine[-1].TYPE}: {mine[-1].state}", _shown(clock.reading))


def _difference(ticket: Ticket, name: tuple[str, str], said: str, computed: str) -> Difference:
    return Difference(ticket.id, ticket.number, *name, said, computed)


def _shown(reading: Reading | None) -> str:
    if reading is None:
        return "no such clock"
    told = [reading.state.value]
    for name in ("due_at", "breached_at", "met_at"):
        if (at := getattr(reading, name)) is not None:
            told.append(f"{name} {at.isoformat()}")
    if reading.elapsed_seconds is not None:
        told.append(f"{reading.elapsed_seconds / 60:g} min")
    return ", ".join(told)
