"""CHANGELOG.md: each version with its date and commit, and which version reads which file."""

import re
from pathlib import Path

import nst_keras
from nst_keras.runs import checkpoint

SETTINGS_OF_0_2_0 = {
    "alpha", "beta", "content_layer", "content_normalizer", "gamma", "init", "layer_weights", "learning_rate",
    "max_side", "network", "optimizer", "pooling", "precision", "scales", "seed", "steps", "style_normalizer",
    "style_weights", "weights",
}  # fmt: skip
CHANGELOG = (Path(__file__).parent.parent / "CHANGELOG.md").read_text(encoding="utf-8")


def test_each_version_has_its_date_and_its_commit():
    headings = re.findall(r"^## (\d.*)$", CHANGELOG, re.MULTILINE)
    versions = [re.fullmatch(r"(\d+\.\d+\.\d+) - (\d{4}-\d\d-\d\d) \(`[0-9a-f]{7}`\)", each) for each in headings]
    assert None not in versions, headings
    assert versions[0][1] == nst_keras.__version__
    for position in (1, 2):
        found = [version[position] for version in versions]
        assert found == sorted(found, reverse=True)


def test_its_tables_know_the_formats():
    """Whoever adds a setting or changes a format says who reads it."""
    sidecars, checkpoints = CHANGELOG.partition("| sidecar of ")[2].split("| checkpoint ")
    later = set(re.findall(r"`(\w+)`", sidecars))
    assert nst_keras.Settings().as_dict().keys() == SETTINGS_OF_0_2_0 | later
    assert re.findall(r"^\| (\d)", checkpoints, re.MULTILINE)[-1] == checkpoint.FORMAT.split()[-1]
