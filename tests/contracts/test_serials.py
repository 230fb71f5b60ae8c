"""What counts as a machine's serial number."""

import pytest

from contracts.serials import serial_key


@pytest.mark.parametrize("written", ["5CG1234XYZ", "5cg1234xyz", " 5CG 1234-XYZ ", "5CG.1234/XYZ"])
def test_a_serial_is_the_same_however_it_is_read_out(written: str) -> None:
    assert serial_key(written) == "5cg1234xyz"


@pytest.mark.parametrize(
    "junk",
    [
        *(
            "To be filled by O.E.M.",
            "To Be Filled By O.E.M",
            "Default string",
            "None",
            "N/A",
            "Not Specified",
        ),
        *("System Serial Number", "Chassis Serial Number", "Type2 - Board Serial Number", "INVALID"),
        *("0", "00000000", "xxxxxxx", "FFFFFFFF", "-", "....", "", "123456789", "0123456789", "1234567890"),
        *("inconnu", "Néant", "non renseigné", "S/N"),
    ],
)
def test_what_a_maker_left_there_is_no_serial(junk: str) -> None:
    assert serial_key(junk) is None


@pytest.mark.parametrize("own", ["12", "56789", "1A", "SN-0001", "123456780", "VMware-56 4d 1f"])
def test_what_only_looks_like_it_is_one(own: str) -> None:
    assert serial_key(own) is not None


def test_a_machine_may_have_none() -> None:
    assert serial_key(None) is None
