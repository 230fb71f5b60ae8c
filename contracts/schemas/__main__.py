"""``python -m contracts.schemas write | check | compatible [--base REVISION]``."""

import argparse
import sys

from contracts.schemas import published


def main(arguments: list[str] | None = None) -> int:
    """0 when all is well, 1 when the committed schemas are stale or not compatible."""
    parser = argparse.ArgumentParser(prog="python -m contracts.schemas")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("write", help="make the committed schemas say what the models say")
    commands.add_parser("check", help="fail when the committed schemas differ from the models")
    compatible = commands.add_parser("compatible", help="fail when a schema breaks readers within its major")
    compatible.add_argument("--base", help="git revision to compare with (default: the last release)")
    asked = parser.parse_args(arguments)
    if asked.command == "write":
        return _write()
    if asked.command == "check":
        return _check()
    return _compatible(asked.base)


def _write() -> int:
    for name in published.write():
        print(f"wrote {name}")
    return 0


def _check() -> int:
    lines = published.differences()
    for line in lines:
        print(line, file=sys.stderr)
    if lines:
        print("run: python -m contracts.schemas write", file=sys.stderr)
    return 1 if lines else 0


def _compatible(base: str | None) -> int:
    # Only this command needs the checker, which is not installed with the services.
    from contracts.schemas import compatibility

    try:
        revision = base or compatibility.default_base()
        broken = compatibility.compare(revision)
    except compatibility.NoHistory as error:
        print(f"{error}: nothing to compare")
        return 0 if base is None else 1
    for name, reasons in broken.items():
        for reason in reasons:
            print(f"{name}: {reason}", file=sys.stderr)
    if broken:
        print(
            "within a major only optional fields may be added: "
            "raise MAJOR in the model, add an upcaster and a golden message",
            file=sys.stderr,
        )
        return 1
    print(f"schemas are compatible with {revision}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
