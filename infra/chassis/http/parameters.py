"""Query parameters: one that a route does not know is refused.

A filter with a misspelled name would otherwise give the list that it was meant to narrow.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Any

from fastapi import Request, params
from fastapi.dependencies.utils import get_flat_params
from pydantic import BeforeValidator

from contracts.text import Text
from infra.chassis.http.body import day, instant
from infra.chassis.http.problems import Problem

Moment = Annotated[datetime, BeforeValidator(instant)]
"""A time in RFC 3339 with an offset, as a parameter."""

Day = Annotated[date, BeforeValidator(day)]
"""A date, ``YYYY-MM-DD``, as a parameter."""


def wrong_parameter(*errors: tuple[str, Text]) -> Problem:
    """422: what is wrong with which parameter of the query."""
    return Problem(
        "invalid-parameter",
        Text("A parameter was not accepted.", "Un paramètre a été refusé."),
        errors=[{"parameter": name, "in": "query", "detail": detail} for name, detail in errors],
    )


def check_parameters(request: Request) -> None:
    """422 naming each query parameter that the request's route does not have, and those it has."""
    if not request.scope["query_string"]:
        return
    known = _known(request.scope["route"])
    unknown = [name for name in dict.fromkeys(request.query_params) if name not in known]
    if unknown:
        raise wrong_parameter(*((name, _unknown(known)) for name in unknown))


def _unknown(known: Sequence[str]) -> Text:
    possible = ", ".join(known)
    if not possible:
        return Text("No parameter is possible here", "Aucun paramètre n'est possible ici")
    return Text(f"Unknown here; possible: {possible}", f"Inconnu ici ; possibles : {possible}")


def _known(route: Any) -> list[str]:
    return sorted(
        field.alias
        for field in get_flat_params(route.dependant)
        if not isinstance(field.field_info, params.Path | params.Header | params.Cookie)
    )
