"""A request to make through the public interface."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any, NamedTuple

Json = Mapping[str, Any]


class Call(NamedTuple):
    method: str
    path: str
    body: Json

    @property
    def key(self) -> str:
        """An Idempotency-Key that is the same whenever the same request is made again."""
        text = json.dumps([self.method, self.path, self.body], sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()[:32]
