"""Which product a name is that machines report, and which of its cycles; doubtful ones are none."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from services.inventory.domain.life_cycle import NOTHING, Cycle, Product
from services.inventory.domain.windows_cycles import windows_cycles

NAMES: Mapping[str, tuple[str, ...]] = {
    "windows": ("Windows",),
    "windows-server": ("Windows Server",),
    "ubuntu": ("Ubuntu",),
    "debian": ("Debian GNU/Linux", "Debian"),
    "rhel": ("Red Hat Enterprise Linux", "Red Hat Enterprise Linux Server"),
    "centos": ("CentOS Linux", "CentOS"),
    "rocky-linux": ("Rocky Linux",),
    "almalinux": ("AlmaLinux",),
    "opensuse": ("openSUSE Leap",),
    "sles": ("SUSE Linux Enterprise Server", "SLES"),
    "oracle-linux": ("Oracle Linux Server", "Oracle Linux"),
    "fedora": ("Fedora Linux", "Fedora"),
    "linuxmint": ("Linux Mint",),
    "macos": ("macOS", "Mac OS X"),
    "esxi": ("VMware ESXi", "ESXi"),
    "proxmox-ve": ("Proxmox VE", "Proxmox Virtual Environment"),
    "office": ("Office", "Microsoft Office"),
    "mssqlserver": ("SQL Server",),
    "msexchange": ("Exchange Server",),
    "sharepoint": ("SharePoint Server",),
    "postgresql": ("PostgreSQL",),
    "mysql": ("MySQL Server", "MySQL"),
    "mariadb": ("MariaDB",),
    "mongodb": ("MongoDB",),
    "firefox": ("Mozilla Firefox", "Firefox"),
    "libreoffice": ("LibreOffice",),
    "python": ("Python",),
    "nodejs": ("Node.js",),
    "php": ("PHP",),
    "apache-http-server": ("Apache HTTP Server",),
    "nginx": ("nginx",),
    "tomcat": ("Apache Tomcat",),
    "visual-studio": ("Visual Studio",),
    "veeam-backup-and-replication": ("Veeam Backup & Replication",),
}
"""What makers' own installers write; a file of cycles and the firm add to it."""
_ARCHITECTURE = re.compile(r"\b(x64|x86|x86[_-]64|amd64|arm64|aarch64|(64|32)[ -]?bits?|[a-z]{2}-[a-z]{2})\b")
_SIGNS = re.compile(r"\((r|tm|c)\)|[®™©]")
_WORD = re.compile(r"[a-z0-9+#]+(?:\.[a-z0-9+#]+)*")
_VERSION = re.compile(r"v?\d+(\.\d+)*([a-z]\d*)?|r\d|sp\d|\d\dh\d")
_MAKERS = frozenset({"microsoft", "mozilla", "oracle"})
_EDITIONS = frozenset(
    {
        *("standard", "enterprise", "professional", "professionnel", "pro", "home", "famille", "express"),
        *("datacenter", "essentials", "community", "server", "serveur", "lts", "esr", "edition", "plus"),
        *("developer", "version", "business", "entreprise", "small", "ce", "lite"),
    }
)


class Why(StrEnum):
    """Why nothing is advised of something that machines report."""

    UNKNOWN_PRODUCT = "unknown-product"
    OTHER_WORDS = "other-words"
    """It begins as a product's name does, and goes on otherwise: a driver of it, a plug-in."""
    NO_VERSION = "no-version"
    NO_CYCLE = "no-cycle"
    SEVERAL_CYCLES = "several-cycles"


@dataclass(frozen=True)
class Reported:
    """Something as an inventory names it. ``system``: it is the machine's operating system."""

    name: str
    version: str | None = None
    build: str | None = None
    system: bool = False


@dataclass(frozen=True)
class Found:
    """``cycle`` where nothing is in doubt; else ``why``, and the product where that much is known."""

    product: Product | None = None
    cycle: Cycle | None = None
    why: Why | None = None


def words_of_name(text: str) -> tuple[str, ...]:
    """As names are compared: without accents, signs, maker and what it was built for."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    bare = _ARCHITECTURE.sub(" ", _SIGNS.sub(" ", plain.casefold()).replace("/", " "))
    words = tuple(_WORD.findall(bare))
    return words[1:] if len(words) > 1 and words[0] in _MAKERS else words


class Products:
    """Everything that is known of products and their names. The firm's own names count before all others."""

    def __init__(
        self, products: Iterable[Product], own_names: Mapping[str, tuple[str, ...]] | None = None
    ) -> None:
        self._products = {each.id: each for each in products}
        self._names: dict[tuple[str, ...], str] = {}
        tables = (
            {each.id: (each.id, *each.names) for each in self._products.values()},
            NAMES,
            own_names or {},
        )
        for table in tables:
            for product, names in table.items():
                for name in names:
                    if words := words_of_name(name):
                        self._names[words] = product
        self._longest = max((len(words) for words in self._names), default=0)

    def find(self, reported: Reported) -> Found:
        """Its product and cycle, or why not. A name that is nothing's is ``UNKNOWN_PRODUCT``."""
        words = words_of_name(reported.name)
        known = self._known(words)
        product = None if known is None else self._products.get(self._names[known])
        if known is None or (product is None and self._names[known] != NOTHING):
            return Found(why=Why.UNKNOWN_PRODUCT)
        if product is None:
            return Found()
        rest = words[len(known) :]
        if not reported.system and any(_is_other(each) for each in rest):
            return Found(product, why=Why.OTHER_WORDS)
        return _of_cycles(product, _cycles(product, reported, rest), reported, rest)

    def _known(self, words: tuple[str, ...]) -> tuple[str, ...] | None:
        """The longest name that it begins with."""
        for length in range(min(self._longest, len(words)), 0, -1):
            if words[:length] in self._names:
                return words[:length]
        return None


def _is_other(word: str) -> bool:
    return word not in _EDITIONS and _VERSION.fullmatch(word) is None


def _cycles(product: Product, reported: Reported, rest: tuple[str, ...]) -> tuple[Cycle, ...]:
    if product.id == "windows":
        return windows_cycles(product, rest, reported.version, reported.build)
    # Of its servers Windows tells a version that is another product's cycle: the year in the name says which.
    version = None if product.id == "windows-server" else reported.version
    by_version = _longest(product, _parts(version)) if version else ()
    by_name = _by_words(product, rest)
    if by_version and by_name and not set(by_version) & set(by_name):
        return (*by_version, *by_name)
    return by_version or by_name


def _of_cycles(
    product: Product, cycles: tuple[Cycle, ...], reported: Reported, rest: tuple[str, ...]
) -> Found:
    if not cycles:
        silent = reported.version is None and not any(_VERSION.fullmatch(each) for each in rest)
        return Found(product, why=Why.NO_VERSION if silent else Why.NO_CYCLE)
    if len({(each.ends_on, each.over) for each in cycles}) > 1:
        return Found(product, why=Why.SEVERAL_CYCLES)
    return Found(product, cycles[0])


def _parts(version: str) -> tuple[str, ...]:
    return tuple(version.strip().casefold().removeprefix("v").replace("-", ".").split("."))


def _longest(product: Product, version: tuple[str, ...]) -> tuple[Cycle, ...]:
    """``15.4`` is of the cycle ``15``, unless there is one called ``15.4``."""
    fitting = [
        (len(parts), cycle)
        for cycle in product.cycles
        if version[: len(parts := _parts(cycle.name))] == parts
    ]
    if not fitting:
        return ()
    most = max(length for length, _ in fitting)
    return tuple(cycle for length, cycle in fitting if length == most)


def _by_words(product: Product, rest: tuple[str, ...]) -> tuple[Cycle, ...]:
    """By what the name says after the product: ``2012 R2``, ``22.04.4``, or the label that people know."""
    said = [each for each in rest if _VERSION.fullmatch(each)]
    best: tuple[int, tuple[Cycle, ...]] = (0, ())
    for cycle in product.cycles:
        for name in (cycle.name, cycle.label):
            parts = tuple(re.findall(r"[a-z0-9.]+", name.casefold()))
            if parts and tuple(said[: len(parts)]) == parts and len(parts) >= best[0]:
                others = best[1] if len(parts) == best[0] else ()
                best = (len(parts), (*others, *(() if cycle in others else (cycle,))))
    if best[1] or not said:
        return best[1]
    return _longest(product, _parts(said[0]))
