"""The sample firm's people, and the names from which the clients' are drawn."""

from collections.abc import Mapping
from dataclasses import dataclass

from infra.local.platform import Person
from infra.sample.calls import Json

FIRST = (
    "Anne", "Bruno", "Chloé", "David", "Élodie", "Farid", "Gaëlle", "Henri", "Isabelle", "Jérôme", "Karine",
    "Loïc", "Myriam", "Nicolas", "Océane", "Pascal", "Rachida", "Sébastien", "Tatiana", "Ugo", "Valérie",
    "William",
)  # fmt: skip
LAST = (
    "Aubert", "Benali", "Chevalier", "Dufour", "Estève", "Fontaine", "Gauthier", "Hoarau", "Imbert", "Joly",
    "Keller", "Lemoine", "Marchand", "Nguyen", "Olivier", "Perrin", "Roussel", "Schmitt", "Tessier", "Vidal",
    "Weber", "Zimmer",
)  # fmt: skip


@dataclass(frozen=True)
class Hand:
    """A technician before he becomes a body: ``shift`` are wall-clock hours, Monday to Friday."""

    id: str
    name: str
    agency: str
    shift: tuple[str, str]
    skills: Json
    latitude: float
    longitude: float


HANDS = (
    Hand("ines", "Inès Morel", "lyon", ("07:00", "15:30"),
         {"hardware": 3, "workstation": 2, "printing": 1}, 45.7719, 4.8902),
    Hand("karim", "Karim Haddad", "lyon", ("08:00", "16:30"),
         {"server": 3, "network": 2, "security": 2, "workstation": 1}, 45.6978, 4.8868),
    Hand("lucie", "Lucie Garnier", "lyon", ("08:30", "17:00"),
         {"printing": 2, "hardware": 2, "workstation": 2}, 45.5255, 4.8742),
    Hand("thomas", "Thomas Roche", "lyon", ("09:30", "18:00"),
         {"network": 3, "security": 2, "hardware": 1, "workstation": 1}, 45.4775, 4.5153),
    Hand("sofia", "Sofia Martins", "lyon", ("11:00", "19:30"),
         {"hardware": 3, "server": 2, "network": 1, "workstation": 1, "printing": 1}, 45.7738, 4.7990),
    Hand("bastien", "Bastien Humbert", "nancy", ("07:00", "15:30"),
         {"hardware": 3, "workstation": 2, "printing": 1}, 48.6236, 6.3514),
    Hand("mathilde", "Mathilde Klein", "nancy", ("08:00", "16:30"),
         {"server": 3, "network": 2, "security": 2, "workstation": 1}, 48.7117, 6.1631),
    Hand("hugo", "Hugo Claudel", "nancy", ("08:30", "17:00"),
         {"printing": 2, "hardware": 2, "workstation": 2}, 48.5940, 6.4930),
    Hand("yasmine", "Yasmine Bouzid", "nancy", ("09:30", "18:00"),
         {"network": 3, "security": 2, "hardware": 1, "workstation": 1}, 48.9050, 6.0550),
    Hand("paul", "Paul Antoine", "nancy", ("11:00", "19:30"),
         {"hardware": 3, "server": 2, "network": 1, "workstation": 1, "printing": 1}, 48.6567, 6.1681),
)  # fmt: skip

STAFF: Mapping[str, str] = {
    "nadia": "agent",
    "olivier": "agent",
    "sandrine": "dispatcher",
    "marc": "stock-keeper",
    "claire": "contract-manager",
}
"""Subjects of the firm's own people, with their roles."""

PEOPLE: Mapping[str, Person] = {
    **{role: Person(subject) for subject, role in STAFF.items()},
    "technician": Person("ines"),
    "admin": Person("admin"),
    "portal": Person("portal-alpages", "alpages"),
    "requester": Person("at-alpages-siege", "alpages"),
    "site-contact": Person("at-alpages-siege", "alpages"),
    "customer-manager": Person("at-alpages-siege", "alpages"),
}
"""One who is there for each role."""
