"""When a service was last asked with a customer's key: to the day, which tells whether it is still needed."""

from datetime import date

from contracts.envelope import State
from contracts.values import Id


class KeyUseChanged(State):
    """What each service's state of this says."""

    api_key_id: Id
    customer_id: Id
    used_on: date
