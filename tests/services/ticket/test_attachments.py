"""What is made of a file before it is kept: its name, its type, and where it was taken."""

import io
import random
import zlib

import pytest
from PIL import Image, PngImagePlugin

from contracts.file_names import SHOWN_INLINE, cleaned_name
from infra.chassis.attaching.headers import disposition
from infra.chassis.attaching.media_types import media_type_of
from infra.chassis.attaching.position import blank_position
from tests.services.ticket.pictures import CAMERA, GPS, ORIENTATION, PLACE, XMP, dots, heic, picture, told_by


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF"])
def test_a_picture_loses_its_position_and_nothing_else(kind: str) -> None:
    sent = picture(kind)
    assert dict(told_by(sent).get_ifd(GPS)) == PLACE
    kept = bytearray(sent)
    assert blank_position(kept)
    told = told_by(bytes(kept))
    assert (GPS in told, told[CAMERA], told[ORIENTATION]) == (False, "Fairphone", 6)
    assert (len(kept), dots(bytes(kept))) == (len(sent), dots(sent))
    assert not blank_position(kept), "there is nothing left to be removed"


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_what_xmp_says_of_the_position_goes_too(kind: str) -> None:
    kept = bytearray(picture(kind, place=False, xmp=XMP))
    assert blank_position(kept)
    assert (b"48,51" in kept, b"2,21" in kept, b"Fairphone" in kept) == (False, False, True)
    assert dots(bytes(kept)) == dots(picture(kind))


def test_compressed_xmp_of_a_png_goes_as_a_whole() -> None:
    kept = bytearray(picture("PNG", place=False, xmp=XMP, zip=True))
    assert blank_position(kept)
    assert b"com.adobe.xmp" not in kept
    assert dots(bytes(kept)) == dots(picture("PNG"))


def test_an_item_of_heic_loses_its_position() -> None:
    kept = bytearray(heic())
    assert media_type_of(bytes(kept)) == "image/heic"
    assert blank_position(kept)
    left = Image.Exif()
    left.load(bytes(kept)[kept.index(b"Exif\0\0") :])
    assert (GPS in left, left[CAMERA]) == (False, "Fairphone")


@pytest.mark.parametrize("zip", [True, False])
def test_a_profile_in_a_text_of_a_png_becomes_a_comment_with_a_right_checksum(zip: bool) -> None:
    exif = Image.Exif()
    exif.get_ifd(GPS).update(PLACE)
    profile = f"\nexif\n{len(exif.tobytes()):8d}\n{exif.tobytes().hex()}\n"
    info, out = PngImagePlugin.PngInfo(), io.BytesIO()
    info.add_text("Raw profile type exif", profile, zip=zip)
    Image.new("RGB", (8, 8)).save(out, "PNG", pnginfo=info)
    assert dict(told_by(out.getvalue()).get_ifd(GPS)) == PLACE
    kept = bytearray(out.getvalue())
    assert blank_position(kept)
    assert GPS not in told_by(bytes(kept))
    at = kept.index(b"tEXtComment")
    length = int.from_bytes(kept[at - 4 : at], "big")
    checksum = int.from_bytes(kept[at + 4 + length : at + 8 + length], "big")
    assert zlib.crc32(kept[at : at + 4 + length]) == checksum


def test_a_picture_without_a_position_stays_as_it_is() -> None:
    sent = picture(place=False)
    kept = bytearray(sent)
    assert not blank_position(kept)
    assert kept == sent


def test_whatever_stands_where_a_position_may_nothing_breaks() -> None:
    chance = random.Random(7)
    for kind in ("JPEG", "PNG", "WEBP"):
        sent = picture(kind, xmp=XMP)
        for _ in range(300):
            broken = bytearray(sent[: chance.randrange(len(sent))] or b"x")
            for _ in range(chance.randrange(8)):
                broken[chance.randrange(len(broken))] = chance.randrange(256)
            length = len(broken)
            blank_position(broken)
            assert len(broken) == length


@pytest.mark.parametrize(
    "content", [b"a", b"II*\0\x08\0\0\0", b":gps =", b":gps ", b"II*\0\x08\0\0\0\xff\x01"]
)
def test_what_somebody_makes_up_takes_no_longer_than_its_length(content: bytes) -> None:
    made_up = bytearray(b"\xff\xd8\xff" + content * (4 * 2**20 // len(content)))
    assert not blank_position(made_up)


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (picture("JPEG"), "image/jpeg"),
        (picture("PNG"), "image/png"),
        (picture("GIF"), "image/gif"),
        (picture("WEBP"), "image/webp"),
        (picture("BMP"), "image/bmp"),
        (b"%PDF-1.7\n%\xe2\xe3", "application/pdf"),
        ("Ligne é\nbonjour".encode(), "text/plain"),
        (bytes(range(256)), "application/octet-stream"),
    ],
)
def test_a_file_is_what_its_bytes_say(content: bytes, media_type: str) -> None:
    assert media_type_of(content[:8192]) == media_type


@pytest.mark.parametrize(
    "content",
    [
        b"<!DOCTYPE html><script>alert(1)</script>",
        b"\n  <html><body onload=alert(1)>",
        b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
        b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>',
        b"#!/bin/sh\nrm -rf /\n",
        b"@echo off\r\ndel *.*\r\n",
        b"Remove-Item -Recurse C:\\",
        b"MZ\x90\0" + bytes(60),
        b"\x7fELF\x02\x01\x01" + bytes(60),
        b"var x = 1; alert(x)",
        b"PK\x03\x04" + bytes(60),
    ],
)
def test_what_could_run_is_never_shown_in_place(content: bytes) -> None:
    assert media_type_of(content) not in SHOWN_INLINE


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("photo.jpg", "photo.jpg"),
        ("Écran d'accueil n° 2.PNG", "Écran d'accueil n° 2.PNG"),
        ("E\u0301cran.png", "Écran.png"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\ann\\rapport.pdf", "rapport.pdf"),
        ("facture\u202egpj.exe", "facturegpj.exe"),
        ("a\r\nSet-Cookie: x=1.txt", "a Set-Cookie_ x=1.txt"),
        ("\0\x07 ... ", "file"),
        ("", "file"),
        (".htaccess", "htaccess"),
        ("CON<>|?.txt", "CON____.txt"),
        ("é" * 500 + ".jpeg", "é" * 115 + ".jpeg"),
    ],
)
def test_a_name_stays_readable_and_does_no_harm(given: str, name: str) -> None:
    assert cleaned_name(given) == name


def test_a_name_is_told_to_every_reader() -> None:
    told = disposition("attachment", 'Écran "n° 2".pdf')
    assert told.startswith('attachment; filename="Ecran _n')
    assert told.endswith("filename*=UTF-8''%C3%89cran%20%22n%C2%B0%202%22.pdf")
    assert told.isascii()
