"""What the notebooks import beside the algorithm: drawings, stored results, and checks of answers.

A notebook runs wherever this package is installed; nothing else in the package imports from here.

diagram.py   draw_method: the whole method in one drawing
stored.py    load_stored, show_film, show_slider, show_wipe: results of runs that take longer than a notebook may
rulers.py    WAYS, Ruler: networks that get their pictures in the wrong form
fields.py    show_fields: what a unit of each layer can see
patches.py   top_patches: what a channel of the network responds to
look.py      mosaic, heat, show_browser: the same as figures
wishes.py    Wanted: what a channel answers to a picture made of noise
depths.py    what layers keep of a picture: changes of a photograph, and figures about them
grams.py     figures and small runs about Gram matrices; PAIRS, the six pairs of pictures
walks.py     walks in a valley of two pixels, and the race of four optimizers on six pictures
control.py   the six wishes, and figures about color, place, stroke and strength
clouds.py    style costs between Gram and Wasserstein, and figures of clouds of activations
figures.py   heat_map, pixels_of: parts of figures
exercises/   check: what is right, and what is typically wrong, one file for each notebook
"""
