"""What the notebooks import beside the algorithm: drawings, stored results, and checks of answers.

A notebook runs wherever this package is installed; nothing else in the package imports from here.

diagram.py   draw_method: the whole method in one drawing
stored.py    load_stored, show_film, show_slider: results of runs that take longer than a notebook may
patches.py   top_patches: what a unit of the network responds to
exercises/   check: what is right, and what is typically wrong, one file for each notebook
"""
