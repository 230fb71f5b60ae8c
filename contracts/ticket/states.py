"""States of customers, contracts and contacts; contacts' personal data travels here only."""

from datetime import date
from typing import ClassVar

from contracts.envelope import State
from contracts.values import Id, Language, TechnicianWishes


class CustomerChanged(State):
    TYPE: ClassVar[str] = "customer-changed"
    ERASED: ClassVar[str] = "customer-erased"

    customer_id: Id
    name: str
    technicians: TechnicianWishes | None = None


class ContractChanged(State):
    """``sites`` is empty when the contract covers all of the customer's; ``managers`` are token subjects."""

    TYPE: ClassVar[str] = "contract-changed"
    ERASED: ClassVar[str] = "contract-erased"

    contract_id: Id
    customer_id: Id
    name: str
    sites: tuple[Id, ...] = ()
    managers: tuple[str, ...] = ()
    valid_from: date
    valid_to: date | None = None


class ContactChanged(State):
    """A person at the client's; ``sites`` are those he answers for."""

    TYPE: ClassVar[str] = "contact-changed"
    ERASED: ClassVar[str] = "contact-erased"

    contact_id: Id
    customer_id: Id
    name: str
    email: str | None = None
    phone: str | None = None
    language: Language = Language.FR
    sites: tuple[Id, ...] = ()
    role: str | None = None
