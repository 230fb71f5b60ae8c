"""What is said of a request's SLA clocks, as people hear it and read it."""

from datetime import datetime

from contracts.values import parse_rfc3339
from tests.flows.firm import Firm, Json, Person, Request, done
from tests.flows.streams import Heard, Reader
from tests.flows.waiting import until

Said = tuple[str, str, datetime]
"""The target, what is said of its clock, and when that came about."""


async def now(firm: Firm) -> datetime:
    """What time it is for the business."""
    return parse_rfc3339((await firm.platform.clock())["now"])


def of(heard: list[Heard], request: Request) -> list[Said]:
    """What was said of a request's clocks, in the order of the stream."""
    return [
        (each.data["data"]["target"], each.event, parse_rfc3339(each.data["time"]))
        for each in heard
        if each.data["data"]["ticket_id"] == request.id
    ]


async def has_heard(reader: Reader, request: Request, wanted: list[Said]) -> None:
    """Wait until as much was said of a request's clocks: just that."""

    async def all_of_it() -> bool:
        return len(of(reader.heard, request)) >= len(wanted)

    await until(all_of_it, why=lambda: f"for {wanted}; heard {of(reader.heard, request)}")
    assert of(reader.heard, request) == wanted


async def hears(reader: Reader, request: Request, target: str, word: str) -> Json:
    """Wait until this is said of one of a request's clocks: its CloudEvent."""

    def found() -> list[Json]:
        return [
            each.data
            for each in reader.heard
            if each.event == word
            and each.data["data"]["ticket_id"] == request.id
            and each.data["data"]["target"] == target
        ]

    async def came() -> bool:
        return bool(found())

    await until(came, why=lambda: f"for {target} {word}; heard {of(reader.heard, request)}")
    return found()[0]


async def explained(request: Request, target: str, person: Person, language: str) -> Json:
    """A clock as it is now, with every stretch of its time."""
    answer = await request.firm.platform.client.get(
        f"/v1/tickets/{request.id}/sla",
        params={"explain": "true"},
        headers={**person.headers, "Accept-Language": language},
    )
    [clock] = [each for each in done(answer)["items"] if each["target"] == target]
    found: Json = clock
    return found
