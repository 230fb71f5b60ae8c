"""Events in and out.

aiokafka lets a broker make any topic that it is asked about, with one partition, and has no option against
it: whatever is asked from here asks the broker not to.
"""

from functools import partial
from typing import Any

import aiokafka.client
from aiokafka.protocol.metadata import MetadataRequest

_client: Any = aiokafka.client
_client.MetadataRequest = partial(MetadataRequest, allow_auto_topic_creation=False)
