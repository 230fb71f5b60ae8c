"""ETags are versions of aggregates; If-Match and If-None-Match compare them."""

import re
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Header, Request
from starlette.responses import Response

from contracts.refusal import Refusal
from contracts.text import Text
from infra.chassis.http.openapi import REQUIRED
from infra.chassis.http.problems import Problem

_TAG = re.compile(r'\s*(W/)?"([^"]*)"\s*')


@dataclass(frozen=True, slots=True)
class Condition:
    """What a caller takes for granted of the thing that he changes.

    It is at one of ``versions``, any of them when that is None; or it does not exist, if ``absent``.
    """

    versions: frozenset[int] | None = None
    absent: bool = False

    def holds(self, version: int) -> bool:
        """Whether it is so; what does not exist is at version 0."""
        if self.absent:
            return version == 0
        return version > 0 and (self.versions is None or version in self.versions)


Expected = Condition | None
"""The condition of a change; None when the caller set none."""


def etag(version: int) -> str:
    """The ETag of a version."""
    return f'"{version}"'


def check_version(version: int, expected: Expected) -> None:
    """Refuse (412) a change of a version that the caller has not seen.

    A ``Refusal``, so that a use case can decide it on the version that it will save.
    """
    if expected is not None and not expected.holds(version):
        raise Refusal("precondition-failed", _GONE if version == 0 else _at(version), version=version)


_GONE = Text(
    "It does not exist: leave If-Match out to create it.",
    "Cela n'existe pas : omettez If-Match pour le créer.",
)


def _at(version: int) -> Text:
    return Text(
        f"It is at version {version} now: read it again and decide on what is there.",
        f"La version présente est {version} : relisez et décidez sur ce qui est là.",
    )


def created_or_replaced(response: Response, location: str, *, created: bool) -> None:
    """The status of a PUT: 201 with the new thing's place, or 200."""
    response.status_code = 201 if created else 200
    if created:
        response.headers["Location"] = location


def not_modified(request: Request, version: int) -> Response | None:
    """304 when If-None-Match names this version (or ``*``), else None: answer in full."""
    given = request.headers.get("if-none-match")
    if given is None or not (given.strip() == "*" or str(version) in _tags(given, weak=True)):
        return None
    return Response(status_code=304, headers={"ETag": etag(version)})


def condition_of(if_match: str | None, if_none_match: str | None) -> Expected:
    """What the two headers ask of what is changed; weak tags never match, and If-Match comes first."""
    if if_match is not None:
        if if_match.strip() == "*":
            return Condition()
        tags = _tags(if_match, weak=False)
        return Condition(frozenset(int(tag) for tag in tags if tag.isdigit() and len(tag) < 19))
    if if_none_match is not None and if_none_match.strip() == "*":
        return Condition(absent=True)
    return None


def _tags(given: str, *, weak: bool) -> list[str]:
    matches = [_TAG.fullmatch(item) for item in given.split(",")]
    return [match[2] for match in matches if match and (weak or not match[1])]


async def _if_match(
    if_match: Annotated[str | None, Header(description="The ETag that was read; `*`: it exists")] = None,
    if_none_match: Annotated[str | None, Header(description="`*`: only if it does not exist")] = None,
) -> Expected:
    return condition_of(if_match, if_none_match)


async def _if_match_required(
    if_match: Annotated[
        str | None,
        Header(description="The ETag that was read; `*`: it exists", json_schema_extra={REQUIRED: True}),
    ] = None,
) -> Expected:
    if if_match is None:
        raise Problem(
            "precondition-required",
            Text(
                "Read it first and send its ETag in If-Match, so that nobody's change is overwritten.",
                "Lisez d'abord et envoyez l'ETag dans If-Match, pour n'écraser aucun changement.",
            ),
        )
    return condition_of(if_match, None)


IfMatch = Annotated[Expected, Depends(_if_match)]
"""If-Match and ``If-None-Match: *`` where they are honoured."""

IfMatchRequired = Annotated[Expected, Depends(_if_match_required)]
"""If-Match on PATCH: 428 without it."""
