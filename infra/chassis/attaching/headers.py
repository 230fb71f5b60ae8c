"""What the bytes of a file from outside are sent with."""

import re
import unicodedata
from collections.abc import Mapping
from urllib.parse import quote

from contracts.file_names import SHOWN_INLINE

_NO_PROGRAM = "default-src 'none'; sandbox"


def file_headers(name: str, media_type: str, sha256: str) -> Mapping[str, str]:
    """What is shown in place runs nothing; everything else is only ever saved."""
    inline = media_type in SHOWN_INLINE
    # A browser's own reader of PDF does not work in a sandbox.
    no_program = "default-src 'none'" if media_type == "application/pdf" else _NO_PROGRAM
    return {
        "ETag": f'"{sha256}"',
        "Content-Disposition": disposition("inline" if inline else "attachment", name),
        "Content-Security-Policy": no_program,
        "X-Content-Type-Options": "nosniff",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Cache-Control": "private, no-cache",
        "Accept-Ranges": "none",
    }


def disposition(kind: str, name: str) -> str:
    """RFC 6266: the name in RFC 8187's form, and before it one that every reader takes."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    plain = re.sub(r'["\\%]', "_", plain).strip(" .") or "file"
    return f"{kind}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
