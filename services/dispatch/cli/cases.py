"""Rota cases as JSON lines: what is asked, what is answered, what is said of a line that makes no sense."""

import json
from collections.abc import Iterable, Iterator
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ValidationError

from contracts.calendars import known_zone
from contracts.text import InvalidValue
from contracts.values import Instant, rfc3339
from services.dispatch.domain.labour import against, violations
from services.dispatch.domain.labour_limits import Override, limits_of
from services.dispatch.domain.rests import Timesheet, earliest_start
from services.dispatch.domain.technician import Regime

Answer = dict[str, Any]


def _ends_later(stretch: tuple[Instant, Instant]) -> tuple[Instant, Instant]:
    if stretch[1] <= stretch[0]:
        raise ValueError(f"{rfc3339(stretch[0])} is not before {rfc3339(stretch[1])}")
    return stretch


Stretch = Annotated[tuple[Instant, Instant], AfterValidator(_ends_later)]


class Case(BaseModel):
    """One case. What it says beyond this is ignored, so that a case may carry notes of its own.

    ``on_call`` changes no answer: waiting is rest.
    """

    id: str | int | None = None
    time_zone: Annotated[str, AfterValidator(known_zone)]
    regime: Regime = Regime.HOURS
    rules: dict[str, Override] = {}
    work: tuple[Stretch, ...] = ()
    on_call: tuple[Stretch, ...] = ()
    interventions: tuple[Stretch, ...] = ()
    ask: Stretch | None = None


class SenselessCase(Exception):
    """A line that is no case: ``slug`` says to programs in which way."""

    def __init__(self, slug: str, detail: str) -> None:
        super().__init__(detail)
        self.slug = slug
        self.detail = detail


def answers(lines: Iterable[bytes]) -> Iterator[Answer]:
    """An answer for each line that is not blank, in the order of the lines."""
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            yield judged(line)
        except SenselessCase as senseless:
            error = {"type": senseless.slug, "detail": f"line {number}: {senseless.detail}"}
            yield {"id": _id_of(line), "error": error}


def judged(line: bytes) -> Answer:
    """The answer to a case; ``SenselessCase`` when it is none."""
    try:
        case = Case.model_validate_json(line, strict=True)
        limits = limits_of(case.regime).under(case.rules)
        sheet = Timesheet(case.time_zone, case.work, case.interventions)
        start = earliest_start(sheet, limits)
        answer: Answer = {
            "id": case.id,
            "violations": [
                {
                    "rule": each.rule.value,
                    "source": limits.source(each.rule),
                    "at": rfc3339(each.at),
                    "detail": each.detail.en,
                }
                for each in violations(sheet, limits)
            ],
            "earliest_start": None if start is None else rfc3339(start),
        }
        if case.ask is not None:
            broken = against(sheet, case.ask, limits)
            answer["ask"] = {
                "allowed": broken is None,
                "rule": None if broken is None else broken.rule.value,
                "detail": None if broken is None else broken.detail.en,
            }
        return answer
    except ValidationError as invalid:
        raise _told(invalid) from None
    except InvalidValue as invalid:
        raise SenselessCase("invalid-case", f"rules: {invalid.text.en}") from None
    except OverflowError:
        raise SenselessCase("invalid-case", "a time lies before the year 1 or after 9999 in UTC") from None


def _told(invalid: ValidationError) -> SenselessCase:
    """The first thing that is wrong, and where."""
    first = invalid.errors(include_url=False, include_input=False, include_context=False)[0]
    if first["type"] == "json_invalid":
        return SenselessCase("invalid-json", first["msg"].removeprefix("Invalid JSON: "))
    where = ".".join(str(part) for part in first["loc"])
    said = first["msg"].removeprefix("Value error, ")
    return SenselessCase("invalid-case", f"{where}: {said}" if where else said)


def _id_of(line: bytes) -> Any:
    try:
        case = json.loads(line)
        found = case.get("id") if isinstance(case, dict) else None
        # What Python reads beyond JSON (`NaN`, `1e999`) must not come out again: the answers are JSON.
        json.dumps(found, allow_nan=False)
    except (ValueError, RecursionError):
        return None
    return found
