"""Every rule about a value is told in both languages."""

from typing import Annotated, get_args

import pytest
from pydantic import AfterValidator, TypeAdapter, ValidationError
from pydantic_core.core_schema import ErrorType

from contracts.text import InvalidValue
from infra.chassis.http.wording import wording_of


@pytest.mark.parametrize("rule", get_args(ErrorType))
def test_every_rule_of_the_framework_is_told_in_french_too(rule: str) -> None:
    text = wording_of({"type": rule, "msg": "as the framework says it"})
    assert text.en == "as the framework says it"
    assert text.fr != text.en


def test_a_rule_of_our_own_keeps_its_words_in_both_languages() -> None:
    def odd(value: int) -> int:
        raise InvalidValue(f"{value} is even", f"{value} est pair")

    with pytest.raises(ValidationError) as caught:
        TypeAdapter(Annotated[int, AfterValidator(odd)]).validate_python(4)
    text = wording_of(caught.value.errors()[0])
    assert (text.en, text.fr) == ("4 is even", "4 est pair")
