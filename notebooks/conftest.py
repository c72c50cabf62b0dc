"""How pytest runs the notebooks: with the same settings as build_notebooks.py, and without comparing stderr."""

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from build_notebooks import ENVIRONMENT, share_cores

os.environ.update(ENVIRONMENT)
share_cores()


def pytest_collectstart(collector):
    """What may differ: stderr (TensorFlow's notices), which a build drops, and pictures in HTML, as in PNG."""
    if hasattr(collector, "skip_compare"):
        collector.skip_compare += ("stderr", "text/html")
