"""Customers, contacts and contracts by the table."""

from typing import Any

from contracts.text import Text
from contracts.values import Channel, Language
from infra.chassis.http.etag import Expected
from infra.chassis.http.principal import Principal
from infra.chassis.imports.columns import DAY, SEVERAL, TEXT, Column
from infra.chassis.imports.kind import ImportKind
from infra.chassis.runtime import Kept
from services.ticket.api.contacts import ContactBody, contact_of
from services.ticket.api.contract_body import ContractBody
from services.ticket.api.customers import CustomerBody, customer_of
from services.ticket.domain.contact import ComputerSkill
from services.ticket.domain.contract import Contract
from services.ticket.store.contacts import Contacts
from services.ticket.store.contracts import Contracts
from services.ticket.store.customers import Customers
from services.ticket.usecases.put_contact import PutContact
from services.ticket.usecases.put_contract import PutContract
from services.ticket.usecases.put_customer import PutCustomer
from services.ticket.views.contact import contact_view
from services.ticket.views.contract import terms_view
from services.ticket.views.customer import customer_view

CUSTOMER = Column(
    "customer_id",
    Text("Customer", "Client"),
    TEXT,
    Text("The customer's id", "L'identifiant du client"),
    required=True,
    also=("customer id", "identifiant client"),
)
NAME = Column("name", Text("Name", "Nom"), TEXT, required=True)


def _put_customer(id: str, body: CustomerBody, expected: Expected, _: Principal) -> PutCustomer:
    return PutCustomer(customer_of(id, body), expected)


def _put_contact(id: str, body: ContactBody, expected: Expected, who: Principal) -> PutContact:
    return PutContact(contact_of(id, body), expected, within=who.customer)


def _put_contract(id: str, body: ContractBody, expected: Expected, who: Principal) -> PutContract:
    terms = body.terms()
    return PutContract(id, body.customer_id, terms, expected, who.manager, applies_from=body.applies_from)


def _contract(kept: Kept[Contract], _: Principal) -> dict[str, Any]:
    """Its last terms. From when they apply is not repeated: that would write them once more."""
    terms = terms_view(kept.value.terms).model_dump(mode="json")
    return {"customer_id": kept.value.customer_id, **terms}


CUSTOMERS = ImportKind(
    name="customers",
    title=Text("Customers", "Clients"),
    verb="customers:write",
    collection=Customers,
    body=CustomerBody,
    columns=(
        Column("name", Text("Name", "Nom"), TEXT, required=True, also=("raison sociale",)),
        Column(
            "mail_domains",
            Text("Mail domains", "Domaines de messagerie"),
            SEVERAL,
            Text(
                "Of its own alone: who writes from there is theirs",
                "Les siens seuls : qui en écrit est du client",
            ),
            example="pasteur.example",
        ),
        Column("mail_site", Text("Site of mails", "Site des e-mails"), TEXT),
        Column("vip_contacts", Text("VIP contacts", "Contacts VIP"), SEVERAL),
    ),
    shown=customer_view,
    case=_put_customer,
)

CONTACTS = ImportKind(
    name="contacts",
    title=Text("Contacts", "Contacts des clients"),
    verb="contacts:write",
    collection=Contacts,
    body=ContactBody,
    columns=(
        CUSTOMER,
        NAME,
        Column("email", Text("E-mail", "Adresse e-mail"), TEXT, also=("mail", "courriel", "adresse e-mail")),
        Column("phone", Text("Telephone", "Téléphone"), TEXT, also=("phone", "tel", "mobile", "portable")),
        Column("language", Text("Language", "Langue"), TEXT, choices=tuple(str(each) for each in Language)),
        Column(
            "sites",
            Text("Sites", "Sites suivis"),
            SEVERAL,
            Text("Those he answers for", "Ceux dont il répond"),
        ),
        Column("role", Text("Role", "Fonction"), TEXT, example="Office manager"),
        Column(
            "computer_skill",
            Text("Computer skill", "Aisance informatique"),
            TEXT,
            choices=tuple(str(each) for each in ComputerSkill),
        ),
    ),
    shown=lambda kept, _: contact_view(kept),
    case=_put_contact,
)

CONTRACTS = ImportKind(
    name="contracts",
    title=Text("Contracts", "Contrats"),
    verb="contracts:write",
    collection=Contracts,
    body=ContractBody,
    columns=(
        CUSTOMER,
        NAME,
        Column(
            "sites",
            Text("Sites", "Sites couverts"),
            SEVERAL,
            Text("All of the customer's when empty", "Tous ceux du client si vide"),
        ),
        Column("managers", Text("Managers", "Responsables"), SEVERAL),
        Column(
            "channels",
            Text("Channels", "Canaux"),
            SEVERAL,
            Text(f"Of {', '.join(Channel)}; all when empty", f"Parmi {', '.join(Channel)} ; tous si vide"),
        ),
        Column(
            "valid_from", Text("Valid from", "Début de validité"), DAY, required=True, also=("début", "start")
        ),
        Column("valid_to", Text("Valid to", "Fin de validité"), DAY, also=("fin", "end")),
        Column(
            "applies_from",
            Text("Changes apply from", "Modifications à partir du"),
            DAY,
            Text("Today when empty", "Aujourd'hui si vide"),
        ),
    ),
    shown=_contract,
    case=_put_contract,
    like=Column(
        "like",
        Text("Like contract", "Sur le modèle de"),
        TEXT,
        Text(
            "For new ones: the contract whose calendars, targets, penalties and billing they begin with",
            "Pour les nouveaux : le contrat dont reprendre calendriers, cibles, pénalités et facturation",
        ),
        also=("model contract", "contrat modèle"),
    ),
)
KINDS = (CUSTOMERS, CONTACTS, CONTRACTS)
