"""A log of another firm becomes tickets, visits and closings here, and a second time nothing."""

import asyncio
import csv
import json
from collections import Counter
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from contracts.values import parse_rfc3339
from tests.flows.command_line import Ended
from tests.flows.platform import ASTREINTE, Platform, up
from tests.infra.replay.logs import COLUMNS, USUAL, Fields, on_site, remote
from tests.servers import RealServers
