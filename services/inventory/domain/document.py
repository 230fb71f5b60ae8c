"""A paper or a picture that is kept with a machine."""

from dataclasses import dataclass, replace
from datetime import datetime

from contracts.file_names import SHOWN_INLINE
from contracts.refusal import Refusal
from contracts.text import Text

MAX_DOCUMENTS = 50


@dataclass(frozen=True)
class AssetDocument:
    """``file_id`` names its bytes, which go when it is removed; ``sha256`` is that of the bytes kept."""

    id: str
    asset_id: str
    customer_id: str
    file_id: str
    name: str
    media_type: str
    size: int
    sha256: str
    added_by: str
    added_at: datetime
    removed_by: str | None = None
    removed_at: datetime | None = None

    @property
    def is_photo(self) -> bool:
        return self.media_type.startswith("image/") and self.media_type in SHOWN_INLINE

    def removed(self, by: str, at: datetime) -> "AssetDocument":
        return self if self.removed_at is not None else replace(self, removed_by=by, removed_at=at)


def check_room(there: int) -> None:
    if there >= MAX_DOCUMENTS:
        raise Refusal(
            "too-many-documents",
            Text(
                f"A machine has {MAX_DOCUMENTS} documents at most: remove one that nobody needs first.",
                f"Un équipement a {MAX_DOCUMENTS} documents au plus : retirez d'abord un document inutile.",
            ),
        )
