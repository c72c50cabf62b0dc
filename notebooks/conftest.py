"""Kernels that pytest starts get the same settings as in build.py."""

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from build import ENVIRONMENT

for name, value in ENVIRONMENT.items():
    os.environ.setdefault(name, value)
