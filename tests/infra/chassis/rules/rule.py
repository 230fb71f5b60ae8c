"""A rule of the chassis, its test, and the fault that the test must notice."""

from dataclasses import dataclass, fields
from typing import Any

from infra.chassis.runtime import Parts
from tests.infra.chassis.stage import Variant

PARTS = {field.name for field in fields(Parts)}


@dataclass(frozen=True)
class HeldElsewhere:
    """A sentence whose test has its fault beside it, as a parameter of this id."""

    says: str
    file: str
    test: str
    fault: str


@dataclass(frozen=True)
class Rule:
    """One sentence of the architecture, the test that holds it, and what the test must notice."""

    says: str
    test: str
    fault: str
    variant: Variant


def rule(says: str, test: str, **fault: Any) -> Rule:
    """A rule whose fault is one argument of the chassis's constructors."""
    [(name, value)] = fault.items()
    variant = Variant(parts=Parts(**fault)) if name in PARTS else Variant(**fault)
    return Rule(says, test, getattr(value, "__name__", f"other-{name}"), variant)
