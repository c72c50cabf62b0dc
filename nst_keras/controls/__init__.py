"""Control over a picture, a few formulas each: more than the notes ask for.

colors.py      keep the colors of C
regions.py     this style here and that one there; paint only there
presets.py     names for settings
tiles.py       the same J for large pictures
memory.py      what a run takes, so whether tiles are needed

(The strength of the style and the scale of its strokes are numbers in `nst_keras.settings`.)
"""

from nst_keras.controls.presets import PRESETS as PRESETS
