"""Reading a request's body: within its limit, of the right kind, UTF-8, and strictly JSON."""

import json
from typing import Any, NoReturn

from starlette.types import Message, Receive

from contracts.text import InvalidValue, Text
from infra.chassis.http.problems import Problem

MAX_BODY_BYTES = 1024 * 1024
DRAINED_BYTES = 8 * MAX_BODY_BYTES
_INT64 = 2**63


class Disconnected(Exception):
    """The client went away before its request was complete."""


async def read_body(receive: Receive, declared: bytes | None, limit: int) -> bytes:
    """The whole body, or a 413 problem as soon as it is known to be larger than ``limit`` bytes.

    What a client is still sending is read away up to 8 MiB, so that it can read the answer.
    """
    if declared is not None and declared.isdigit() and int(declared) > limit:
        await _drain(receive, int(declared))
        raise _too_large(limit)
    chunks: list[bytes] = []
    size = 0
    while True:
        message = await _next(receive)
        chunk: bytes = message.get("body", b"")
        size += len(chunk)
        if size > limit:
            if message.get("more_body", False):
                await _drain(receive, DRAINED_BYTES)
            raise _too_large(limit)
        chunks.append(chunk)
        if not message.get("more_body", False):
            return b"".join(chunks)


class Limited:
    """A body that its route reads as it comes: the 413 problem once it is known to be too large, and
    ``Disconnected`` where the client goes before it is whole.

    Where the client keeps sending, as much again is read away, so that it can read the answer.
    """

    def __init__(self, receive: Receive, declared: bytes | None, limit: int) -> None:
        self._receive = receive
        self._limit = limit
        self._size = 0
        self._whole = False
        self._declared = int(declared) if declared is not None and declared.isdigit() else None

    async def __call__(self) -> Message:
        if self._declared is not None and self._declared > self._limit:
            expected, self._declared = self._declared, None
            await _drain(self._receive, expected, 2 * self._limit)
            raise _too_large(self._limit)
        message = await (self._receive() if self._whole else _next(self._receive))
        self._whole = self._whole or not message.get("more_body", False)
        self._size += len(message.get("body", b""))
        if self._size > self._limit:
            if message.get("more_body", False):
                await _drain(self._receive, self._limit, self._limit)
            raise _too_large(self._limit)
        return message


async def _next(receive: Receive) -> Message:
    message = await receive()
    if message["type"] == "http.disconnect":
        raise Disconnected
    return message


async def _drain(receive: Receive, expected: int, most: int = DRAINED_BYTES) -> None:
    if expected > most:
        return
    read = 0
    while read <= most:
        message = await _next(receive)
        read += len(message.get("body", b""))
        if not message.get("more_body", False):
            return


def _too_large(limit: int) -> Problem:
    return Problem(
        "body-too-large",
        Text(
            f"A body may have {limit} bytes at most; this one has more, and nothing was stored.",
            f"Un contenu a au plus {limit} octets ; celui-ci en a davantage, rien n'a été enregistré.",
        ),
        limit_bytes=limit,
    )


def check_media_type(
    content_type: bytes | None, content_encoding: bytes | None, *, merge_patch: bool = False
) -> None:
    """415 unless it is JSON (a merge patch where one may come), in UTF-8 if it says so, not compressed."""
    if content_encoding not in (None, b"", b"identity"):
        _unsupported(f"Content-Encoding: {content_encoding.decode('latin-1')}")
    media_type, *parameters = (content_type or b"").decode("latin-1").split(";")
    known = ("application/json", "application/merge-patch+json") if merge_patch else ("application/json",)
    if media_type.strip().lower() not in known:
        _unsupported(f"Content-Type: {media_type.strip() or 'none'}")
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "charset" and value.strip().strip('"').lower() not in ("utf-8", "utf8"):
            _unsupported(f"charset: {value.strip()}")


def _unsupported(what: str) -> NoReturn:
    raise Problem(
        "unsupported-media-type",
        Text(
            f"Send application/json in UTF-8, not compressed. This came with {what}.",
            f"Envoyez application/json en UTF-8, non compressé. Reçu avec {what}.",
        ),
        headers={"Accept": "application/json"},
    )


def parse_json(body: bytes) -> Any:
    """The value of a body; problems when it is not UTF-8 or not JSON as everybody understands it.

    Refused beyond RFC 8259's grammar: repeated names, NaN and infinities, integers beyond 64 bits,
    U+0000 and lone surrogates, which no store and no event could carry.
    """
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Problem(
            "not-utf8",
            Text(
                f"The byte at position {error.start} is not UTF-8.",
                f"L'octet en position {error.start} n'est pas de l'UTF-8.",
            ),
        ) from None
    try:
        value = json.loads(
            text, object_pairs_hook=_object, parse_constant=_constant, parse_int=_integer, parse_float=_float
        )
        if "\\u" in text:
            _storable(value)
    except json.JSONDecodeError as error:
        _invalid(
            Text(
                f"{error.msg} at line {error.lineno}, column {error.colno}",
                f"erreur de syntaxe à la ligne {error.lineno}, colonne {error.colno}",
            )
        )
    except RecursionError:
        _invalid(Text("it is nested too deeply", "il est trop imbriqué"))
    except InvalidValue as error:
        _invalid(error.text)
    return value


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise InvalidValue(
            f"the name {twice!r} stands twice in an object",
            f"le nom {twice!r} figure deux fois dans un objet",
        )
    return value


def _constant(text: str) -> NoReturn:
    raise InvalidValue(f"{text} is not JSON", f"{text} n'est pas du JSON")


def _integer(text: str) -> int:
    value = int(text) if len(text) < 21 else _INT64
    if not -_INT64 <= value < _INT64:
        raise InvalidValue("an integer is beyond 64 bits", "un entier dépasse 64 bits")
    return value


def _float(text: str) -> float:
    value = float(text)
    if value in (float("inf"), float("-inf")):
        raise InvalidValue(
            "a number is beyond the range of floating point", "un nombre dépasse la virgule flottante"
        )
    return value


def _storable(value: Any) -> None:
    plain = json.dumps(value, ensure_ascii=False)
    try:
        plain.encode("utf-8")
    except UnicodeEncodeError:
        raise InvalidValue(
            "a text holds half of a surrogate pair", "un texte contient une demi-paire de substitution"
        ) from None
    if "\\u0000" in plain:
        raise InvalidValue("a text holds the character U+0000", "un texte contient le caractère U+0000")


def _invalid(why: Text) -> NoReturn:
    raise Problem(
        "invalid-json",
        Text(f"The body is not JSON: {why.en}.", f"Le contenu n'est pas du JSON : {why.fr}."),
    )
