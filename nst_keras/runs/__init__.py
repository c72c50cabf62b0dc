"""What makes a run dependable. Nothing in the algorithm knows of it: it watches runs, or starts and ends them.

callbacks.py   ProgressBar, SaveFrames, SaveFilm
checkpoint.py  Checkpoint, resume
forecast.py    forecast, check_memory: seconds and memory before the run
quality.py     measures of the finished picture
sidecar.py     save_run, read_sidecar: the picture with all its settings
quiet.py       start_tensorflow: without its notices
terminal.py    output that never fails, and signals
many.py        sweep: many pictures times a grid of settings, on Dask
    grid.py    the list of runs that this makes
    sheet.py   all pictures side by side, and their measures as a table
    cluster.py its workers
    many_command.py  nst-keras many
studio.py      Studio: what a panel needs, without widgets
panel.py       panel: widgets that show a Studio (needs ipywidgets), put together from parts.py
serve.py       `nst-keras studio`: the panel as a page, by Voila
"""

import lazy_loader

LAYOUT = "{desc} {percentage:3.0f}%|{bar}| {elapsed}<{remaining}{postfix}"  # of progress bars

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
