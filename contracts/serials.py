"""Serial numbers as people read them out, and those that are none."""

import re
import unicodedata

_NONE_OF_ITS_OWN = frozenset(
    {
        *(
            "none",
            "null",
            "nil",
            "na",
            "nc",
            "nd",
            "sn",
            "no",
            "oem",
            "eval",
            "test",
            "empty",
            "blank",
            "void",
        ),
        *("unknown", "invalid", "default", "undefined", "unspecified", "notspecified", "notavailable"),
        *("notapplicable", "notset", "noserial", "noserialnumber", "tobedefined", "tbd"),
        *("defaultstring", "string", "tobefilledbyoem", "filledbyoem", "serial", "serialnumber", "serialno"),
        *("systemserialnumber", "chassisserialnumber", "boardserialnumber", "baseboardserialnumber"),
        *("oemserialnumber", "oemchassisserialnumber", "type2boardserialnumber", "mb1234567890"),
        *("inconnu", "inconnue", "aucun", "aucune", "neant", "sans", "sansnumero", "vide", "nonrenseigne"),
        *("nonspecifie", "nondisponible", "nonapplicable", "absent", "illisible", "numerodeserie"),
    }
)
"""What makers leave in the firmware and people put into lists, as ``_plain`` writes it."""
_COUNTING = ("01234567890123456789", "12345678901234567890", "98765432109876543210")


def serial_key(serial: str | None) -> str | None:
    """What machines are compared by: letters and digits without case; None for what is no machine's own."""
    plain = _plain(serial or "")
    same_all_over = len(set(plain)) < 2
    counted = len(plain) > 2 and any(digits.startswith(plain) for digits in _COUNTING)
    return None if same_all_over or counted or plain in _NONE_OF_ITS_OWN else plain


def _plain(serial: str) -> str:
    unaccented = "".join(c for c in unicodedata.normalize("NFKD", serial) if not unicodedata.combining(c))
    return re.sub(r"[\W_]+", "", unaccented.casefold())
