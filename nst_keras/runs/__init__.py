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
studio.py      Studio: a folder of pictures and one painter, without the page
page.py        studio_page: the page (needs gradio), put together from parts.py
serve.py       `nst-keras studio` and `nst_keras.studio()`: the page served, for this computer alone
"""

import lazy_loader

LAYOUT = "{desc} {percentage:3.0f}%|{bar}| {elapsed}<{remaining}{postfix}"  # of progress bars

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
