"""Telephone numbers as gateways take them: E.164, whatever way somebody wrote them down."""

from phonenumbers import SUPPORTED_REGIONS as REGIONS
from phonenumbers import (
    NumberParseException,
    PhoneNumber,
    PhoneNumberFormat,
    PhoneNumberType,
    format_number,
    is_possible_number,
    is_valid_number,
    number_type,
    parse,
)

_DIALLED_ALIKE = {"FR": ("RE", "GP", "MQ", "GF", "YT", "PM", "NC", "PF")}
"""Countries where a number written without its code may be meant, after the firm's own."""

_NO_SMS = frozenset(
    {
        PhoneNumberType.FIXED_LINE,
        PhoneNumberType.TOLL_FREE,
        PhoneNumberType.PREMIUM_RATE,
        PhoneNumberType.SHARED_COST,
        PhoneNumberType.UAN,
    }
)


class BadNumber(ValueError):
    """No SMS reaches what was written; the text says why."""


def e164(written: str, country: str, *, called: bool = False) -> str:
    """``+33612345678`` of ``06 12 34 56 78`` in ``FR``; ``BadNumber`` if it is none, or no mobile one.

    ``called``: it is spoken to, which any telephone does.

    One that the numbering plan gives to nobody yet passes: plans grow, and the gateway knows better.
    """
    found = [number for number in (_read(written, each) for each in _countries(country)) if number]
    number = next((each for each in found if is_valid_number(each)), found[0] if found else None)
    if number is None or not is_possible_number(number):
        raise BadNumber(f"his phone is no number of {country}, nor one with its country's code")
    if not called and number_type(number) in _NO_SMS:
        raise BadNumber("his phone is no mobile one")
    return format_number(number, PhoneNumberFormat.E164)


def _countries(country: str) -> tuple[str, ...]:
    return (country, *_DIALLED_ALIKE.get(country, ()))


def _read(written: str, country: str) -> PhoneNumber | None:
    try:
        return parse(written, country)
    except NumberParseException:
        return None


__all__ = ["REGIONS", "BadNumber", "e164"]
