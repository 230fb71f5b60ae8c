"""What happens on the sample day, hour by hour: about forty requests, some incidents among them."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Line:
    """One request: wall-clock time, client, sites, work type, impact and urgency (``H``, ``M``, ``L``).

    ``answer`` is what the first technician told to go does (``decline``, ``silence``), ``outcome``
    how the first visit ends when it is not simply fixed, ``missing`` the part that is lost.
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


SCRIPT = (
    # Two vans of the region have the part and no depot: when one is found empty, the visit moves.
    Line("07:10", "saint-roch", ("roch-bron",), "motherboard", "H", "M", missing="motherboard-q670"),
    Line("07:25", "verreries", ("verreries-dombasle",), "switch-dead", "H", "H", "phone"),
    Line("07:40", "delorme", ("delorme-st-priest",), "lost-connection", "M", "H"),
    Line("07:55", "alpages", ("alpages-siege", "alpages-ecully", "alpages-vienne"),
         "printer-driver", "M", "M"),
    Line("08:05", "saint-roch", ("roch-nancy",), "server-unreachable", "H", "H", "phone"),
    Line("08:15", "prouve", ("prouve-laxou",), "no-power", "M", "M", "mail"),
    Line("08:20", "bertin", ("bertin-caluire",), "peripheral", "L", "M"),
    Line("08:30", "alpages", ("alpages-nancy",), "dead-screen", "M", "H", answer="decline"),
    Line("08:40", "saint-roch", ("roch-part-dieu",), "no-power", "H", "H", "phone", answer="silence"),
    Line("08:50", "delorme", ("delorme-toul", "delorme-mousson"), "installation", "L", "M"),
    Line("09:00", "prouve", ("prouve-venissieux",), "virus", "M", "H", "phone"),
    Line("09:05", "bertin", ("bertin-nancy",), "printer-jam", "M", "M"),
    Line("09:15", "verreries", ("verreries-epinal",), "lost-files", "M", "M", "mail", outcome="workaround"),
    Line("09:20", "alpages", ("alpages-bourgoin",), "no-power", "M", "M", outcome="part-dead"),
    Line("09:30", "saint-roch", ("roch-gratte-ciel",), "printer-jam", "M", "M"),
    Line("09:40", "bertin", ("bertin-croix-rousse",), "dead-screen", "L", "H"),
    Line("09:50", "delorme", ("delorme-isle",), "server-unreachable", "H", "H", "phone"),
    Line("10:00", "saint-roch", ("roch-vandoeuvre",), "lost-connection", "M", "H"),
    Line("10:10", "prouve", ("prouve-luneville",), "installation", "L", "L"),
    Line("10:20", "alpages", ("alpages-metz",), "move", "L", "M"),
    Line("10:30", "bertin", ("bertin-st-etienne", "bertin-villefranche"), "upkeep", "L", "L"),
    Line("10:40", "verreries", ("verreries-chamond",), "printer-driver", "L", "M", "mail"),
    Line("10:50", "delorme", ("delorme-givors",), "peripheral", "L", "M"),
    Line("11:00", "saint-roch", ("roch-bron",), "raid-degraded", "H", "M"),
    Line("11:10", "alpages", ("alpages-nancy",), "virus", "M", "H", "phone"),
    Line("11:25", "prouve", ("prouve-meyzieu",), "no-power", "M", "M"),
    Line("11:40", "bertin", ("bertin-sarrebourg",), "no-power", "M", "M", "phone"),
    Line("11:55", "delorme", ("delorme-mousson",), "server-unreachable", "H", "M", "phone"),
    Line("12:20", "verreries", ("verreries-st-die",), "printer-driver", "L", "M"),
    Line("12:40", "saint-roch", ("roch-part-dieu", "roch-gratte-ciel", "roch-bron"),
         "lost-connection", "H", "M"),
    Line("13:05", "alpages", ("alpages-ecully",), "installation", "L", "M", outcome="user-absent"),
    Line("13:20", "prouve", ("prouve-laxou", "prouve-luneville"), "upkeep", "L", "L"),
    Line("13:35", "bertin", ("bertin-caluire",), "lost-files", "M", "M", "mail"),
    Line("13:50", "delorme", ("delorme-st-priest",), "no-power", "M", "H"),
    Line("14:00", "verreries", ("verreries-dombasle",), "no-power", "M", "H", "phone"),
    Line("14:15", "saint-roch", ("roch-vandoeuvre",), "dead-screen", "M", "H"),
    Line("14:30", "alpages", ("alpages-vienne",), "lost-connection", "M", "M"),
    Line("14:45", "prouve", ("prouve-venissieux",), "training", "L", "L"),
    Line("15:00", "bertin", ("bertin-nancy",), "peripheral", "L", "H"),
    Line("15:20", "delorme", ("delorme-toul",), "printer-driver", "M", "M"),
)  # fmt: skip
