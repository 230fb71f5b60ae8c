"""A problem that a rule of this service raises."""

from contracts.text import Text
from infra.chassis.http.problem_types import ProblemType


def rule(en: str, fr: str, remedy_en: str, remedy_fr: str) -> ProblemType:
    return ProblemType(422, Text(en, fr), Text(remedy_en, remedy_fr))
