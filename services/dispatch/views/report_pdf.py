"""A service report as the client keeps it: a tagged PDF/A-3 that carries the content its hash is over."""

import base64
import binascii
import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from importlib.resources import files
from typing import Any

import typst

from services.dispatch.views.report_words import LABELS, Said

_TEMPLATE = files("services.dispatch.views").joinpath("report.typ")
_DRAWN = re.compile(r'\sd="([MLHVCSQTAZmlhvcsqtaz0-9eE\s,.+-]{1,200000})"')
_PICTURES = {b"\xff\xd8\xff": "jpeg", b"\x89PNG": "png"}


@lru_cache(maxsize=16)
def as_pdf(content: str, digest: str) -> bytes:
    """The same bytes from the same content: its date is when the version was made, its fonts are typst's."""
    data = json.dumps(_data(json.loads(content), content, digest), ensure_ascii=False)
    pdf: bytes = typst.compile(
        _TEMPLATE.read_bytes(),
        sys_inputs={"data": data},
        timestamp=0,
        ignore_system_fonts=True,
        pdf_standards="a-3a",
    )
    return pdf


def drawing_of(svg: str | None) -> str | None:
    """The lines of a signature drawn anew, and nothing else that an SVG may hold; None where it has none."""
    lines = " ".join(found.strip() for found in _DRAWN.findall(svg or ""))
    if not lines:
        return None
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 600 220"><path fill="none" stroke="#000" '
        f'stroke-width="4" stroke-linecap="round" stroke-linejoin="round" d="{lines}"/></svg>'
    )


def picture_of(thumbnail: str) -> str | None:
    """A picture in a frame of 4 to 3, whole; None where it is none."""
    try:
        start = base64.b64decode(thumbnail, validate=True)[:8]
    except (binascii.Error, ValueError):
        return None
    kind = next((kind for magic, kind in _PICTURES.items() if start.startswith(magic)), None)
    if kind is None:
        return None
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 300"><rect width="400" height="300" '
        'fill="#f1f2f4"/><image width="400" height="300" preserveAspectRatio="xMidYMid meet" '
        f'href="data:image/{kind};base64,{thumbnail}"/></svg>'
    )


def _data(content: Mapping[str, Any], text: str, digest: str) -> dict[str, Any]:
    said = Said(content)
    work, times, minutes = content["work"], content["times"], content["minutes"]
    photos = [picture_of(each["thumbnail"]) for each in content["photos"]]
    signature = content["signature"]
    answers = [*content["asked"]["answers"], *work["answers"]]
    return {
        "lang": said.language.value,
        "colon": " : " if said.language.value == "fr" else ": ",
        "labels": {name: label.in_(said.language) for name, label in LABELS.items()},
        "made_at": _parts_of(content["made_at"]),
        "firm": content["firm"],
        "number": content["number"],
        "version": said.label("version", n=content["version"]),
        "day": said.day(times["ended"]),
        "replaces": said.replaces(content),
        "who": [
            [said.label("client"), content["customer"]["name"] or content["customer"]["id"]],
            [said.label("site"), said.place(content)],
            [said.label("contact"), _person(content["contact"])],
            [said.label("ticket"), f"{content['ticket']['number']} · {content['ticket']['priority']}"],
            [said.label("technician"), content["technician"]["name"] or content["technician"]["id"]],
            [said.label("asset"), "; ".join(_asset(each) for each in content["assets"])],
        ],
        "times": [
            [said.label("planned"), _planned(said, times)],
            *([said.label(each), said.clock(times[each])] for each in ("departed", "arrived", "started")),
            [said.label("ended"), said.clock(times["ended"])],
            [said.label("worked"), said.minutes(minutes["worked"])],
            [said.label("travel"), _way(content, said)],
            [said.label("waited"), said.minutes(minutes["waited"])],
            [said.label("zone"), content["site"]["time_zone"]],
        ],
        "outcome": said.outcome(content),
        "good": work["outcome"] == "fixed",
        "asked": content["asked"]["summary"],
        "answers": answers,
        "work": [
            [said.label("found"), work["found"]],
            [said.label("cause"), work["cause"]],
            [said.label("done"), work["done"] or said.label("not-said")],
            [said.label("remaining"), work["remaining"] or said.label("nothing-remains")],
        ],
        "parts": [
            [
                each["name"] or each["sku"],
                each["sku"] if each["name"] else "",
                str(each["quantity"]),
                each["serial_in"] or "–",
                each["serial_out"] or "–",
            ]
            for each in content["parts"]
        ],
        "photos": [
            [picture, said.label("photo", n=n)] for n, picture in enumerate(photos, 1) if picture is not None
        ],
        "attempts": said.attempts(content),
        "signature": said.signature(content),
        "drawing": drawing_of(signature.get("svg")) or "",
        "drawn": said.label("drawn", name=signature.get("name") or ""),
        "typed": signature["state"] == "signed" and not signature.get("svg"),
        "name": signature.get("name") or "",
        "digest": digest,
        "content": text,
    }


def _parts_of(at: str) -> dict[str, int]:
    """An instant as typst takes it, in UTC."""
    moment = datetime.fromisoformat(at).astimezone(UTC)
    return {name: getattr(moment, name) for name in ("year", "month", "day", "hour", "minute", "second")}


def _person(person: Mapping[str, Any] | None) -> str:
    return "" if person is None else ", ".join(filter(None, (person["name"], person["role"])))


def _asset(asset: Mapping[str, Any]) -> str:
    serial = None if asset["serial"] is None else f"n°\N{NO-BREAK SPACE}{asset['serial']}"
    return " · ".join(filter(None, (asset["name"], asset["model"], serial)))


def _planned(said: Said, times: Mapping[str, Any]) -> str:
    if times["planned_from"] is None:
        return ""
    return f"{said.clock(times['planned_from'])} – {said.clock(times['planned_to'])}"


def _way(content: Mapping[str, Any], said: Said) -> str:
    if content["visit"]["remote"]:
        return said.label("remote")
    figures = "" if content["kilometres"] is None else f"{content['kilometres']:g} km"
    figures = figures.replace(".", ",") if said.language.value == "fr" else figures
    return " · ".join(filter(None, (said.minutes(content["minutes"]["travel"]), figures)))
