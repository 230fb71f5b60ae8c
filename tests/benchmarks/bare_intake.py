"""The floor of intake: same models, authentication and validation, on an endpoint that stores nothing."""

import os
from typing import Annotated, Any

import uvicorn
from fastapi import FastAPI, Header, HTTPException, Response

from infra.chassis.http.vouching import Vouching
from infra.chassis.runtime import new_id
from infra.chassis.service import authenticator_of
from infra.chassis.settings import Settings
from services.ticket.api.bodies import OpenTicketBody


def build(authenticator: Vouching) -> FastAPI:
    app = FastAPI()

    @app.get("/ready")
    async def ready() -> dict[str, str]:
        return {"status": "ok"}

    @app.post("/v1/tickets", status_code=201)
    async def open_ticket(
        body: OpenTicketBody,
        response: Response,
        authorization: Annotated[str, Header()],
        idempotency_key: Annotated[str, Header()],
    ) -> dict[str, Any]:
        principal = await authenticator.principal(authorization.removeprefix("Bearer "))
        if not principal.may("tickets:open"):
            raise HTTPException(403)
        id = new_id()
        response.headers["Location"] = f"/v1/tickets/{id}"
        return {"id": id, "summary": body.summary, "sites": body.sites, "key": idempotency_key}

    return app


if __name__ == "__main__":
    from infra.chassis.ops.telemetry import telemetry_of

    settings = Settings.from_environment()
    uvicorn.run(
        build(authenticator_of(settings, telemetry_of("bare"))),
        host="127.0.0.1",
        port=int(os.environ["ASTREINTE_PORT"]),
        log_config=None,
        access_log=False,
    )
