"""What the algorithm stands on: files are read, or refused in one sentence; written whole, or not at all.

finding.py   which pictures a name stands for
kinds.py     what a file is, by its first bytes
places.py    where files will be written, checked before the work
pictures.py  picture files, and where the bundled ones are
weights.py   the weights of VGG19 and VGG16
"""
