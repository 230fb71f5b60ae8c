"""What people read, in both languages."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Text:
    """A text for people."""

    en: str
    fr: str

    def in_(self, language: str) -> str:
        return self.fr if language == "fr" else self.en


class InvalidValue(ValueError):
    """A value that contradicts itself or its neighbours, in words for whoever sent it.

    What a validator raises where a plain ``ValueError`` would reach people in one language only.
    """

    def __init__(self, en: str, fr: str) -> None:
        super().__init__(en)
        self.text = Text(en, fr)
