"""What the names in a log stand for here: read from a TOML file, `servicenow.toml` unless told otherwise."""

import tomllib
from collections.abc import Mapping as Map
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from contracts.values import Channel, HoldReason, Id, Impact, Level, SkillLevels, Urgency, WeeklyWindows
from infra.chassis.failed import Failed

REMOTE = "-remote"
"""How the id of a work type's remote form ends."""

LONGEST_ID = 40
"""Of what the mapping names, so that an id made of several names is still one."""

Stage = Literal["new", "active", "resolved", "closed"]
"""What a state of the log means where it is not a reason to wait."""

MEANINGS: Map[str, Stage | HoldReason] = {
    "new": "new",
    "active": "active",
    "resolved": "resolved",
    "closed": "closed",
    **{reason.value: reason for reason in HoldReason if reason is not HoldReason.APPOINTMENT},
}


class MappingError(Failed):
    """The mapping cannot be used; the sentence names the key."""


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise ValueError(f"{name!r} is not a time zone; use a name such as Europe/Paris") from None
    return name


def _meaning(name: str) -> str:
    if name not in MEANINGS:
        raise ValueError(f"{name!r} means nothing here; use one of {', '.join(MEANINGS)}")
    return name


ShortId = Annotated[Id, Field(max_length=LONGEST_ID)]
Name = Annotated[str, Field(min_length=1, max_length=100)]
Latitude = Annotated[float, Field(ge=-90, le=90)]
Longitude = Annotated[float, Field(ge=-180, le=180)]
Count = Annotated[int, Field(ge=1, le=200)]
Minutes = Annotated[int, Field(ge=1, le=24 * 60)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Customer(_Part):
    id: ShortId
    name: Name


class Names(_Part):
    fr: Name
    en: Name


class WorkType(_Part):
    """One kind of work in two forms: on site for ``minutes``, remotely for ``remote_minutes``."""

    name: Names
    skill: ShortId
    level: Level
    minutes: Minutes
    remote_minutes: Minutes


class Commune(_Part):
    name: Name
    postcode: Annotated[str, Field(pattern=r"^[0-9]{5}$")]
    latitude: Latitude
    longitude: Longitude


class Agency(_Part):
    """Where technicians set out from; sites are placed in the communes around."""

    name: Name
    latitude: Latitude
    longitude: Longitude
    communes: Annotated[tuple[Commune, ...], Field(min_length=1)]


class Team(_Part):
    """The people of one assignment group: so many technicians in each agency."""

    technicians: Count
    skills: SkillLevels
    shifts: ShortId


class OnSite(_Part):
    """``groups``: an incident that one of them resolved was work on site.

    The log does not say when somebody was sent, only when the fault was gone: a visit is asked for
    ``asked_minutes_before`` that, and lasts ``shortest_minutes`` at least.
    """

    groups: Annotated[tuple[str, ...], Field(min_length=1)]
    asked_minutes_before: Annotated[int, Field(ge=0, le=7 * 24 * 60)]
    shortest_minutes: Minutes


class Desk(_Part):
    """Those who solve everything else from where they sit."""

    skill: ShortId
    team: Team


class Defaults(_Part):
    """What a value stands for that the log leaves empty or that the mapping does not name."""

    impact: Impact
    urgency: Urgency
    channel: Channel
    work_type: ShortId


class LogMapping(_Part):
    """The whole mapping. ``prefix`` begins every id that the replay makes."""

    time_zone: Annotated[str, AfterValidator(_zone)]
    prefix: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,15}$")]
    customers: Annotated[tuple[Customer, ...], Field(min_length=1)]
    states: dict[str, Annotated[str, AfterValidator(_meaning)]]
    impact: dict[str, Impact]
    urgency: dict[str, Urgency]
    channels: dict[str, Channel]
    work_types: dict[ShortId, WorkType]
    categories: dict[str, ShortId]
    defaults: Defaults
    on_site: OnSite
    desk: Desk
    teams: dict[str, Team]
    shifts: dict[ShortId, WeeklyWindows]
    agencies: dict[ShortId, Agency]

    def meaning(self, state: str) -> Stage | HoldReason:
        """What a state of the log stands for; it must be one of ``states``."""
        return MEANINGS[self.states[state]]

    def impact_of(self, text: str | None) -> Impact:
        return self.impact.get(text or "", self.defaults.impact)

    def urgency_of(self, text: str | None) -> Urgency:
        return self.urgency.get(text or "", self.defaults.urgency)

    def channel_of(self, text: str | None) -> Channel:
        return self.channels.get(text or "", self.defaults.channel)

    def work_type_of(self, category: str | None) -> str:
        return self.categories.get(category or "", self.defaults.work_type)


def load_mapping(path: Path | None = None) -> LogMapping:
    """The mapping of the file, or the one that comes along; ``MappingError`` names the key that is wrong."""
    name = str(path) if path else "servicenow.toml"
    try:
        text = (
            path.read_bytes() if path else files("infra.replay").joinpath("servicenow.toml").read_bytes()
        ).decode()
        return checked(tomllib.loads(text), name)
    except OSError as error:
        raise MappingError(
            f"{name} cannot be read ({error.strerror}): name a mapping with --mapping."
        ) from error
    except UnicodeDecodeError as error:
        raise MappingError(f"{name} is not UTF-8: save it as UTF-8.") from error
    except tomllib.TOMLDecodeError as error:
        raise MappingError(f"{name} is not TOML: {error}.") from error


def checked(document: dict[str, Any], name: str) -> LogMapping:
    """The mapping that a document holds; ``MappingError`` lists what is wrong with it, key by key."""
    try:
        mapping = LogMapping.model_validate(document)
    except ValidationError as error:
        wrong = [f"{'.'.join(str(part) for part in each['loc'])}: {each['msg']}" for each in error.errors()]
        raise MappingError(f"{name}: {'; '.join(wrong)}.") from error
    if wrong := list(_contradictions(mapping)):
        raise MappingError(f"{name}: {'; '.join(wrong)}.")
    return mapping


def _contradictions(mapping: LogMapping) -> list[str]:
    wrong = [
        f"states: no state means {stage!r}, and without one nothing can be played"
        for stage in ("resolved", "closed")
        if stage not in mapping.states.values()
    ]
    named = {f"categories.{category}": kind for category, kind in mapping.categories.items()}
    for key, kind in {**named, "defaults.work_type": mapping.defaults.work_type}.items():
        if kind not in mapping.work_types:
            wrong.append(f"{key}: there is no [work_types.{kind}]")
    for group in mapping.on_site.groups:
        if group not in mapping.teams:
            wrong.append(f"on_site.groups: {group!r} has no team, add [teams.{group!r}]")
    for key, team in {
        **{f"teams.{group}": team for group, team in mapping.teams.items()},
        "desk.team": mapping.desk.team,
    }.items():
        if team.shifts not in mapping.shifts:
            wrong.append(f"{key}.shifts: there is no [shifts.{team.shifts}]")
    if mapping.desk.skill not in mapping.desk.team.skills:
        wrong.append(f"desk.team.skills: nobody has the desk's skill {mapping.desk.skill!r}")
    for kind, work in mapping.work_types.items():
        if kind.endswith(REMOTE):
            wrong.append(f"work_types.{kind}: a name that ends in {REMOTE} is kept for the remote form")
        if not any(team.skills.get(work.skill, 0) >= work.level for team in mapping.teams.values()):
            wrong.append(f"work_types.{kind}: no team has {work.skill!r} at level {work.level}")
    return wrong
