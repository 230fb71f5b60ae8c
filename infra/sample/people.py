"""The sample firm's people, and the names from which the clients' are drawn."""

from collections.abc import Mapping
from dataclasses import dataclass

from infra.local.people import Person
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
    """A technician before he becomes a body: ``shift`` are wall-clock hours, Monday to Friday.

    ``territory`` is his agency's too, but a ``partner`` belongs to another firm and has none.
    """

    id: str
    name: str
    territory: str
    shift: tuple[str, str]
    skills: Json
    latitude: float
    longitude: float
    language: str = "fr"
    time_zone: str = "Europe/Paris"
    holidays: str = "FR"
    partner: bool = False


_PC: Json = {"hardware": 3, "workstation": 2, "printing": 1}
_SERVERS: Json = {"server": 3, "network": 2, "security": 2, "hardware": 1, "workstation": 2}
_PRINTERS: Json = {"printing": 2, "hardware": 2, "workstation": 2}
_NETWORKS: Json = {"network": 3, "security": 2, "hardware": 1, "workstation": 1}
_ALL_ROUND: Json = {"hardware": 3, "server": 2, "network": 2, "workstation": 1, "printing": 1}

HANDS = (
    Hand("ines", "Inès Morel", "lyon", ("07:00", "15:30"), _PC, 45.7719, 4.8902),
    Hand("karim", "Karim Haddad", "lyon", ("08:00", "16:30"), _SERVERS, 45.6978, 4.8868),
    Hand("lucie", "Lucie Garnier", "lyon", ("08:30", "17:00"), _PRINTERS, 45.5255, 4.8742),
    Hand("thomas", "Thomas Roche", "lyon", ("09:30", "18:00"), _NETWORKS, 45.4775, 4.5153),
    Hand("sofia", "Sofia Martins", "lyon", ("11:00", "19:30"), _ALL_ROUND, 45.7738, 4.7990, "en"),
    Hand("malik", "Malik Diarra", "lyon", ("08:00", "16:30"), _PC, 45.7667, 5.0033),
    Hand("claudine", "Claudine Faure", "lyon", ("09:00", "17:30"), _PRINTERS, 45.9061, 4.7200),
    Hand("bastien", "Bastien Humbert", "nancy", ("07:00", "15:30"), _PC, 48.6236, 6.3514),
    Hand("mathilde", "Mathilde Klein", "nancy", ("08:00", "16:30"), _SERVERS, 48.7117, 6.1631),
    Hand("hugo", "Hugo Claudel", "nancy", ("08:30", "17:00"), _PRINTERS, 48.5940, 6.4930),
    Hand("yasmine", "Yasmine Bouzid", "nancy", ("09:30", "18:00"), _NETWORKS, 48.9050, 6.0550),
    Hand("paul", "Paul Antoine", "nancy", ("11:00", "19:30"), _ALL_ROUND, 48.6567, 6.1681),
    # He lives in Alsace and works there in German too.
    Hand("lukas", "Lukas Schneider", "nancy", ("08:00", "16:30"),
         {**_ALL_ROUND, "workstation": 2, "printing": 2}, 48.7419, 7.3633, "en", holidays="FR-6AE"),
    Hand("gwen", "Gwen Le Goff", "nantes", ("07:00", "15:30"), _PC, 47.2733, -2.2137),
    Hand("erwan", "Erwan Riou", "nantes", ("08:00", "16:30"), _SERVERS, 47.2717, -1.6228),
    Hand("adele", "Adèle Brossard", "nantes", ("08:30", "17:00"), _PRINTERS, 47.1686, -1.4697),
    Hand("samuel", "Samuel Petit", "nantes", ("09:30", "18:00"), _NETWORKS, 47.3667, -1.1767),
    Hand("nora", "Nora Belkacem", "nantes", ("11:00", "19:30"), _ALL_ROUND, 47.2122, -1.6497),
    Hand("quentin", "Quentin Moreau", "nantes", ("08:00", "16:30"),
         {**_PC, "printing": 2}, 47.4712, -0.5518),
    Hand("ravi", "Ravi Payet", "reunion", ("08:00", "16:30"),
         {"hardware": 2, "workstation": 2, "network": 2, "server": 2, "printing": 2, "security": 1},
         -20.9370, 55.2920, time_zone="Indian/Reunion", holidays="FR-974", partner=True),
)  # fmt: skip

STAFF: Mapping[str, str] = {
    "nadia": "agent",
    "olivier": "agent",
    "sandrine": "dispatcher",
    "marc": "stock-keeper",
    "etienne": "contract-manager",
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
