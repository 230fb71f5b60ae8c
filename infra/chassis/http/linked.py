"""Requests to the routes that a link in a mail leads to: from its page, or from a program."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar
from urllib.parse import parse_qs

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError

from infra.chassis.http.json_body import check_media_type, parse_json

B = TypeVar("B", bound=BaseModel)
Fields = Mapping[str, str]


def wants_page(request: Request) -> bool:
    """Whether a browser asks, who is shown a page."""
    return "text/html" in request.headers.get("accept", "")


async def fields_of(request: Request) -> Fields:
    """A form's fields; of several with one name, the first."""
    fields = parse_qs((await request.body()).decode("utf-8", "replace"), keep_blank_values=True)
    return {name: values[0] for name, values in fields.items()}


async def sent(request: Request, model: type[B], of_form: Callable[[Fields], Any] = dict) -> B:
    """The body: a program's JSON, or the form of the page, whose texts ``of_form`` makes into what JSON has.

    Where it is wrong it is refused as any other body is.
    """
    if request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        body = of_form({name: value for name, value in (await fields_of(request)).items() if value})
    else:
        content = await request.body()
        check_media_type(
            request.headers.get("content-type", "").encode(),
            request.headers.get("content-encoding", "").encode(),
        )
        body = parse_json(content)
    try:
        return model.model_validate(body)
    except ValidationError as error:
        raise RequestValidationError(
            [{**each, "loc": ("body", *each["loc"])} for each in error.errors()]
        ) from None
