"""`astreinte token`: a bearer token of the development issuer."""

import json
from typing import Annotated

import typer

from infra.chassis.ops.options import AsJson, DataDir


def token(
    role: Annotated[
        str,
        typer.Argument(
            help="portal, requester, site-contact, customer-manager; agent, technician, dispatcher, "
            "contract-manager, stock-keeper, admin."
        ),
    ],
    data: DataDir,
    customer: Annotated[
        str | None, typer.Option(metavar="ID", help="The customer; required for a customer's role.")
    ] = None,
    subject: Annotated[
        str | None,
        typer.Option(
            metavar="ID",
            help="Who: a technician's or a contact's id, a name. Required for technician, requester "
            "and site-contact.",
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Print a development token, alone on the last line. It lasts twelve hours, on this machine's stack."""
    from infra.chassis.http.roles import CUSTOMER_SIDE
    from infra.local.issuer import KNOWN_BY, DevelopmentIssuer

    issuer = DevelopmentIssuer(data.expanduser().resolve(), profile="development")
    try:
        bearer = issuer.token(role, customer, subject)
    except ValueError as error:
        how = ""
        if role in CUSTOMER_SIDE and not customer:
            how = "; name it with --customer ID"
        elif role in KNOWN_BY and not subject:
            how = (
                '; name it with --subject ID. To see them: curl -H "Authorization: Bearer '
                f'$(astreinte token agent)" http://127.0.0.1:8000{KNOWN_BY[role]}'
            )
        raise typer.BadParameter(f"{error}{how}") from error
    print(json.dumps({"role": role, "token": bearer}) if as_json else bearer)
