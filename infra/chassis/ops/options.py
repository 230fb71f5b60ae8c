"""Options that several commands share, so that they are spelled and said once."""

import os
import sys
from pathlib import Path
from typing import Annotated

import typer


def default_data_dir() -> Path:
    """The user's own data folder for this program, by the customs of his system."""
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "astreinte"
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "astreinte"


AsJson = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]
DataDir = Annotated[
    Path,
    typer.Option(
        "--data",
        metavar="DIR",
        help="The data folder.",
        default_factory=default_data_dir,
        show_default="the user's own",
    ),
]
Url = Annotated[str | None, typer.Option("--url", envvar="ASTREINTE_HTTP", help="Where the stack answers.")]
Ready = Annotated[
    Path | None,
    typer.Option("--ready", metavar="FILE", help="The file that `astreinte up --ready` wrote."),
]
Prefix = Annotated[
    str,
    typer.Option(
        "--prefix",
        metavar="NAME",
        envvar="ASTREINTE_DATABASE_PREFIX",
        help="How the services' databases begin.",
    ),
]
