"""How pytest runs the notebooks: with the same settings as build.py, and without comparing stderr."""

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from build import ENVIRONMENT

os.environ.update(ENVIRONMENT)
if "PYTEST_XDIST_WORKER" in os.environ:  # several workers share the cores; kernels inherit this
    os.environ["TF_NUM_INTRAOP_THREADS"] = "1"


def pytest_collectstart(collector):
    """What may differ: stderr, which build.py drops (TensorFlow's notices), and pictures in HTML, as in PNG."""
    if hasattr(collector, "skip_compare"):
        collector.skip_compare += ("stderr", "text/html")
