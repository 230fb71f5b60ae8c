"""Assets, the state of the park, and what became of each."""

import re
import unicodedata
from collections.abc import Iterable
from datetime import date
from typing import Any

from contracts.inventory.states import CurrentAssetChanged
from contracts.serials import serial_key
from infra.chassis.store.collection import A_STRING, IN_ORDER, Collection, Index
from services.inventory.domain.asset import Asset, Seen
from services.inventory.domain.history import AssetLine

MOST_WORDS = 40


def _state(asset: Asset) -> CurrentAssetChanged:
    return CurrentAssetChanged(
        asset_id=asset.id,
        site_id=asset.site_id,
        customer_id=asset.customer_id,
        name=asset.name,
        kind=asset.kind,
        manufacturer=asset.manufacturer,
        model=asset.model,
        serial=asset.serial,
        warranty_until=None if asset.warranty_until is None else date.fromisoformat(asset.warranty_until),
        contract_id=asset.contract_id,
    )


def words_of(text: str) -> list[str]:
    """Its words as they are searched for: without case and accents, letters and digits only."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return re.findall(r"[a-z0-9]+", plain.casefold())


def _words(asset: Asset) -> list[str]:
    """Each word of it, and what is written with signs between (``LATITUDE-5420``) as one word too."""
    seen = asset.seen or Seen()
    texts = (
        *(asset.id, asset.name, asset.asset_tag, asset.serial, asset.manufacturer, asset.model, asset.kind),
        *(seen.hostname, seen.serial, seen.asset_tag, seen.last_user),
    )
    found: dict[str, None] = {}
    for text in filter(None, texts):
        found.update(dict.fromkeys(words_of(text)))
        for part in (*text.split(), text):
            found.setdefault("".join(words_of(part)))
    return list(found)[:MOST_WORDS]


def _searched_by(asset: Asset) -> dict[str, Any]:
    return {
        "serial_key": serial_key(asset.serial),
        "match_keys": list(asset.identity.keys(asset.customer_id)),
        "words": _words(asset),
    }


def searching(text: str) -> Iterable[dict[str, Any]]:
    """The conditions of a query for assets of which each word of ``text`` begins one of their words."""
    return [{"words": {"$regex": f"^{word}"}} for word in dict.fromkeys(words_of(text))]


Assets = Collection(
    "assets",
    Asset,
    indexes=(
        Index((("customer_id", 1), ("updated_at", 1), ("_id", 1)), name="of_customer"),
        Index((("site_id", 1), *IN_ORDER), name="at_site"),
        Index((("kind", 1), *IN_ORDER), name="of_kind"),
        Index((("status", 1), *IN_ORDER), name="in_status"),
        Index((("serial_key", 1),), partial={"serial_key": A_STRING}, name="serial"),
        Index((("match_keys", 1),), name="matching"),
        Index((("words", 1), *IN_ORDER), name="words"),
        Index((("customer_id", 1), ("words", 1)), name="words_of_customer"),
        Index((("warranty_until", 1), *IN_ORDER), name="warranty"),
        Index((("links.asset_id", 1),), name="linked"),
    ),
    schema=3,
    searched_by=_searched_by,
    customer=lambda asset: asset.customer_id,
    state=_state,
    published=CurrentAssetChanged,
)

AssetLines = Collection(
    "asset_lines",
    AssetLine,
    rows_of=lambda line: (Assets.name, line.asset_id),
    indexes=(Index((("asset_id", 1), *IN_ORDER), name="of_asset"), Index(IN_ORDER, name="listing")),
)
