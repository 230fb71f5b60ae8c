"""The base of what requests carry: no undeclared field, no coercion, times with an offset."""

import re
from collections.abc import Callable
from datetime import date, datetime
from typing import Any, cast

from pydantic import BaseModel, ConfigDict, GetCoreSchemaHandler, StringConstraints
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from contracts.values import parse_rfc3339
from infra.chassis.http.wording import A_TIME

_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_UNTOUCHED = frozenset({"metadata", "default", "expected", "members", "serialization", "config", "cls"})


def _strict(node: Any) -> Any:
    if isinstance(node, list):
        return [_strict(item) for item in node]
    if isinstance(node, tuple):
        return tuple(_strict(item) for item in node)
    if not isinstance(node, dict):
        return node
    kind = node.get("type")
    if kind in ("int", "bool", "str"):
        return {**node, "strict": True}
    if kind == "float":
        return {**node, "strict": True, "allow_inf_nan": False}
    if kind == "datetime":
        return core_schema.no_info_before_validator_function(instant, node)
    if kind == "date":
        return core_schema.no_info_before_validator_function(day, node)
    return {key: value if key in _UNTOUCHED else _strict(value) for key, value in node.items()}


def _parsed(value: Any, parse: Callable[[str], Any], code: str, wanted: str) -> Any:
    if isinstance(value, datetime | date):
        return value
    if isinstance(value, str):
        try:
            return parse(value)
        except (ValueError, OverflowError):
            pass
    raise PydanticCustomError(code, wanted)


def instant(value: Any) -> Any:
    """The instant that a text names, in UTC and whole milliseconds."""
    return _parsed(
        value,
        parse_rfc3339,
        "rfc3339",
        A_TIME,
    )


def day(value: Any) -> Any:
    """The date that ``YYYY-MM-DD`` names."""
    return _parsed(value, _date, "full_date", "Input should be a date such as 2026-03-02")


def _date(text: str) -> date:
    if _DAY.fullmatch(text) is None:
        raise ValueError(text)
    return date.fromisoformat(text)


def said(most: int) -> Any:
    """A text that says something, of at most so many characters."""
    return StringConstraints(min_length=1, max_length=most, pattern=r"\S")


class Body(BaseModel):
    """A request's body, or a part of one: a part must be a ``Body`` too, or its numbers stay lenient.

    ``true`` is no number and ``"1"`` neither; enumerations come as their values, a ``datetime`` as
    RFC 3339 with an offset (it arrives in UTC, cut to milliseconds), a ``date`` as ``YYYY-MM-DD``.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        schema = handler(source)
        own = cast(dict[str, Any], handler.resolve_ref_schema(schema))
        strict = _strict(own)
        own.clear()
        own.update(strict)
        return schema
