"""What goes through a push service is encrypted as the RFCs have it, and says who sends it."""

import base64
import os

import http_ece
import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, derive_private_key

from infra.chassis.settings import SettingsError
from services.notify.push.sealing import MOST_BYTES, BadKey, VapidKey, check_keys, new_secret, seal, shown
from services.notify.settings import Settings
from tests.services.notify.browser_witness import Browser

ADDRESSES = {"ASTREINTE_KAFKA": "kafka:9092", "ASTREINTE_MONGODB": "mongodb://mongo"}


def bytes_of(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def test_the_example_of_rfc_8291_comes_out_letter_by_letter() -> None:
    own = derive_private_key(
        int.from_bytes(bytes_of("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw")), SECP256R1()
    )
    sealed = seal(
        b"When I grow up, I want to be a watermelon",
        "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
        "BTBZMqHH6r4Tts7J_aSIgg",
        own=own,
        salt=bytes_of("DGv6ra1nlYgDCS1FRnbzlw"),
    )
    assert sealed == bytes_of(
        "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8w"
        "EqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
    )


@pytest.mark.parametrize("length", [0, 1, 300, MOST_BYTES])
def test_another_library_reads_what_was_encrypted(length: int) -> None:
    browser, said = Browser(""), os.urandom(length)
    keys = browser.subscription["keys"]
    sealed = seal(said, keys["p256dh"], keys["auth"])
    assert len(sealed) <= 4096
    read = http_ece.decrypt(sealed, private_key=browser.own, auth_secret=browser.auth, version="aes128gcm")
    assert read == said


def test_no_two_messages_are_encrypted_alike() -> None:
    keys = Browser("").subscription["keys"]
    assert seal(b"same", keys["p256dh"], keys["auth"]) != seal(b"same", keys["p256dh"], keys["auth"])


def test_a_long_text_is_cut_to_what_a_push_service_carries() -> None:
    said = shown("P1 INC-1", "é" * 5000, "/m#v/1", "tag", stays=True)
    assert len(said) <= MOST_BYTES
    assert b"P1 INC-1" in said


@pytest.mark.parametrize(
    ("p256dh", "auth"),
    [
        ("", "BTBZMqHH6r4Tts7J_aSIgg"),
        ("B" * 87, "BTBZMqHH6r4Tts7J_aSIgg"),
        ("BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4", "short"),
        ("not base64!", "BTBZMqHH6r4Tts7J_aSIgg"),
    ],
)
def test_keys_that_are_none_are_refused(p256dh: str, auth: str) -> None:
    with pytest.raises(BadKey):
        check_keys(p256dh, auth)


def test_a_firms_key_is_what_the_command_prints_and_nothing_else() -> None:
    secret = new_secret()
    assert secret != new_secret()
    settings = Settings.from_environment({**ADDRESSES, "ASTREINTE_PUSH_KEY": secret})
    assert settings.push is not None
    assert (settings.push.public, len(bytes_of(settings.push.public))) == (VapidKey(secret, "").public, 65)
    assert secret not in repr(settings.push)
    for wrong in ("no", "A" * 43, "_" * 43):
        with pytest.raises(SettingsError, match="take what `astreinte push-key` prints"):
            Settings.from_environment({**ADDRESSES, "ASTREINTE_PUSH_KEY": wrong})
    assert Settings.from_environment(ADDRESSES).push is None
