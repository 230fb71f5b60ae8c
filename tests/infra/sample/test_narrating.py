"""What an onlooker of the day reads."""

import pytest

from contracts.values import Outcome
from infra.sample import firm as sample
from infra.sample.firm import Firm
from infra.sample.narrating import ending, missing, places


@pytest.fixture(scope="module")
def firm() -> Firm:
    return sample.firm()


@pytest.mark.parametrize("outcome", list(Outcome))
def test_every_ending_is_told_in_words(outcome: Outcome) -> None:
    assert ending(outcome)
    assert "-" not in ending(outcome)


def test_sites_and_parts_are_called_by_their_names(firm: Firm) -> None:
    assert places(firm, ("alpages-ecully", "roch-bron")) == "Agence d'Écully, Centre d'imagerie de Bron"
    name = firm.parts["motherboard-q670"]["name"]
    assert missing(firm, "motherboard-q670", "van:ines") == f"{name} is missing from ines's van"
