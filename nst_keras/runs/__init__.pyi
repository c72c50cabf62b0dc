from .callbacks import ProgressBar, SaveFilm, SaveFrames
from .checkpoint import Checkpoint, read_checkpoint, resume
from .forecast import Forecast, check_memory, forecast
from .many import sweep
from .quality import measure, referee
from .quiet import start_tensorflow
from .sidecar import read_sidecar, save_run

LAYOUT: str
__all__ = [
    "Checkpoint",
    "Forecast",
    "ProgressBar",
    "SaveFilm",
    "SaveFrames",
    "check_memory",
    "forecast",
    "measure",
    "read_checkpoint",
    "read_sidecar",
    "referee",
    "resume",
    "save_run",
    "start_tensorflow",
    "sweep",
]
