"""Pictures that say where they were taken."""

import io
import struct
from typing import Any

from PIL import Image, PngImagePlugin

GPS, CAMERA, ORIENTATION = 0x8825, 0x010F, 0x0112
PLACE = {1: "N", 2: (48.0, 51.0, 24.5), 3: "E", 4: (2.0, 21.0, 3.0)}
XMP = (
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:Description exif:GPSLatitude="48,51.408N" '
    b'tiff:Make="Fairphone"><exif:GPSLongitude>2,21.05E</exif:GPSLongitude></rdf:Description></x:xmpmeta>'
)


def picture(kind: str = "JPEG", *, place: bool = True, xmp: bytes | None = None, zip: bool = False) -> bytes:
    exif = Image.Exif()
    exif[ORIENTATION], exif[CAMERA] = 6, "Fairphone"
    if place:
        exif.get_ifd(GPS).update(PLACE)
    out = io.BytesIO()
    more: dict[str, Any] = {} if xmp is None else {"xmp": xmp}
    if xmp is not None and kind == "PNG":
        more = {"pnginfo": PngImagePlugin.PngInfo()}
        more["pnginfo"].add_itxt("XML:com.adobe.xmp", xmp.decode(), zip=zip)
    Image.new("RGB", (64, 48), (200, 30, 30)).save(out, kind, exif=exif, **more)
    return out.getvalue()


def told_by(content: bytes) -> Image.Exif:
    with Image.open(io.BytesIO(content)) as seen:
        seen.load()
        return seen.getexif()


def dots(content: bytes) -> bytes:
    with Image.open(io.BytesIO(content)) as seen:
        return seen.tobytes()


def heic() -> bytes:
    """The parts of such a file that matter here: its brand, and EXIF as an item within its data."""
    exif = Image.Exif()
    exif[CAMERA] = "Fairphone"
    exif.get_ifd(GPS).update(PLACE)
    item = struct.pack(">I", 6) + exif.tobytes()
    return (
        struct.pack(">I4s4sI4s4s", 24, b"ftyp", b"heic", 0, b"mif1", b"heic")
        + struct.pack(">I4s", 8 + len(item), b"mdat")
        + item
    )
