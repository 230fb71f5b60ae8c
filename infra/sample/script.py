"""What happens on the sample day, hour by hour: about fifty requests, some incidents among them."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Line:
    """One request: wall-clock time, client, sites, work type, impact and urgency (``H``, ``M``, ``L``).

    What is out of the ordinary:

    - ``answer`` is what the first technician told to go does (``decline``, ``silence``), ``outcome`` how
      the first visit ends when it is not simply fixed, ``missing`` the part that is lost;
    - ``solved``: the hotline solves from its desk what may be tried there, where it else gives up;
    - ``typed`` minutes after it was declared;
    - ``unanswered``: it asks the client something and never hears of him;
    - ``truly`` are the impact and urgency that it should have had, as the client agrees later;
    - ``tomorrow``: the dispatcher gives it to whoever is on call, at that time of the next working day;
    - ``offline``: the technician has no network there, and tells of it an hour later;
    - ``by_night``: it comes in the night after the day.
    """

    at: str
    client: str
    sites: tuple[str, ...]
    work: str
    impact: str
    urgency: str
    channel: str = "portal"
    answer: str = "acknowledge"
    outcome: str = "fixed"
    missing: str | None = None
    solved: bool = False
    typed: int = 0
    unanswered: bool = False
    truly: str | None = None
    tomorrow: str | None = None
    offline: bool = False
    by_night: bool = False


SICK_AT = "10:00"
"""When somebody who has visits before him, and is not on call, goes home sick."""

SCRIPT = (
    # Two vans of the region have the part and no depot: when one is found empty, the visit moves.
    Line("07:35", "saint-roch", ("roch-bron",), "motherboard", "H", "M", missing="motherboard-q670"),
    Line("07:40", "verreries", ("verreries-dombasle",), "switch-dead", "H", "H", "phone"),
    Line("07:45", "ligerienne", ("ligerienne-siege",), "account", "L", "M", "phone", solved=True),
    Line("07:50", "austral", ("austral-denis",), "printer-jam", "M", "M", "mail"),
    Line("07:55", "alpages", ("alpages-siege", "alpages-ecully", "alpages-vienne"), "installation", "M", "M"),
    Line("08:05", "saint-roch", ("roch-nancy",), "server-unreachable", "H", "H", "phone", typed=7),
    Line("08:10", "kerguen", ("kerguen-nazaire",), "no-power", "M", "M"),
    Line("08:15", "prouve", ("prouve-laxou",), "no-power", "M", "M", "mail"),
    Line("08:20", "bertin", ("bertin-caluire",), "printer-driver", "L", "M", "phone", solved=True),
    Line("08:25", "estuaire", ("estuaire-reze",), "lost-connection", "M", "H"),
    Line("08:30", "alpages", ("alpages-nancy",), "dead-screen", "M", "H", answer="decline"),
    Line("08:40", "saint-roch", ("roch-part-dieu",), "no-power", "H", "H", "phone", answer="silence"),
    Line("08:45", "rhenanes", ("rhenanes-strasbourg",), "dead-screen", "M", "M", "phone"),
    Line("08:50", "delorme", ("delorme-toul", "delorme-mousson"), "peripheral", "L", "M"),
    Line("08:55", "vauban", ("vauban-nantes",), "lost-files", "M", "M", "phone", solved=True),
    Line("09:00", "prouve", ("prouve-venissieux",), "virus", "M", "H", "phone"),
    Line("09:05", "ligerienne", ("ligerienne-angers",), "printer-jam", "M", "M"),
    # Everybody's work is urgent to him: it is one person's second screen.
    Line("09:10", "vauban", ("vauban-nancy",), "peripheral", "H", "H", truly="LM"),
    Line("09:15", "verreries", ("verreries-epinal",), "lost-files", "M", "M", "phone", solved=True),
    Line("09:20", "alpages", ("alpages-bourgoin",), "no-power", "M", "M", outcome="part-dead"),
    Line("09:25", "estuaire", ("estuaire-savenay", "estuaire-pornic"), "upkeep", "L", "L"),
    Line("09:35", "kerguen", ("kerguen-orvault",), "software-update", "L", "M", solved=True),
    Line("09:45", "rhenanes", ("rhenanes-laxou",), "advice", "L", "L", "mail", unanswered=True),
    Line("09:50", "delorme", ("delorme-isle",), "server-unreachable", "H", "H", "phone"),
    Line("10:05", "saint-roch", ("roch-vandoeuvre",), "lost-connection", "M", "H"),
    Line("10:10", "austral", ("austral-lyon",), "account", "L", "M", solved=True),
    Line("10:20", "alpages", ("alpages-metz",), "move", "L", "M"),
    Line("10:30", "bertin", ("bertin-st-etienne", "bertin-villefranche"), "upkeep", "L", "L"),
    Line("10:40", "verreries", ("verreries-chamond",), "printer-driver", "L", "M", "phone", solved=True),
    # In the shipyard's hold there is no network.
    Line("10:50", "kerguen", ("kerguen-carquefou",), "lost-connection", "H", "M", offline=True),
    Line("11:00", "saint-roch", ("roch-bron",), "raid-degraded", "H", "M"),
    Line("11:10", "ligerienne", ("ligerienne-herblain",), "virus", "M", "H", "phone"),
    Line("11:25", "prouve", ("prouve-meyzieu",), "software-update", "L", "M", "phone", solved=True),
    Line("11:40", "bertin", ("bertin-sarrebourg",), "no-power", "M", "M", "phone"),
    Line("11:55", "delorme", ("delorme-mousson",), "server-unreachable", "H", "M", "phone"),
    Line("12:20", "vauban", ("vauban-dardilly",), "printer-driver", "L", "M", solved=True),
    Line("12:40", "saint-roch", ("roch-part-dieu", "roch-gratte-ciel", "roch-bron"),
         "lost-connection", "H", "M"),
    Line("13:05", "alpages", ("alpages-ecully",), "peripheral", "L", "M", outcome="user-absent"),
    Line("13:20", "austral", ("austral-nancy",), "cabling", "L", "L"),
    Line("13:35", "bertin", ("bertin-caluire",), "lost-files", "M", "M", "phone", solved=True),
    Line("13:50", "ligerienne", ("ligerienne-cholet",), "account", "L", "M", solved=True),
    Line("14:00", "verreries", ("verreries-dombasle",), "no-power", "M", "H", "phone"),
    Line("14:15", "rhenanes", ("rhenanes-oullins",), "dead-screen", "M", "H"),
    # The desk tries, and cannot: the disk itself is dead.
    Line("14:20", "ligerienne", ("ligerienne-nazaire",), "lost-files", "M", "M", "phone"),
    Line("14:30", "estuaire", ("estuaire-vertou",), "lost-files", "M", "M", "phone", solved=True),
    Line("14:45", "prouve", ("prouve-luneville",), "training", "L", "L"),
    Line("15:00", "bertin", ("bertin-nancy",), "software-update", "L", "H", "phone", solved=True),
    Line("15:20", "delorme", ("delorme-givors",), "printer-jam", "M", "M"),
    Line("15:40", "vauban", ("vauban-lyon",), "upkeep", "L", "L", tomorrow="09:00"),
    Line("16:10", "kerguen", ("kerguen-ancenis",), "advice", "L", "L", "phone", solved=True),
    Line("16:30", "austral", ("austral-nantes",), "printer-driver", "L", "M", "phone", solved=True),
    Line("17:40", "saint-roch", ("roch-gratte-ciel",), "server-unreachable", "H", "H", "phone"),
    Line("02:20", "saint-roch", ("roch-part-dieu",), "server-unreachable", "H", "H", "phone", by_night=True),
)  # fmt: skip
