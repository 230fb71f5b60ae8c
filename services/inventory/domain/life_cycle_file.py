"""A file in one of endoflife.date's two JSON forms, or of the firm's own in the same.

The first form is a list of cycles without the product's name (``windows-server.json``); the second one has
``result``: a product, or a list of them.
"""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from contracts.refusal import Refusal
from contracts.text import Text
from services.inventory.domain.life_cycle import Cycle, Product

MOST_PRODUCTS = 2_000
MOST_CYCLES = 500
_SLUG = re.compile(r"[a-z0-9][a-z0-9._+-]{0,63}")


def products_of(content: Any, named: str) -> tuple[Product, ...]:
    """What a file called ``named`` (without its ending) says. A ``Refusal`` names what is wrong."""
    if isinstance(content, list) and _is_cycles(content):
        return (_product({"name": named, "label": named.replace("-", " ").capitalize()}, content),)
    found = content.get("result", content) if isinstance(content, Mapping) else content
    listed = found if isinstance(found, list) else [found]
    if not listed or len(listed) > MOST_PRODUCTS:
        raise unreadable(f"it has {len(listed)} products", f"il a {len(listed)} produits")
    return tuple(_whole(each) for each in listed)


def unreadable(en: str, fr: str) -> Refusal:
    return Refusal(
        "unreadable-life-cycles",
        Text(
            f"This is no file in the form of endoflife.date: {en}. Nothing was stored.",
            f"Ce fichier n'a pas la forme de endoflife.date : {fr}. Rien n'a été enregistré.",
        ),
    )


def _is_cycles(content: list[Any]) -> bool:
    return bool(content) and all(isinstance(each, Mapping) and "cycle" in each for each in content)


def _whole(said: Any) -> Product:
    if not isinstance(said, Mapping):
        raise unreadable("a product is no object", "un produit n'est pas un objet")
    releases = said.get("releases")
    if not isinstance(releases, list):
        raise unreadable(
            f"{said.get('name')!r} has no `releases`", f"{said.get('name')!r} n'a pas de `releases`"
        )
    return _product(said, releases)


def _product(about: Mapping[str, Any], cycles: list[Any]) -> Product:
    slug = about.get("name")
    if not isinstance(slug, str) or _SLUG.fullmatch(slug) is None:
        raise unreadable(f"{slug!r} is no product's name", f"{slug!r} n'est pas un nom de produit")
    if len(cycles) > MOST_CYCLES:
        raise unreadable(f"{slug} has {len(cycles)} cycles", f"{slug} a {len(cycles)} cycles")
    aliases = about.get("aliases")
    label = _text(about.get("label")) or slug
    names = [label, *(each for each in aliases if isinstance(each, str))] if isinstance(aliases, list) else []
    return Product(slug, label, tuple(_cycle(slug, each) for each in cycles), tuple(dict.fromkeys(names)))


def _cycle(slug: str, said: Any) -> Cycle:
    if not isinstance(said, Mapping):
        raise unreadable(f"a cycle of {slug} is no object", f"un cycle de {slug} n'est pas un objet")
    name = _text(said.get("cycle")) or _text(said.get("name"))
    if name is None:
        raise unreadable(f"a cycle of {slug} has no name", f"un cycle de {slug} n'a pas de nom")
    latest = said.get("latest")
    end = said.get("eolFrom", said.get("eol"))
    return Cycle(
        name=name,
        label=_text(said.get("label")) or _text(said.get("releaseLabel")) or name,
        ends_on=_day(slug, name, end),
        over=end is True or said.get("isEol") is True,
        active_until=_day(slug, name, said.get("eoasFrom", said.get("support"))),
        extended_until=_day(slug, name, said.get("eoesFrom", said.get("extendedSupport"))),
        latest=_text(latest.get("name")) if isinstance(latest, Mapping) else _text(latest),
    )


def _text(said: Any) -> str | None:
    return str(said).strip()[:100] or None if isinstance(said, str | int | float) else None


def _day(slug: str, name: str, said: Any) -> str | None:
    """Of what is only said to be so, or not to be so, nobody knows the day."""
    if said is None or isinstance(said, bool):
        return None
    try:
        return date.fromisoformat(str(said)).isoformat()
    except ValueError:
        raise unreadable(
            f"{slug} {name}: {said!r} is no day", f"{slug} {name} : {said!r} n'est pas un jour"
        ) from None
