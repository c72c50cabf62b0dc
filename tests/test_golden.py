"""A short run with all defaults gives the costs that were stored once, so that no change moves them unseen."""

import json
from pathlib import Path

import pytest

from nst_keras import data_path, stylize

GOLDEN = json.loads((Path(__file__).parent / "data/golden_run.json").read_text())
# Other processors round differently, and L-BFGS amplifies that from step to step.
AT_ONCE, AFTER_STEPS = 1e-4, 5e-3


def test_the_defaults_give_the_stored_costs():
    result = stylize(data_path("content/palace.jpg"), data_path("style/great_wave.jpg"), max_side=192, steps=20)
    assert result.history.costs[0] == pytest.approx(GOLDEN["start"], rel=AT_ONCE)
    for step, J in GOLDEN["J"].items():
        assert result.history["J"][int(step)] == pytest.approx(J, rel=AFTER_STEPS), step
    for term, cost in GOLDEN["end"].items():
        assert result.history.costs[-1][term] == pytest.approx(cost, rel=10 * AFTER_STEPS), term
