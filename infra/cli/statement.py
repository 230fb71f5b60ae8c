"""`astreinte statement`: a month of a contract, as a file."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import httpx
import typer

from infra.chassis.failed import Failed
from infra.chassis.ops.options import DataDir, Ready, Url
from infra.cli.stack import stack_of

PATIENCE_SECONDS = 120


class Format(StrEnum):
    JSON = "json"
    PDF = "pdf"
    XLSX = "xlsx"


class Language(StrEnum):
    FR = "fr"
    EN = "en"


def statement(
    contract: Annotated[str, typer.Argument(metavar="CONTRACT")],
    month: Annotated[str, typer.Argument(metavar="YYYY-MM")],
    data: DataDir,
    output: Annotated[
        Path, typer.Option("-o", "--output", metavar="FILE", dir_okay=False, help="Where it is written.")
    ],
    format: Annotated[Format, typer.Option("--format", help="What is written.")] = Format.PDF,
    language: Annotated[Language, typer.Option(help="Of a document or a workbook.")] = Language.FR,
    version: Annotated[
        int | None, typer.Option(min=1, help="One that was frozen; the last of them when absent.")
    ] = None,
    url: Url = None,
    ready: Ready = None,
    token: Annotated[
        str | None,
        typer.Option(envvar="ASTREINTE_TOKEN", help="A contract manager's token, or an administrator's."),
    ] = None,
) -> None:
    """Write a month's statement: commitments kept and broken, penalties, and why.

    The stack is the one at --url, of --ready, or that runs on the data folder.
    """
    address, tokens = stack_of(data, url, ready, token)
    suffix = "" if format is Format.JSON else f".{format}"
    try:
        answer = httpx.get(
            f"{address}/v1/contracts/{contract}/statements/{month}{suffix}",
            params={} if version is None else {"version": version},
            headers={"Authorization": f"Bearer {tokens['admin']}", "Accept-Language": language.value},
            timeout=PATIENCE_SECONDS,
        )
    except httpx.TransportError as error:
        raise Failed(f"{address} does not answer ({error}): is `astreinte up` running?") from error
    if answer.is_error:
        raise Failed(_refused(answer))
    output.write_bytes(answer.content)
    print(f"{output}: {contract}, {month}")


def _refused(answer: httpx.Response) -> str:
    try:
        return str(answer.json()["detail"])
    except (ValueError, KeyError, TypeError):
        return f"{answer.url} answered {answer.status_code}."
