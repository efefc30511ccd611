"""L1 to L16: whatever tills and offices do in whatever order, cards are what a simple book says.

The machine and its book live in `tests.chaos.loyalty_model`; by hand it runs for thousands of steps:
`python -m tests.chaos.loyalty_model --steps 5000`.
"""

from hypothesis import settings

from tests.chaos.loyalty_model import prove_histories
from tests.service.harness import Service

# "nightly" asks for thousands; histories take a share of what the profile says.
EXAMPLES = max(5, settings().max_examples // 10)


def test_any_history_of_cards_agrees_with_the_book(service: Service) -> None:
    done = prove_histories(service, EXAMPLES)
    assert done["examples"] >= EXAMPLES
