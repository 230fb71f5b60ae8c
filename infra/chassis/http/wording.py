"""What is wrong with a field, in both languages."""

from collections.abc import Mapping
from typing import Any

from contracts.text import InvalidValue, Text

A_TIME = "Input should be a time in RFC 3339 with an offset, such as 2026-03-02T09:00:00+01:00"

_FRENCH: Mapping[str, str] = {
    "missing": "Champ requis",
    "extra_forbidden": "Champ non déclaré : retirez-le",
    "int_type": "Un nombre entier est attendu",
    "int_parsing": "Un nombre entier est attendu",
    "int_from_float": "Un nombre entier est attendu",
    "float_type": "Un nombre est attendu",
    "float_parsing": "Un nombre est attendu",
    "finite_number": "Un nombre fini est attendu",
    "bool_type": "true ou false est attendu",
    "bool_parsing": "true ou false est attendu",
    "string_type": "Un texte est attendu",
    "string_too_short": "Au moins {min_length} caractère(s)",
    "string_too_long": "Au plus {max_length} caractères",
    "string_pattern_mismatch": "Ne suit pas le modèle {pattern}",
    "enum": "Valeurs possibles : {expected}",
    "literal_error": "Valeurs possibles : {expected}",
    "greater_than_equal": "Doit être supérieur ou égal à {ge}",
    "greater_than": "Doit être supérieur à {gt}",
    "less_than_equal": "Doit être inférieur ou égal à {le}",
    "less_than": "Doit être inférieur à {lt}",
    "list_type": "Une liste est attendue",
    "tuple_type": "Une liste est attendue",
    "dict_type": "Un objet est attendu",
    "mapping_type": "Un objet est attendu",
    "model_type": "Un objet est attendu",
    "model_attributes_type": "Un objet est attendu",
    "too_short": "Au moins {min_length} élément(s)",
    "too_long": "Au plus {max_length} éléments",
    "rfc3339": "Un instant RFC 3339 avec décalage est attendu, par exemple 2026-03-02T09:00:00+01:00",
    "full_date": "Une date est attendue, par exemple 2026-03-02",
}

_ANYTHING_ELSE = "Valeur refusée : voyez la description de l'interface"


def wording_of(error: Mapping[str, Any]) -> Text:
    """The text of one of pydantic's errors; a rule of a model's own has its words in both languages."""
    context = error.get("ctx", {})
    own = context.get("error")
    if isinstance(own, InvalidValue):
        return own.text
    french = _FRENCH.get(error["type"], _ANYTHING_ELSE)
    if "expected" in context:
        context = {**context, "expected": context["expected"].replace(" or ", " ou ")}
    return Text(str(error["msg"]).removeprefix("Value error, "), french.format_map(_Context(context)))


class _Context(dict[str, Any]):
    def __missing__(self, name: str) -> str:
        return "…"
