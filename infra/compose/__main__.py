"""``python -m infra.compose write | check``: what of the compose deployment is made from the contracts."""

import argparse
import sys
from pathlib import Path

from infra.compose.front import caddyfile

FOLDER = Path(__file__).parent


def main(arguments: list[str] | None = None) -> int:
    """0 when all is well, 1 when a committed file differs from what the contracts say."""
    parser = argparse.ArgumentParser(prog="python -m infra.compose")
    parser.add_argument("command", choices=("write", "check"))
    asked = parser.parse_args(arguments)
    path, text = FOLDER / "Caddyfile", caddyfile()
    if asked.command == "write":
        path.write_text(text, encoding="utf-8")
    elif not path.exists() or path.read_text(encoding="utf-8") != text:
        print(
            "infra/compose/Caddyfile is not what the routes say; run: python -m infra.compose write",
            file=sys.stderr,
        )
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
