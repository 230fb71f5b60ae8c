"""Which machine an inventory is of, and when a person is asked."""

from dataclasses import replace

import pytest

from services.inventory.domain.identity import Identity, mac_keys, own_key, uuid_key
from services.inventory.domain.matching import Doubt, Known, Match, Rule, match

DELL = Identity(
    asset_tag="CLP-00417",
    serial="7KQ9XL3",
    manufacturer="Dell Inc.",
    model="Latitude 5420",
    uuid="4C4C4544-004B-5110-8039-B7C04F584C33",
    macs=("a4:bb:6d:12:34:56",),
)
HP = Identity(
    serial="CZC1234ABC",
    model="HP ProDesk 400 G7",
    uuid="8B5E2A10-55C3-11EB-B1F0-C8D9D2F0A1B2",
    macs=("c8:d9:d2:f0:a1:b2",),
)
PARK = (Known("dell", DELL), Known("hp", HP))


def found(match: Match) -> tuple[str | None, Rule | None, Doubt | None]:
    return match.asset_id, match.rule, match.doubt


@pytest.mark.parametrize(
    ("said", "rule"),
    [
        (Identity(asset_tag="clp 00417"), Rule.TAG),
        (Identity(serial="7kq9xl3", model="LATITUDE-5420"), Rule.SERIAL),
        (Identity(serial="7KQ9XL3"), Rule.SERIAL),
        (Identity(uuid="4c4c4544-004b-5110-8039-b7c04f584c33"), Rule.UUID),
        (Identity(macs=("A4-BB-6D-12-34-56",)), Rule.MAC),
    ],
)
def test_a_machine_is_known_by_whatever_is_its_own(said: Identity, rule: Rule) -> None:
    assert found(match(said, PARK)) == ("dell", rule, None)


def test_rules_are_believed_in_their_order() -> None:
    assert found(match(DELL, PARK)) == ("dell", Rule.TAG, None)
    [candidate] = match(DELL, PARK).candidates
    assert candidate.rules == (Rule.TAG, Rule.SERIAL, Rule.UUID, Rule.MAC)


def test_a_machine_that_nothing_is_known_of_is_new() -> None:
    assert match(Identity(serial="5CD0000XYZ", model="EliteBook"), PARK) == Match()
    assert match(Identity(), PARK) == Match()


@pytest.mark.parametrize(
    "said",
    [
        Identity(serial="7KQ9XL3", uuid=HP.uuid),
        Identity(asset_tag="CLP-00417", macs=HP.macs),
        Identity(serial="7KQ9XL3", model="Latitude 5420", macs=HP.macs),
        Identity(uuid=DELL.uuid, macs=HP.macs),
    ],
)
def test_two_rules_that_name_different_machines_are_a_question(said: Identity) -> None:
    asked = match(said, PARK)
    assert found(asked) == (None, None, Doubt.SEVERAL)
    assert {each.asset_id for each in asked.candidates} == {"dell", "hp"}


def test_the_same_serial_on_another_model_is_a_question() -> None:
    said = Identity(serial="7KQ9XL3", model="OptiPlex 7010")
    assert found(match(said, PARK)) == (None, None, Doubt.OTHER_MODEL)


@pytest.mark.parametrize(
    "same", [Identity(serial="OTHER77", uuid=DELL.uuid), Identity(serial="OTHER77", macs=DELL.macs)]
)
def test_a_clone_says_the_same_uuid_and_another_serial(same: Identity) -> None:
    assert found(match(same, PARK)) == (None, None, Doubt.OTHER_SERIAL)


def test_a_copied_virtual_machine_has_the_uuid_and_other_adapters() -> None:
    original = Known("vm", Identity(uuid=DELL.uuid, macs=("00:15:5d:01:02:03",)))
    copy = Identity(uuid=DELL.uuid, macs=("00:15:5d:99:99:99",))
    assert found(match(copy, [original])) == (None, None, Doubt.OTHER_ADAPTERS)
    assert match(Identity(uuid=DELL.uuid, macs=("00:15:5d:01:02:03",)), [original]).asset_id == "vm"


def test_a_copy_that_kept_the_serial_number_too_is_a_question_and_a_new_card_is_none() -> None:
    """VMware makes the serial number from the UUID, and a copied machine of Hyper-V keeps both."""
    serial, card, other = "VMware-56 4d 1f 2a 77", "00:50:56:01:02:03", "00:50:56:99:99:99"
    one = Identity(serial=serial, uuid=DELL.uuid, macs=(card,))
    copy = replace(one, macs=(other,))
    assert found(match(copy, [Known("vm", one)])) == (None, None, Doubt.OTHER_ADAPTERS)
    assert match(copy, [Known("vm", one, by_agent=True)]).asset_id == "vm"


def test_machines_of_one_image_with_its_agent_are_told_apart_by_uuid_and_cards() -> None:
    first = Known("first", Identity(uuid=DELL.uuid, macs=DELL.macs), by_agent=True)
    assert match(Identity(uuid=HP.uuid, macs=HP.macs), [first]).doubt is Doubt.OTHER_ADAPTERS
    assert match(Identity(uuid=HP.uuid), [first]).doubt is Doubt.OTHER_ADAPTERS
    assert match(Identity(macs=HP.macs), [first]).doubt is Doubt.OTHER_ADAPTERS


def test_two_machines_under_one_serial_are_a_question() -> None:
    park = (Known("a", Identity(serial="SAME1")), Known("b", Identity(serial="SAME1")))
    assert match(Identity(serial="SAME1"), park).doubt is Doubt.SEVERAL


def test_an_agent_is_believed_where_the_machine_says_nothing_else() -> None:
    park = (Known("mute", Identity(), by_agent=True), *PARK)
    assert found(match(Identity(), park)) == ("mute", Rule.AGENT, None)


def test_an_agent_whose_disk_went_into_another_machine_is_a_question() -> None:
    park = (Known("dell", DELL, by_agent=True), Known("hp", HP))
    assert match(HP, park).doubt is Doubt.SEVERAL
    assert match(Identity(serial="NEW12345", model="Latitude 5440"), park).doubt is Doubt.OTHER_SERIAL


@pytest.mark.parametrize(
    "junk",
    [
        *(
            "To be filled by O.E.M.",
            "To Be Filled By O.E.M.",
            "Default string",
            "System Serial Number",
            "None",
        ),
        *("0", "00000000", "0123456789", "123456789", "XXXXXXXX", "N/A", "Not Specified", "INVALID", "..."),
        *(
            "No Asset Tag",
            "Chassis Serial Number",
            "SYS-1234567890",
            "OEM_Serial",
            "Not Applicable",
            "",
            "  ",
        ),
    ],
)
def test_junk_tells_no_machine_from_another(junk: str) -> None:
    assert own_key(junk) is None
    park = [Known("a", Identity(serial=junk, asset_tag=junk))]
    assert match(Identity(serial=junk, asset_tag=junk), park) == Match()


@pytest.mark.parametrize(
    "junk",
    [
        "00000000-0000-0000-0000-000000000000",
        "FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF",
        "03000200-0400-0500-0006-000700080009",
        "00020003-0004-0005-0006-000700080009",
        "Not Settable",
        "2",
        "",
    ],
)
def test_a_uuid_that_boards_share_tells_nothing(junk: str) -> None:
    assert uuid_key(junk) is None


def test_a_uuid_is_the_same_in_both_orders_of_its_bytes() -> None:
    assert uuid_key("33221100-5544-7766-8899-aabbccddeeff") == uuid_key(
        "00112233-4455-6677-8899-aabbccddeeff"
    )


def test_adapters_that_are_on_many_machines_tell_nothing() -> None:
    virtual = ("00:50:56:c0:00:08", "02:42:ac:11:00:02", "00:00:00:00:00:00", "ff:ff:ff:ff:ff:ff", "x")
    assert mac_keys(virtual) == ()
    assert mac_keys(("A4-BB-6D-12-34-56", "a4bb.6d12.3456")) == ("a4bb6d123456",)


def test_keys_are_looked_up_among_one_customers_machines() -> None:
    assert set(DELL.keys("acme")) & set(DELL.keys("bolt")) == set()
    assert len(DELL.keys("acme")) == 4
