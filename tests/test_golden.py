"""A short run with all defaults, in float32, gives the stored costs, so that no change moves them unseen."""

import json
from pathlib import Path

import pytest

from nst_keras import stylize

pytestmark = pytest.mark.whole

GOLDEN = json.loads((Path(__file__).parent / "data/golden_run.json").read_text())
# Other processors round differently, and L-BFGS amplifies that from step to step: one thread or two, or a number that
# is a constant in the graph instead of an argument, differ by 0.15 % at step 4; at the end J by 0.6 %, its smallest
# term, 0.5 % of J, by 7 %.
AT_ONCE, AFTER_STEPS, OF_A_TERM = 1e-4, 1e-2, 0.1


def test_the_defaults_give_the_stored_costs():
    result = stylize("palace", "great_wave", max_side=192, steps=10, precision="float32")
    assert result.history.costs[0] == pytest.approx(GOLDEN["start"], rel=AT_ONCE)
    for step, J in GOLDEN["J"].items():
        assert result.history["J"][int(step)] == pytest.approx(J, rel=AFTER_STEPS), step
    for term, cost in GOLDEN["end"].items():
        assert result.history.costs[-1][term] == pytest.approx(cost, rel=OF_A_TERM), term
