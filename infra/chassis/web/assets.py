"""Files that pages load: ours and the vendored ones, a service's own beside the shared."""

import gzip
import hashlib
import mimetypes
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files
from importlib.resources.abc import Traversable

_FOR_EVER = "public, max-age=31536000, immutable"
_COMPRESSED = (".css", ".js", ".json", ".svg", ".webmanifest")
mimetypes.add_type("text/javascript", ".js")
mimetypes.add_type("application/manifest+json", ".webmanifest")


@dataclass(frozen=True)
class Asset:
    """A file as it is sent."""

    name: str
    plain: bytes

    @property
    def media_type(self) -> str:
        return mimetypes.guess_type(self.name)[0] or "application/octet-stream"

    @cached_property
    def zipped(self) -> bytes | None:
        """The same, where that is shorter; made when it is first asked for."""
        zipped = gzip.compress(self.plain, 9, mtime=0) if self.name.endswith(_COMPRESSED) else self.plain
        return zipped if len(zipped) < len(self.plain) else None


class Assets:
    """The files below ``static/`` of some packages, the later ones' over the earlier ones'.

    ``digest`` changes with any of them: it stands in their address, so that each is kept for ever and
    modules that name each other by relative addresses are always of one kind.
    """

    def __init__(self, packages: tuple[str, ...]) -> None:
        self._assets: dict[str, Asset] = {
            "tokens.css": Asset("tokens.css", (files("infra.chassis.web") / "tokens.css").read_bytes())
        }
        for package in packages:
            folder = files(package) / "static"
            if folder.is_dir():
                self._assets.update(_below(folder))
        whole = hashlib.sha256()
        for name, asset in sorted(self._assets.items()):
            whole.update(name.encode() + b"\0" + hashlib.sha256(asset.plain).digest())
        self.digest = whole.hexdigest()[:12]

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self._assets)

    def get(self, name: str) -> Asset | None:
        return self._assets.get(name)

    def __contains__(self, name: str) -> bool:
        return name in self._assets

    def headers(self, digest: str) -> Mapping[str, str]:
        """How long a browser keeps a file that it asked for under that digest."""
        kept = _FOR_EVER if digest == self.digest else "no-cache"
        return {"Cache-Control": kept, "Vary": "Accept-Encoding"}


def _below(folder: Traversable, prefix: str = "") -> Iterator[tuple[str, Asset]]:
    for each in folder.iterdir():
        if each.is_dir():
            yield from _below(each, f"{prefix}{each.name}/")
        elif not each.name.endswith((".lock", ".txt")):
            yield f"{prefix}{each.name}", Asset(each.name, each.read_bytes())
