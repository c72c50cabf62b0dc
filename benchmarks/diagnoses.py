"""What the numbers of notebook 11 say of pictures that had no say in its limits: python benchmarks/diagnoses.py

Six pairs other than those that the limits were read from, each painted with the defaults and with three
faults, at 160 pixels; into data/records/11_numbers.json.
"""

import json
from pathlib import Path

from strengths import OTHERS

from nst_keras import stylize
from nst_keras.lessons.cases import three_of
from nst_keras.runs import measure, start_tensorflow

RECORD = Path(__file__).resolve().parent.parent / "data/records/11_numbers.json"
SIDE = 160
SETTINGS = {"defaults": {}, "beta=5000": {"beta": 5000}, "gamma=0.05": {"gamma": 0.05}, "beta=2": {"beta": 2}}


def main():
    start_tensorflow()
    found = json.loads(RECORD.read_text(encoding="utf-8")) if RECORD.exists() else {}  # goes on where it stopped
    for content, style in OTHERS:
        for name, settings in SETTINGS.items():
            numbers = found.setdefault(name, {})
            if (pair := f"{content}, {style}") in numbers:
                continue
            quality = measure(stylize(content, style, max_side=SIDE, **settings))
            numbers[pair] = [round(number, 3) for number in three_of(quality)]
            print(pair, name, numbers[pair], flush=True)
            RECORD.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
