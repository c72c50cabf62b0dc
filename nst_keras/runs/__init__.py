"""What makes a run dependable. Nothing in the algorithm knows of it: it watches runs, or starts and ends them.

callbacks.py   ProgressBar, SaveFrames
checkpoint.py  Checkpoint, resume
forecast.py    forecast, check_memory: seconds and memory before the run
quality.py     measures of the finished picture
sidecar.py     save_run, read_sidecar: the picture with all its settings
quiet.py       start_tensorflow: without its notices
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
