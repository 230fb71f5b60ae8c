"""What tells one machine from another, and the values that tell nothing."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from contracts.serials import serial_key

_JUNK_SERIALS = frozenset(
    {
        *("sys1234567890", "sys9876543210", "sn12345", "sn123456", "sn1234567890", "iatpass", "unknow"),
        *("tulipcomputers", "oemserial", "systemserialnumb", "nullstring", "serialnumberxxxxxx", "standard"),
        *("123456789000", "12345678901234567", "sn123456fvgv3i0b8o5n6n7k", "bss0123456789", "xxxx1234567890"),
        *(
            "notsettable",
            "notpresent",
            "noasset",
            "noassettag",
            "noassetinformation",
            "assettag",
            "asset1234567890",
        ),
        *("chassisassettag", "systemassettag", "defaultassettag", "atn12345678901234567", "mb1234567890"),
        *(
            "baseboardassettag",
            "typebaseboardassettag",
            "type2boardassettag",
            "type1productconfigid",
            "asset",
        ),
    }
)
"""Beside those that the contracts know: what makers of boards leave where a serial or a tag belongs."""
_JUNK_UUIDS = frozenset(
    {
        "03000200040005000006000700080009",
        "00020003000400050006000700080009",
        "123456781234567890abcddeefaabbcc",
        "1234567812345678123456789abcdef0",
        "6ab5b300538d10149fb5b0684d007b53",
        "4c4c454400002010802080c04f202020",
        "fefefefefefefefefefefefefefefefe",
        "01010101010101010101010101010101",
        "feedfacefeedfacefeedfacefeedface",
        "deadbeefdeadbeefdeadbeefdeadbeef",
    }
)
"""UUIDs that a maker has put into thousands of boards."""
_JUNK_MACS = frozenset(
    {
        *("204153594eff", "024e43504900", "02004e435049", "e2e616200a35", "d20a2da004be", "00a0c6000000"),
        *("d26b252f2ce7", "33506f453030", "0a0027000000", "005056c00001", "005056c00002"),
        *("005056c00008", "028037ec0200", "505054503030", "24b620524153", "feffffffffff", "000bcafe0000"),
    }
)
"""Addresses of adapters that exist in software only, the same on every machine."""
_HEX = re.compile(r"[0-9a-f]+")


@dataclass(frozen=True)
class Identity:
    """As somebody or something told it, nothing of it checked. ``macs`` in whatever notation."""

    asset_tag: str | None = None
    serial: str | None = None
    manufacturer: str | None = None
    model: str | None = None
    uuid: str | None = None
    macs: tuple[str, ...] = ()

    @cached_property
    def tag_key(self) -> str | None:
        return own_key(self.asset_tag)

    @cached_property
    def serial_key(self) -> str | None:
        return own_key(self.serial)

    @cached_property
    def uuid_key(self) -> str | None:
        return uuid_key(self.uuid)

    @cached_property
    def mac_keys(self) -> tuple[str, ...]:
        return mac_keys(self.macs)

    def keys(self, customer_id: str) -> tuple[str, ...]:
        """What its machine is looked up by: only among that customer's, whoever else has the same."""
        said = (("tag", self.tag_key), ("serial", self.serial_key), ("uuid", self.uuid_key))
        named = [f"{kind}:{key}" for kind, key in said if key is not None]
        return tuple(f"{customer_id}/{each}" for each in (*named, *(f"mac:{mac}" for mac in self.mac_keys)))

    @property
    def fingerprint(self) -> str:
        """What a person's decision about it holds for: adapters come and go."""
        return "|".join((self.tag_key or "", self.serial_key or "", plain(self.model), self.uuid_key or ""))


def own_key(text: str | None) -> str | None:
    """A serial number or an asset tag as it is compared; None for what is no machine's own."""
    key = serial_key(text)
    return None if key is None or key in _JUNK_SERIALS else key


def uuid_key(text: str | None) -> str | None:
    """The same for both orders of bytes that systems show a UUID in; None for what boards share."""
    digits = re.sub(r"[^0-9a-z]", "", (text or "").lower())
    if len(digits) != 32 or _HEX.fullmatch(digits) is None or len(set(digits)) < 3:
        return None
    first = bytes.fromhex(digits[:8])[::-1] + bytes.fromhex(digits[8:12])[::-1]
    swapped = first.hex() + bytes.fromhex(digits[12:16])[::-1].hex() + digits[16:]
    return None if {digits, swapped} & _JUNK_UUIDS else min(digits, swapped)


def mac_keys(macs: Iterable[str]) -> tuple[str, ...]:
    """Twelve digits each, in order; without those that are no card's own.

    Addresses that a system makes up (the second-lowest bit of their first byte is set) change, or are alike
    on many machines.
    """
    found = set()
    for mac in macs:
        digits = re.sub(r"[^0-9a-z]", "", mac.lower())
        if len(digits) == 12 and _HEX.fullmatch(digits) and len(set(digits)) > 1 and digits not in _JUNK_MACS:
            made_up_or_for_many = int(digits[:2], 16) & 3
            if not made_up_or_for_many:
                found.add(digits)
    return tuple(sorted(found))


def plain(text: str | None) -> str:
    """A model or a maker as it is compared: ``Latitude 5420`` is ``LATITUDE-5420``."""
    return re.sub(r"[\W_]+", "", (text or "").casefold())
