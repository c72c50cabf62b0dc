"""What a map paints that is shrunk to the size of each layer, for notebook 10: python benchmarks/shrunk_map.py

The run 10_regions again, but each position of a layer counts by its share of the region, as in the map made smaller,
and not only where its unit sees nothing else. Its picture is data/records/10_shrunk.webp.
"""

from pathlib import Path

from wrong_reshape import save

from nst_keras import stylize
from nst_keras.controls import regions
from nst_keras.images import to_pixels

PICTURE = Path(__file__).resolve().parent.parent / "data/records/10_shrunk.webp"


def main():
    regions.mask_of_layer = regions._area
    run = stylize("palace", "great_wave", max_side=384, regions=["palace", "great_wave"])
    save(to_pixels(run.image), PICTURE)


if __name__ == "__main__":
    main()
