"""Encrypt what a push service carries and cannot read (RFC 8291), and say who sends it (RFC 8292)."""

import base64
import binascii
import json
import os
import struct
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDH,
    SECP256R1,
    EllipticCurvePrivateKey,
    EllipticCurvePublicKey,
    derive_private_key,
    generate_private_key,
)
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from joserfc import jwt
from joserfc.jwk import ECKey

RECORD = 4096
MOST_BYTES = 3993
"""What every push service carries, before it is encrypted."""

KEY_BYTES, POINT_BYTES, AUTH_BYTES, SALT_BYTES = 32, 65, 16, 16
VOUCHED_FOR = timedelta(hours=12)
"""RFC 8292 allows a day; clocks differ."""


class BadKey(ValueError):
    """A key is none; the text says why."""


@dataclass(frozen=True)
class VapidKey:
    """The key by which push services know the firm. ``contact`` is a ``mailto:`` or ``https:`` address."""

    secret: str = field(repr=False)
    contact: str

    @classmethod
    def parse(cls, secret: str, contact: str) -> "VapidKey":
        """From what ``astreinte push-key`` prints; ``BadKey`` where it is none."""
        made = cls(secret, contact)
        try:
            _ = made.private
        except ValueError as error:
            raise BadKey(f"it is no P-256 key ({error})") from error
        return made

    @cached_property
    def private(self) -> EllipticCurvePrivateKey:
        return derive_private_key(int.from_bytes(_bytes(self.secret, KEY_BYTES)), SECP256R1())

    @cached_property
    def public(self) -> str:
        """What a browser subscribes with (base64url)."""
        return text_of(_point(self.private.public_key()))

    @cached_property
    def _signing(self) -> ECKey:
        point = _point(self.private.public_key())
        named = {"x": text_of(point[1:33]), "y": text_of(point[33:]), "d": self.secret}
        return ECKey.import_key({"kty": "EC", "crv": "P-256", **named})

    def vouches(self, endpoint: str, now: datetime) -> str:
        """The ``Authorization`` for one request to that push service and no other."""
        parts = urlsplit(endpoint)
        claims = {
            "aud": f"{parts.scheme}://{parts.netloc}",
            "exp": int((now + VOUCHED_FOR).timestamp()),
            "sub": self.contact,
        }
        token = jwt.encode({"typ": "JWT", "alg": "ES256"}, claims, self._signing)
        return f"vapid t={token}, k={self.public}"


def new_secret() -> str:
    """A new VAPID key, by chance."""
    number = generate_private_key(SECP256R1()).private_numbers().private_value
    return text_of(number.to_bytes(KEY_BYTES))


def check_keys(p256dh: str, auth: str) -> None:
    """``BadKey`` where nothing can be encrypted for them."""
    _receiver(p256dh)
    _bytes(auth, AUTH_BYTES)


def seal(
    said: bytes,
    p256dh: str,
    auth: str,
    *,
    own: EllipticCurvePrivateKey | None = None,
    salt: bytes | None = None,
) -> bytes:
    """``said`` for the browser with these keys: a body of the encoding ``aes128gcm``, in one record.

    ``own`` and ``salt`` are made by chance for each message; they are given to compare with known results.
    """
    if len(said) > MOST_BYTES:
        raise ValueError(f"{len(said)} bytes are more than a push service carries")
    own = own or generate_private_key(SECP256R1())
    salt = salt or os.urandom(SALT_BYTES)
    theirs, ours = _bytes(p256dh, POINT_BYTES), _point(own.public_key())
    shared = own.exchange(ECDH(), _receiver(p256dh))
    key = _derived(_bytes(auth, AUTH_BYTES), shared, b"WebPush: info\x00" + theirs + ours, 32)
    content = _derived(salt, key, b"Content-Encoding: aes128gcm\x00", 16)
    nonce = _derived(salt, key, b"Content-Encoding: nonce\x00", 12)
    header = salt + struct.pack("!LB", RECORD, len(ours)) + ours
    return header + AESGCM(content).encrypt(nonce, said + b"\x02", None)


def text_of(given: bytes) -> str:
    """base64url without padding."""
    return base64.urlsafe_b64encode(given).rstrip(b"=").decode()


def shown(title: str, body: str, url: str, tag: str, *, stays: bool) -> bytes:
    """What the page's service worker is told, in as many bytes as can be carried."""
    for length in (len(body), 2000, 1000, 500, 0):
        told = {"title": title, "body": body[:length], "url": url, "tag": tag, "stays": stays}
        said = json.dumps(told, ensure_ascii=False).encode()
        if len(said) <= MOST_BYTES:
            return said
    raise ValueError("its title alone is more than a push service carries")


def _derived(salt: bytes, secret: bytes, info: bytes, length: int) -> bytes:
    return HKDF(SHA256(), length, salt, info).derive(secret)


def _point(key: EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def _receiver(p256dh: str) -> EllipticCurvePublicKey:
    try:
        return EllipticCurvePublicKey.from_encoded_point(SECP256R1(), _bytes(p256dh, POINT_BYTES))
    except ValueError as error:
        raise BadKey(f"p256dh: {error}") from error


def _bytes(text: str, length: int) -> bytes:
    try:
        given = base64.b64decode(text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4), b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise BadKey("it is not base64url") from error
    if len(given) != length:
        raise BadKey(f"it has {len(given)} bytes instead of {length}")
    return given
