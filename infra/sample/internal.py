"""A company's own IT department: one customer, no contract, four technicians for six sites."""

from infra.local.people import Person
from infra.sample.firm import Firm, House, firm
from infra.sample.people import Hand
from infra.sample.places import Agency, Client, Place, weekdays
from infra.sample.script import Line

CUSTOMER = "tisserand"

_STAFF = {"agathe": "agent", "rene": "agent", "sylvie": "dispatcher", "omar": "stock-keeper"}

_AT_HOME = Person(f"at-{CUSTOMER}-siege", CUSTOMER)

HOUSE = House(
    agencies=(Agency("lille", "Direction informatique", 50.6292, 3.0573),),
    clients=(
        Client(CUSTOMER, "Textiles Tisserand", "tisserand.example", weekdays("07:30", "19:00", "sat"), None),
    ),
    places=(
        Place(f"{CUSTOMER}-siege", CUSTOMER, "lille", "Siège", "rue Nationale",
              "59000", "Lille", 50.6350, 3.0520),
        Place(f"{CUSTOMER}-roubaix", CUSTOMER, "lille", "Filature de Roubaix", "boulevard Gambetta",
              "59100", "Roubaix", 50.6927, 3.1778),
        Place(f"{CUSTOMER}-tourcoing", CUSTOMER, "lille", "Entrepôt de Tourcoing", "chaussée Fernand-Forest",
              "59200", "Tourcoing", 50.7239, 3.1612),
        Place(f"{CUSTOMER}-lens", CUSTOMER, "lille", "Boutique de Lens", "boulevard Émile-Basly",
              "62300", "Lens", 50.4292, 2.8319),
        Place(f"{CUSTOMER}-arras", CUSTOMER, "lille", "Boutique d'Arras", "rue Saint-Aubert",
              "62000", "Arras", 50.2910, 2.7775),
        Place(f"{CUSTOMER}-valenciennes", CUSTOMER, "lille", "Boutique de Valenciennes", "rue de Paris",
              "59300", "Valenciennes", 50.3570, 3.5230),
    ),
    hands=(
        Hand("jules", "Jules Delattre", "lille", ("07:30", "16:00"),
             {"hardware": 3, "workstation": 2, "printing": 2}, 50.6927, 3.1778),
        Hand("amina", "Amina Cherif", "lille", ("08:00", "16:30"),
             {"server": 3, "network": 3, "security": 2, "workstation": 1}, 50.6292, 3.0573),
        Hand("benoit", "Benoît Lefebvre", "lille", ("08:30", "17:00"),
             {"hardware": 2, "workstation": 2, "printing": 2, "network": 1}, 50.4292, 2.8319),
        Hand("chloe", "Chloé Dubois", "lille", ("10:30", "19:00"),
             {"hardware": 3, "server": 2, "network": 2, "security": 2, "workstation": 2, "printing": 1},
             50.3570, 3.5230),
    ),
    turns={"lille": ("amina", "chloe")},
    staff=_STAFF,
    people={
        **{role: Person(subject) for subject, role in _STAFF.items()},
        "contract-manager": Person(None),
        "technician": Person("jules"),
        "admin": Person("admin"),
        "portal": Person(f"portal-{CUSTOMER}", CUSTOMER),
        "requester": _AT_HOME,
        "site-contact": _AT_HOME,
        "customer-manager": _AT_HOME,
    },
    script=(
        Line("08:05", CUSTOMER, (f"{CUSTOMER}-siege",), "no-power", "M", "M", "phone"),
        Line("08:20", CUSTOMER, (f"{CUSTOMER}-roubaix",), "switch-dead", "H", "H", "phone"),
        Line("08:35", CUSTOMER, (f"{CUSTOMER}-siege",), "account", "L", "M", "phone", solved=True),
        Line("08:45", CUSTOMER, (f"{CUSTOMER}-lens", f"{CUSTOMER}-arras"), "installation", "L", "M"),
        Line("09:10", CUSTOMER, (f"{CUSTOMER}-tourcoing",), "printer-jam", "M", "M"),
        Line("09:40", CUSTOMER, (f"{CUSTOMER}-siege",), "virus", "M", "H", "phone"),
        Line("10:15", CUSTOMER, (f"{CUSTOMER}-valenciennes",), "dead-screen", "M", "M", "mail"),
        Line("11:00", CUSTOMER, (f"{CUSTOMER}-roubaix",), "upkeep", "L", "L"),
        Line("11:30", CUSTOMER, (f"{CUSTOMER}-valenciennes",), "printer-driver", "L", "M", solved=True),
        Line("13:30", CUSTOMER, (f"{CUSTOMER}-arras",), "peripheral", "L", "M", outcome="user-absent"),
        Line("14:00", CUSTOMER, (f"{CUSTOMER}-siege",), "server-unreachable", "H", "M", "phone"),
        Line("14:40", CUSTOMER, (f"{CUSTOMER}-tourcoing",), "training", "L", "L"),
    ),
)  # fmt: skip


def internal(seed: int = 1) -> Firm:
    """The department and the company whose it is."""
    return firm(seed, HOUSE)
