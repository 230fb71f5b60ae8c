"""The bytes that an agent sends, unpacked and read within bounds: whatever comes takes little memory.

Agents say in Content-Type how they packed it, or do not say it at all: what it begins with tells.
"""

import json
import zlib
from collections.abc import Mapping
from typing import Any
from xml.etree.ElementTree import Element, ParseError, TreeBuilder

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

SENT_BYTES = 8 * 1024 * 1024
"""As it comes: the largest inventories that agents' own tests hold have a megabyte, unpacked."""
UNPACKED_BYTES = 16 * 1024 * 1024
MOST_VALUES = 400_000
"""Of a message: a machine with ten thousand programs has a quarter of that."""
DEEPEST = 12
_PIECE = 64 * 1024
_AUTO = 47
"""zlib's word for: zlib's own format or gzip's, as the header says."""


class Unreadable(Exception):
    """What came is no message of an agent's; ``reason`` is ``packed``, ``xml``, ``json`` or ``shape``."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason = reason
        self.detail = detail


class TooMuch(Exception):
    """Unpacked or read it would be larger than any inventory is."""


def unpacked(body: bytes) -> bytes:
    """What was packed by zlib or gzip, or ``body`` itself; ``TooMuch`` past ``UNPACKED_BYTES``."""
    if not _is_packed(body):
        if len(body) > UNPACKED_BYTES:
            raise TooMuch
        return body
    unpacking = zlib.decompressobj(_AUTO)
    try:
        content = unpacking.decompress(body, UNPACKED_BYTES + 1)
    except zlib.error as error:
        raise Unreadable("packed", str(error)) from error
    if len(content) > UNPACKED_BYTES:
        raise TooMuch
    if not unpacking.eof:
        raise Unreadable("packed", "it ends before its end")
    return content


def _is_packed(body: bytes) -> bool:
    by_gzip = body[:2] == b"\x1f\x8b"
    by_zlib = len(body) > 1 and body[0] & 0x0F == 8 and int.from_bytes(body[:2], "big") % 31 == 0
    return by_gzip or by_zlib


def read_json(content: bytes) -> dict[str, Any]:
    """The object that it is, its names in small letters."""
    if content.count(b",") + content.count(b"[") + content.count(b"{") > MOST_VALUES:
        raise TooMuch
    try:
        value = json.loads(content.decode("utf-8-sig"), parse_int=_number, parse_constant=lambda _: None)
    except (ValueError, RecursionError) as error:
        raise Unreadable("json", str(error)) from error
    if not isinstance(value, dict):
        raise Unreadable("shape", "it is not an object")
    lowered: dict[str, Any] = _lowered(value)
    return lowered


def _number(digits: str) -> int:
    # Longer ones are nobody's size or count, and converting them takes its time.
    return int(digits) if len(digits) < 20 else 0


def _lowered(value: Any, depth: int = 0) -> Any:
    if depth > DEEPEST:
        raise Unreadable("shape", "it is nested too deeply")
    if isinstance(value, dict):
        return {name.lower(): _lowered(each, depth + 1) for name, each in value.items()}
    if isinstance(value, list):
        return [_lowered(each, depth + 1) for each in value]
    return value


def read_xml(content: bytes) -> tuple[str, dict[str, Any]]:
    """The root's name and its children as ``read_json`` gives them: what stands there twice is a list.

    A document type, and with it every entity, is refused.
    """
    parser = DefusedXMLParser(target=_Counting(), forbid_dtd=True)
    try:
        for start in range(0, len(content), _PIECE):
            parser.feed(content[start : start + _PIECE])
        root = parser.close()
    except (DefusedXmlException, ParseError, LookupError, ValueError) as error:
        raise Unreadable("xml", str(error)) from error
    if not isinstance(root, Element):
        raise Unreadable("xml", "it has no root")
    value = _value(root)
    return root.tag.lower(), value if isinstance(value, dict) else {}


class _Counting(TreeBuilder):
    """Builds a tree of so many elements at most."""

    def __init__(self) -> None:
        super().__init__()
        self._elements = 0
        self._depth = 0

    def start(self, tag: Any, attrs: Mapping[Any, Any], /) -> Element:
        self._elements += 1
        self._depth += 1
        if self._elements > MOST_VALUES:
            raise TooMuch
        if self._depth > DEEPEST:
            raise ValueError("it is nested too deeply")
        return super().start(tag, {})

    def end(self, tag: Any, /) -> Element:
        self._depth -= 1
        return super().end(tag)


def _value(element: Element) -> Any:
    if not len(element):
        return (element.text or "").strip()
    found: dict[str, Any] = {}
    for child in element:
        name, value = child.tag.lower(), _value(child)
        if name not in found:
            found[name] = value
        elif isinstance(found[name], list):
            found[name].append(value)
        else:
            found[name] = [found[name], value]
    return found
