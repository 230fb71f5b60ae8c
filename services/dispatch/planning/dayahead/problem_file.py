"""The files of `astreinte plan`: a problem that is read, a plan that is read and written.

Seconds from midnight, durations in seconds, locations as degrees of latitude and longitude.
"""

from itertools import pairwise
from typing import Annotated, Any, Literal, Self, TypeVar

from pydantic import AfterValidator, BaseModel, Field, ValidationError, model_validator

Seconds = Annotated[int, Field(ge=0, le=10 * 86400)]
Level = Annotated[int, Field(ge=1)]


_Kind = TypeVar("_Kind", bound=BaseModel)


class BadFile(Exception):
    """A file that is no problem or no plan; says where and why."""


def _in_order(window: tuple[int, int]) -> tuple[int, int]:
    if window[1] < window[0]:
        raise ValueError(f"{window[1]} is before {window[0]}")
    return window


def _apart(windows: tuple[tuple[int, int], ...]) -> tuple[tuple[int, int], ...]:
    for (_, closes), (opens, _) in pairwise(windows):
        if opens < closes:
            raise ValueError(f"the window from {opens} opens before the one until {closes} closes")
    return windows


WindowInFile = Annotated[tuple[Seconds, Seconds], AfterValidator(_in_order)]
Windows = Annotated[tuple[WindowInFile, ...], AfterValidator(_apart)]
Location = tuple[Annotated[float, Field(ge=-90, le=90)], Annotated[float, Field(ge=-180, le=180)]]


class LunchInFile(BaseModel):
    """A technician's lunch lasts ``duration`` and starts inside ``start_window``."""

    duration: Seconds
    start_window: WindowInFile


class TravelInFile(BaseModel):
    """The great circle times ``detour``, at ``kmh``."""

    kind: Literal["great_circle"] = "great_circle"
    detour: Annotated[float, Field(gt=0, allow_inf_nan=False)]
    kmh: Annotated[float, Field(gt=0, allow_inf_nan=False)]


class VisitInFile(BaseModel):
    """Served by who has its skills at their levels and its part; ``technician`` pins it to one."""

    id: int
    site: int
    skills: dict[str, Level]
    part: int | str | None = None
    duration: Seconds
    priority: int
    windows: Windows
    known_at: Seconds = 0
    technician: int | None = None


class TechnicianInFile(BaseModel):
    """Leaves ``home`` at the shift's start or later and is back by its end."""

    id: int
    home: int
    skills: dict[str, Level]
    parts: frozenset[int | str]
    shift: WindowInFile
    lunch: bool

    def can_serve(self, visit: VisitInFile) -> bool:
        """Whether skills, part and pin allow it, whatever the time."""
        return (
            visit.technician in (None, self.id)
            and all(self.skills.get(skill, 0) >= level for skill, level in visit.skills.items())
            and (visit.part is None or visit.part in self.parts)
        )


class ProblemFile(BaseModel):
    """A planning problem; what it says beyond this is ignored."""

    name: str = ""
    lunch: LunchInFile
    weights: dict[int, Annotated[int, Field(ge=1)]]
    travel: TravelInFile
    locations: tuple[Location, ...]
    technicians: tuple[TechnicianInFile, ...]
    visits: tuple[VisitInFile, ...]

    @model_validator(mode="after")
    def _points_at_what_there_is(self) -> Self:
        places = range(len(self.locations))
        for kind, ids in (
            ("technician", [each.id for each in self.technicians]),
            ("visit", [each.id for each in self.visits]),
        ):
            if len(set(ids)) < len(ids):
                twice = next(each for n, each in enumerate(ids) if each in ids[:n])
                raise ValueError(f"{kind} {twice} is there twice")
        for technician in self.technicians:
            if technician.home not in places:
                raise ValueError(f"technician {technician.id}: there is no location {technician.home}")
        for visit in self.visits:
            if visit.site not in places:
                raise ValueError(f"visit {visit.id}: there is no location {visit.site}")
            if visit.priority not in self.weights:
                raise ValueError(f"visit {visit.id}: priority {visit.priority} has no weight")
        return self


class PlanFile(BaseModel):
    """Who serves which visits in which order, by the ids of the problem."""

    routes: dict[int, list[int]]


def read_problem(content: bytes) -> ProblemFile:
    """The problem that JSON describes; ``BadFile`` where it describes none."""
    return _read(ProblemFile, content)


def read_plan(content: bytes) -> PlanFile:
    """The plan that JSON describes; ``BadFile`` where it describes none."""
    return _read(PlanFile, content)


def _read(kind: type[_Kind], content: bytes) -> _Kind:
    try:
        return kind.model_validate_json(content)
    except ValidationError as invalid:
        raise BadFile(_told(invalid.errors(include_url=False, include_input=False))) from None


def _told(errors: list[Any]) -> str:
    first = errors[0]
    where = ".".join(str(part) for part in first["loc"])
    said = str(first["msg"]).removeprefix("Value error, ")
    more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
    return f"{where}: {said}{more}" if where else f"{said}{more}"
