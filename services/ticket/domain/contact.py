"""A person at the client's."""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

from contracts.values import Language


class ComputerSkill(StrEnum):
    """How much may be asked of somebody on the phone, and how much has to be explained."""

    BEGINNER = "beginner"
    USUAL = "usual"
    AT_EASE = "at-ease"


@dataclass(frozen=True)
class Contact:
    """``sites`` are those he answers for; ``role`` is what he is there, in the client's words.

    ``found_by`` is set while the contact is known only from requests that named him: what the
    next request finds him by, so that two at once do not make two of him.
    """

    id: str
    customer_id: str
    name: str
    email: str | None = None
    phone: str | None = None
    language: Language = Language.FR
    sites: tuple[str, ...] = ()
    role: str | None = None
    computer_skill: ComputerSkill | None = None
    found_by: str | None = None


@dataclass(frozen=True)
class Person:
    """A person as a request names him; mail and phone are normalised."""

    name: str
    email: str | None = None
    phone: str | None = None

    def key(self, customer_id: str) -> str:
        """What identifies him within his company: the mail, else the phone, else the name."""
        if self.email is not None:
            return f"{customer_id} mail {self.email}"
        if self.phone is not None:
            return f"{customer_id} phone {self.phone}"
        return f"{customer_id} name {self.name.casefold()}"


def normal_email(text: str) -> str:
    """Mail addresses are compared without case."""
    return text.strip().lower()


def normal_phone(text: str) -> str:
    """Digits only, after a plus where the number is international (``00`` counts as one)."""
    digits = re.sub(r"[^\d+]", "", text)
    if digits.startswith("00"):
        return "+" + digits[2:]
    if len(digits) == 10 and digits.startswith("0"):
        return "+33" + digits[1:]
    return digits


def words_of(name: str) -> tuple[str, ...]:
    """The words of a name without accents and case, each once: ``Éloïse Le Goff-Roux`` gives four."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))
    return tuple(dict.fromkeys(re.findall(r"\w+", plain.casefold())))
