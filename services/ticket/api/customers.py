"""``/v1/customers``: the client companies."""

from datetime import datetime
from functools import partial
from typing import Annotated, Any, Self

from fastapi import APIRouter, Request, Response
from pydantic import AfterValidator, Field, StringConstraints, model_validator

from contracts.refusal import NotFound
from contracts.text import InvalidValue
from contracts.values import Id, StatedWishes
from infra.chassis.http.auth import allow
from infra.chassis.http.body import Body
from infra.chassis.http.etag import IfMatch, not_modified
from infra.chassis.http.idempotency import Idempotency
from infra.chassis.http.paging import Paged
from infra.chassis.http.principal import Principal
from infra.chassis.service import Caused, Run
from services.ticket.api.answers import answer, put_answer
from services.ticket.api.bodies import Name
from services.ticket.domain.customer import CriticalPeriod, Customer
from services.ticket.store.customers import Customers
from services.ticket.usecases.put_customer import PutCustomer
from services.ticket.views.customer import CustomerView, customer_view
from services.ticket.views.listing import CustomerListView

router = APIRouter(prefix="/v1/customers", tags=["customers"])


class PeriodBody(Body):
    from_: datetime = Field(alias="from")
    to: datetime
    name: Name | None = None

    @model_validator(mode="after")
    def _ends_after_it_starts(self) -> Self:
        if self.to <= self.from_:
            raise InvalidValue("a period ends after it starts", "une période finit après son début")
        return self


MailDomain = Annotated[
    str, StringConstraints(max_length=190, pattern=r"^[^@\s.]+(\.[^@\s.]+)+$"), AfterValidator(str.lower)
]


class CustomerBody(Body):
    """``vip_contacts`` are ids of contacts; ``critical_periods`` are when a failure hurts most.

    Whoever writes from one of ``mail_domains`` is taken for one of the customer's: never name a domain that
    others have addresses in as well. ``mail_site`` is the site that mails are about where nothing tells it.
    Of ``technicians`` the ``preferred`` are sent where that costs little more, the ``refused`` never.
    """

    name: Name
    vip_contacts: Annotated[tuple[Id, ...], Field(max_length=200)] = ()
    critical_periods: Annotated[tuple[PeriodBody, ...], Field(max_length=200)] = ()
    mail_domains: Annotated[tuple[MailDomain, ...], Field(max_length=50)] = ()
    mail_site: Id | None = None
    technicians: StatedWishes | None = None


def customer_of(id: str, body: CustomerBody) -> Customer:
    """The customer that a body describes."""
    periods = tuple(CriticalPeriod(p.from_, p.to, p.name) for p in body.critical_periods)
    return Customer(
        id, body.name, body.vip_contacts, periods, body.mail_domains, body.mail_site, body.technicians
    )


@router.put(
    "/{id}", response_model=CustomerView, responses={201: {"model": CustomerView, "description": "It is new"}}
)
async def put_customer(
    id: Id,
    body: CustomerBody,
    principal: Annotated[Principal, allow("customers:write")],
    run: Run,
    cause: Caused,
    key: Idempotency,
    expected: IfMatch,
) -> Response:
    done = await run.do(PutCustomer(customer_of(id, body), expected), cause, key)
    view = partial(customer_view, principal=principal)
    return await put_answer(run, Customers, id, view, f"/v1/customers/{id}", created=done.result)


@router.get("", response_model=CustomerListView)
async def list_customers(
    page: Paged, principal: Annotated[Principal, allow("customers:read")], run: Run
) -> Any:
    query = page.filter(principal.customer_filter("_id"))
    found = await run.find(Customers, query, sort=page.sort, limit=page.fetch)
    return page.of(found, lambda kept: customer_view(kept, principal).model_dump(mode="json", by_alias=True))


@router.get("/{id}", response_model=CustomerView)
async def read_customer(
    id: Id, principal: Annotated[Principal, allow("customers:read")], run: Run, request: Request
) -> Response:
    kept = await run.read(Customers, id)
    if kept is None or not principal.sees(id):
        raise NotFound("customer", id)
    return not_modified(request, kept.version) or answer(customer_view(kept, principal), kept.version)
