"""Lists as they are on the wire."""

from typing import Any

from pydantic import BaseModel

from services.ticket.views.contact import ContactView
from services.ticket.views.contract import ContractView
from services.ticket.views.contract_version import VersionView
from services.ticket.views.customer import CustomerView
from services.ticket.views.sla import ContractClockView, ExplainedSlaView, SlaView
from services.ticket.views.ticket import TicketView
from services.ticket.views.timeline import LineView
from services.ticket.views.work_type import WorkTypeView


class ListView(BaseModel):
    """``next`` is the cursor of the next page, null on the last one."""

    items: list[Any]
    next: str | None


class TicketListView(ListView):
    items: list[TicketView]


class SlaListView(ListView):
    items: list[ExplainedSlaView | SlaView]


class ContractClockListView(ListView):
    items: list[ContractClockView]


class TimelineView(ListView):
    items: list[LineView]


class CustomerListView(ListView):
    items: list[CustomerView]


class ContractListView(ListView):
    items: list[ContractView]


class ContractVersionListView(ListView):
    items: list[VersionView]


class ContactListView(ListView):
    items: list[ContactView]


class WorkTypeListView(ListView):
    items: list[WorkTypeView]
