"""What inventories say of machines, and who sends them."""

from infra.chassis.store.collection import IN_ORDER, Collection, Index
from services.inventory.domain.agent import Agent, AgentKey
from services.inventory.domain.composition import Composition
from services.inventory.domain.imported_machine import ImportedMachine
from services.inventory.domain.machine import Machine, SoftwareList
from services.inventory.domain.review import Review
from services.inventory.domain.watching import RuleSet

Machines = Collection(
    "machines",
    Machine,
    indexes=(Index((("customer_id", 1), ("seen_at", 1)), name="of_customer"),),
    customer=lambda machine: machine.customer_id,
)

SoftwareLists = Collection(
    "software_lists",
    SoftwareList,
    indexes=(Index((("customer_id", 1), ("_id", 1)), name="of_customer"),),
    customer=lambda each: each.customer_id,
)

Agents = Collection(
    "agents",
    Agent,
    indexes=(Index((("asset_id", 1),), name="of_asset"),),
    customer=lambda agent: agent.customer_id,
)

AgentKeys = Collection(
    "agent_keys",
    AgentKey,
    indexes=(
        Index((("digest", 1),), unique=True, name="digest"),
        Index((("customer_id", 1), *IN_ORDER), name="of_customer"),
    ),
    customer=lambda key: key.customer_id,
)

Reviews = Collection(
    "inventory_reviews",
    Review,
    indexes=(
        Index((("state", 1), *IN_ORDER), name="in_state"),
        Index((("customer_id", 1), *IN_ORDER), name="of_customer"),
    ),
    customer=lambda review: review.customer_id,
)

RuleSets = Collection("rule_sets", RuleSet)

Compositions = Collection("compositions", Composition, customer=lambda each: each.id)

ImportedMachines = Collection("imported_machines", ImportedMachine, customer=lambda each: each.customer_id)
