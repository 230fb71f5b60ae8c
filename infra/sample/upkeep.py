"""What the sample firm does before something breaks: plans of maintenance, renewals, a training."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from infra.sample.calls import Call, Json
from infra.sample.firm import Firm

AHEAD_MONTHS = 2
"""When plans begin: nothing of them falls due on the day that is played."""
WISHED_AFTER = timedelta(days=14)
PATIENT = "light"
RULES: Json = {
    "currency": "EUR",
    "category": "installation",
    "training_category": "training",
    "life_years": {"server": 5, "workstation": 4, "copier": 5},
    "price_cents": {"server": 420_000, "workstation": 89_000, "copier": 310_000},
    "upgrade_cents": {"other": 18_000},
    "warranty_cents": 24_000,
    "repair_cents": 21_000,
}
_DUST: Json = {"id": "dust", "fr": "Dépoussiéré ?", "en": "Dusted?", "kind": "yes-no", "right": ["yes"]}
_DISK: Json = {
    "id": "disk", "fr": "Espace disque libre", "en": "Free disk space", "kind": "number", "unit": "%",
    "least": 15,
}  # fmt: skip
_BACKUP: Json = {
    "id": "restore", "fr": "Fichier restauré depuis la sauvegarde ?", "en": "File restored from the backup?",
    "kind": "yes-no", "right": ["yes"],
}  # fmt: skip
_PLANS = (
    ("machines", "Entretien des postes et copieurs", ("workstation", "copier"), 6, (_DUST,)),
    ("servers", "Contrôle des serveurs et des sauvegardes", ("server",), 3, (_DISK, _BACKUP)),
)


def plans(firm: Firm, today: date) -> list[Call]:
    """Of clients with contracts, or of all where none has; again in the same month it changes nothing."""
    covered = [client for client in firm.house.clients if client.promises] or firm.house.clients
    first_on = _first_of(today, AHEAD_MONTHS).isoformat()
    return [
        Call(
            "PUT",
            f"/v1/maintenance-plans/{client.id}-{id}",
            {
                "customer_id": client.id,
                "name": name,
                "category": "upkeep",
                "trigger": {"kind": "calendar", "every": every, "unit": "months", "first_on": first_on},
                "kinds": list(kinds),
                "before_days": 7,
                "after_days": 14,
                "minutes": 45,
                "checklist": list(checklist),
                "follow_up_category": "upkeep",
            },
        )
        for client in covered
        for id, name, kinds, every, checklist in _PLANS
    ]


def renewals(firm: Firm) -> list[Call]:
    """What things cost, and a look through each park: what its warranties and ages say."""
    looks = (
        Call("POST", "/v1/renewals/refresh", {"customer_id": client.id}) for client in firm.house.clients
    )
    return [Call("PUT", "/v1/renewals/rules/default", RULES), *looks]


def trainings(firm: Firm, today: date, present: Iterable[Json]) -> Iterator[Call]:
    """One of a client who is in no hurry, where it has none. ``present``: items of ``GET /v1/trainings``."""
    patient = [client.id for client in firm.house.clients if client.promises == PATIENT]
    place = next((each for each in firm.house.places if each.client in patient), firm.house.places[0])
    if any(each["customer_id"] == place.client for each in present):
        return
    day = today + WISHED_AFTER
    yield Call(
        "POST",
        "/v1/trainings",
        {
            "customer_id": place.client,
            "site_id": place.id,
            "title": "Prise en main des nouveaux postes",
            "programme": "Ouverture de session, dossiers partagés, impression, messagerie ; questions.",
            "materials": ["Fiches mémo", "Vidéoprojecteur"],
            "room": "Salle de réunion",
            "places": 8,
            "category": "training",
            "wished_on": (day - timedelta(days=day.weekday()) + timedelta(days=1)).isoformat(),
            "contacts": [id for id, body in firm.contacts.items() if place.id in body["sites"]],
            "guests": ["Une remplaçante", "Un surveillant"],
        },
    )


def _first_of(today: date, months: int) -> date:
    month = today.year * 12 + today.month - 1 + months
    return date(month // 12, month % 12 + 1, 1)
