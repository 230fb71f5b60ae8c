"""What every verb on a visit has in common: run it, answer with the visit as it is then."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request, Response

from infra.chassis.http.call import call_of
from infra.chassis.http.etag import Expected, IfMatch, etag
from infra.chassis.http.idempotency import Idempotency
from infra.chassis.http.principal import Principal
from infra.chassis.http.problems import not_found
from infra.chassis.runtime import Runtime
from infra.chassis.service import Caused, Run
from infra.chassis.store.idempotency import KeyedBy
from infra.chassis.store.unit import Cause, UseCase
from services.dispatch.api.conditions import IfUnchanged
from services.dispatch.domain.alone import SIGN_MINUTES
from services.dispatch.planning.travel import Travel
from services.dispatch.store.visits import Visits
from services.dispatch.views.visits import FirmVisitView, VisitView, visit_view


@dataclass(frozen=True)
class Order:
    """One request on one visit; ``travel`` is what planning knows of it, ``sign_minutes`` how often who works
    alone is to be heard of."""

    run: Runtime
    cause: Cause
    key: KeyedBy | None
    expected: Expected
    response: Response
    language: str
    travel: Travel
    sign_minutes: int = SIGN_MINUTES

    async def carry_out(self, id: str, case: UseCase[str], principal: Principal) -> FirmVisitView | VisitView:
        """Run the use case; the visit as the caller sees it afterwards, with its ETag."""
        await self.run.do(IfUnchanged(case, Visits, id, self.expected), self.cause, self.key)
        kept = await self.run.read(Visits, id)
        if kept is None:
            raise not_found("visit", id)
        self.response.headers["ETag"] = etag(kept.version)
        return visit_view(kept, principal, self.language)


async def _order(
    run: Run, cause: Caused, key: Idempotency, expected: IfMatch, request: Request, response: Response
) -> Order:
    travel: Travel = request.app.state.travel
    minutes: int = request.app.state.sign_minutes
    return Order(run, cause, key, expected, response, call_of(request).language, travel, minutes)


Ordered = Annotated[Order, Depends(_order)]
"""The request as an order that a route carries out."""
