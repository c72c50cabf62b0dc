"""What the algorithm stands on: files are read, or refused in one sentence; written whole, or not at all.

kinds.py     what a file is, by its first bytes
pictures.py  picture files, and where the bundled ones are
weights.py   the weights of VGG19 and VGG16
"""
