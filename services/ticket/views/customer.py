from pydantic import BaseModel, ConfigDict, Field

from contracts.values import Instant, TechnicianWishes
from infra.chassis.http.principal import Principal
from infra.chassis.runtime import Kept
from services.ticket.domain.customer import Customer


class PeriodView(BaseModel):
    model_config = ConfigDict(populate_by_name=True)

    from_: Instant = Field(alias="from")
    to: Instant
    name: str | None


class CustomerView(BaseModel):
    """``technicians`` is null for who may not see whom a customer refuses."""

    id: str
    name: str
    vip_contacts: tuple[str, ...]
    critical_periods: list[PeriodView]
    mail_domains: tuple[str, ...]
    mail_site: str | None
    technicians: TechnicianWishes | None
    updated_at: Instant


def customer_view(kept: Kept[Customer], principal: Principal) -> CustomerView:
    customer = kept.value
    periods = customer.critical_periods
    return CustomerView(
        id=customer.id,
        name=customer.name,
        vip_contacts=customer.vip_contacts,
        critical_periods=[
            PeriodView.model_construct(from_=p.from_at, to=p.to_at, name=p.name) for p in periods
        ],
        mail_domains=customer.mail_domains,
        mail_site=customer.mail_site,
        technicians=customer.technicians if principal.may("technician-wishes:read") else None,
        updated_at=kept.updated_at,
    )
