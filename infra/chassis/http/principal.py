"""Who asks, and whose things exist for him: the customer boundary is here and nowhere else."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from contracts.text import Text
from infra.chassis.http.problems import Problem, not_found
from infra.chassis.http.roles import CUSTOMER_SIDE, MAY, Role, may

ALL_CONTRACTS = "contracts:all"


@dataclass(frozen=True, slots=True)
class Principal:
    """A caller whose token was verified.

    ``customer`` is set on the customer's side and only there. ``subject`` may be missing in the
    development profile. A technician's subject is his technician id, a contact's his contact id.
    ``expires_at`` is his token's, in seconds since 1970. ``verbs``: he may do nothing else, whatever his
    role; an API key has them.
    """

    subject: str | None
    role: Role
    customer: str | None = None
    scopes: frozenset[str] = frozenset()
    expires_at: float | None = field(default=None, compare=False)
    verbs: frozenset[str] | None = None

    @property
    def actor(self) -> str:
        """How events name him: ``agent:marie``, or the role alone without a subject."""
        return f"{self.role}:{self.subject}" if self.subject else self.role

    @property
    def caller(self) -> str:
        """Whose idempotency keys and whose requests a minute these are."""
        return f"{self.actor}@{self.customer}" if self.customer else self.actor

    @property
    def of_the_firm(self) -> bool:
        return self.role not in CUSTOMER_SIDE

    def may(self, verb: str) -> bool:
        return may(self.role, verb) and (self.verbs is None or verb in self.verbs)

    def sees(self, customer_id: str | None) -> bool:
        """Whether a customer's things exist for him."""
        return self.of_the_firm or (customer_id is not None and customer_id == self.customer)

    def owns(self, technician_id: str | None) -> bool:
        """Whether a technician's visit is his: technicians have their own, others are not bound by this."""
        return self.role != "technician" or (self.subject is not None and technician_id == self.subject)

    @property
    def manager(self) -> str | None:
        """The subject that a contract must name to be in his scope; None: contracts do not bind him."""
        if self.role != "contract-manager" or ALL_CONTRACTS in self.scopes:
            return None
        return self.subject

    def manages(self, managers: Iterable[str]) -> bool:
        """Whether a contract with these managers is in his scope."""
        return self.of_the_firm and (self.manager is None or self.manager in managers)

    def require_customer(self, customer_id: str | None, kind: str, id: str) -> None:
        """Another customer's thing does not exist: the same 404 as for an id that nobody has."""
        if not self.sees(customer_id):
            raise not_found(kind, id)

    def require_own(self, technician_id: str | None, kind: str, id: str) -> None:
        """Another technician's visit does not exist for a technician."""
        if not self.owns(technician_id):
            raise not_found(kind, id)

    def customer_filter(self, field: str = "customer_id") -> dict[str, Any]:
        """The part of a database query that keeps the boundary: empty for the firm's side."""
        return {} if self.of_the_firm else {field: self.customer}

    def require(self, verb: str) -> None:
        """403 unless his role may do ``verb``."""
        if self.verbs is not None and verb not in self.verbs and may(self.role, verb):
            raise Problem(
                "forbidden-key",
                Text(
                    f"This API key may not {verb}; it may: {', '.join(sorted(self.verbs))}.",
                    f"Cette clé d'API ne permet pas {verb} ; elle permet : {', '.join(sorted(self.verbs))}.",
                ),
                verb=verb,
                verbs=sorted(self.verbs),
            )
        if not self.may(verb):
            roles = sorted(MAY[verb])
            raise Problem(
                "forbidden-role",
                Text(
                    f"The role {self.role} may not {verb}; these may: {', '.join(roles)}.",
                    f"Le rôle {self.role} ne permet pas {verb} ; ceux-ci le permettent : {', '.join(roles)}.",
                ),
                verb=verb,
                roles=roles,
            )
