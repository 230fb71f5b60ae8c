"""How a known repair is written down here: French and English side by side."""

from typing import Any

from infra.sample.calls import Json

Both = tuple[str, str]
"""French and English."""


def words(both: Both) -> Json:
    return {"fr": both[0], "en": both[1]}


def repair(
    title: Both,
    symptom: Both,
    cause: Both,
    *steps: Both,
    categories: tuple[str, ...],
    minutes: int,
    onsite: bool = False,
    self_service: bool = False,
    parts: dict[str, int] | None = None,
    skills: dict[str, int] | None = None,
    models: tuple[str, ...] = (),
) -> Json:
    """From the desk where nothing is said; ``parts`` by SKU, ``skills`` by id."""
    said: dict[str, Any] = {
        "title": words(title),
        "symptom": words(symptom),
        "cause": words(cause),
        "steps": [words(step) for step in steps],
        "categories": list(categories),
        "minutes": minutes,
        "mode": "onsite" if onsite else "remote",
        "self_service": self_service,
        "parts": [{"sku": sku, "quantity": quantity} for sku, quantity in (parts or {}).items()],
        "skills": skills or {},
        "models": list(models),
    }
    return said
