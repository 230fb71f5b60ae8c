"""From a token to what exists for its bearer."""

from infra.chassis.http.viewing import Directory
from services.notify.store.copies import Contacts, Contracts

DIRECTORY = Directory(Contacts, Contracts)
