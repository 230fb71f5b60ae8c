"""What the sample firm knows how to repair, and which of it is what its people do in a day."""

from collections.abc import Mapping

from infra.sample.calls import Json
from infra.sample.repairs.files import FILES
from infra.sample.repairs.installing import INSTALLING
from infra.sample.repairs.network import NETWORK
from infra.sample.repairs.people import PEOPLE
from infra.sample.repairs.printing import PRINTING
from infra.sample.repairs.screens import SCREENS
from infra.sample.repairs.security import SECURITY
from infra.sample.repairs.servers import SERVERS
from infra.sample.repairs.workstations import WORKSTATIONS

REPAIRS: Mapping[str, Json] = {
    **WORKSTATIONS,
    **SCREENS,
    **PRINTING,
    **NETWORK,
    **SERVERS,
    **FILES,
    **PEOPLE,
    **SECURITY,
    **INSTALLING,
}

USED: Mapping[str, str] = {
    "no-power": "psu-dead",
    "dead-screen": "screen-dead",
    "motherboard": "motherboard-dead",
    "printer-driver": "printer-driver-reinstall",
    "printer-jam": "fuser-worn",
    "server-unreachable": "server-service-restart",
    "raid-degraded": "raid-disk",
    "lost-connection": "patch-cord-dead",
    "switch-dead": "switch-dead",
    "virus": "ransomware-isolate",
    "lost-files": "restore-backup",
    "installation": "new-workstation",
    "move": "move-desk",
    "upkeep": "upkeep-cleaning",
    "training": "training-mail",
    "software-update": "software-install",
    "account": "new-employee",
}
"""The article that a kind of work usually follows, by work type."""
