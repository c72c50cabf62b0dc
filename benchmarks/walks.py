"""Who is fastest downhill, and where do the walks end? For notebook 06: python benchmarks/walks.py [PART ...]

All walk on the J of the program's step 05. What is found goes into data/records:

06_race.json       J after each gradient, of six pairs, four optimizers, each with several rates
06_NAME.webp       the picture of a racer after 20 gradients, without loss; 06_finish_NAME.webp: after 80, at 192 px
06_from_NAME.webp  the last picture from noise, from C and from S, and 06_from_NAME_film.webp on the way; their costs in
                   06_walks.json
"""

import argparse
import contextlib
import json
from pathlib import Path

import numpy as np
import tensorflow as tf
from make_runs import repack, save_film
from PIL import Image
from recipes import PAIRS

from nst_keras import adam, initial_image, lbfgs, minimize, resize_image
from nst_keras.images import to_pixels
from nst_keras.lessons.walks import cost_of
from nst_keras.optimize import CostNotFiniteError, History, gradient_descent
from nst_keras.runs import start_tensorflow

RECORDS = Path(__file__).resolve().parent.parent / "data/records"
MOMENTUM = 0.8
FIRST, EACH = (2.5, 5, 10, 20, 40), (3, 6, 12, 24, 48)  # gray levels
RATES = {"gradient descent": FIRST, "momentum": FIRST, "Adam": EACH, "L-BFGS": (1,)}
OF_PROGRAM = 6  # Adam's, in the step before
FINISH = {"gradient descent": 5, "momentum": 10, "Adam": 24, "L-BFGS": 1}  # that suit this pair, or all for Adam
LONGER = (*(("Adam", rate) for rate in EACH[1:]), ("L-BFGS", 1))  # these make four times as many steps


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", choices=["race", "pictures", "starts"])
    start_tensorflow()
    for part in parser.parse_args().parts or ["race", "pictures", "starts"]:
        {"race": race, "pictures": pictures, "starts": starts}[part]()


def optimizer(name, rate, mean_slope):
    """With the rate in gray levels: those of the first step, for Adam those of each."""
    eta = rate / mean_slope
    plain, momentum = gradient_descent(eta), gradient_descent(eta, MOMENTUM)
    return {"gradient_descent": plain, "momentum": momentum, "Adam": adam(rate), "L-BFGS": lbfgs()}[
        name.replace(" ", "_")
    ]


def mean_slope(J, G):
    return float(tf.reduce_mean(tf.abs(J.value_and_gradient(G)[1])))


def walk(J, G, optimizer, steps, callback=None):
    """(last image, J of each image); the list ends where J is not finite any more."""
    history = History()
    with contextlib.suppress(CostNotFiniteError):
        G, _ = minimize(J, G, optimizer, steps, callback, history)
    return G, history


def race(side=128, steps=20):
    """The table of all rates, for all pairs."""
    found = {}
    for pair in PAIRS:
        J, C, _ = cost_of(*pair, side)
        slope, rows = mean_slope(J, C), {}
        for name, rates in RATES.items():
            for rate in rates:
                n = 4 * steps if (name, rate) in LONGER else steps
                _, history = walk(J, C, optimizer(name, rate, slope), n)
                rows[f"{name} {rate}"] = [float(f"{cost:.4g}") for cost in history["J"]]
                print(*pair, name, rate, rows[f"{name} {rate}"][:: steps // 2], flush=True)
        found[", ".join(pair)] = rows
        write({"side": side, "J": found}, "06_race.json")


def pictures(side=384, steps=20, small=192):
    """What Adam and L-BFGS have painted after 20 gradients, and all racers, smaller, after four times as many."""
    J, C, _ = cost_of("palace", "great_wave", side)
    for name, racer in {"adam": adam(OF_PROGRAM), "lbfgs": lbfgs()}.items():
        G, history = walk(J, C, racer, steps)
        keep(G, f"06_{name}")
        print(name, history, flush=True)
    J, C, _ = cost_of("palace", "great_wave", small)
    for name, rate in FINISH.items():
        G, history = walk(J, C, optimizer(name, rate, mean_slope(J, C)), 4 * steps)
        keep(G, f"06_finish_{name.replace(' ', '_')}")
        print(name, history, flush=True)


def starts(side=256, steps=120, beta=10.0, frames=14):
    """Three walks on one J, from noise, from C and from S."""
    J, C, S = cost_of("palace", "great_wave", side, beta)
    found = {"side": side, "beta": beta, "J": {}, "J_content": {}, "J_style": {}}
    for name, G in {"noise": initial_image("noise", C), "C": C, "S": resize_image(S, tuple(C.shape[1:3]))}.items():
        images, best = [], [np.inf, G]

        def look(step, G, costs, images=images, best=best):
            best[:] = min(best, [costs["J"], G], key=lambda each: each[0])
            images.append(to_pixels(best[1]))

        G, history = walk(J, G, lbfgs(), steps, look)
        keep(G, f"06_from_{name}")
        save_film(images, frames, RECORDS / f"06_from_{name}_film.webp", tuple(G.shape[1:3]), 60)
        for term in ("J", "J_content", "J_style"):
            found[term][name] = [float(f"{cost:.4g}") for cost in history[term]]
        print(name, history, flush=True)
    write(found, "06_walks.json")


def keep(G, name):
    path = RECORDS / f"{name}.png"
    Image.fromarray(to_pixels(G)).save(path)
    repack(path)


def write(found, name):
    """As JSON, with a line for each list."""
    (RECORDS / name).write_text(lines(found) + "\n", encoding="utf-8")


def lines(value, depth=0):
    if not isinstance(value, dict):
        return json.dumps(value)
    inner = ",\n".join(f"{' ' * (depth + 1)}{json.dumps(key)}: {lines(each, depth + 1)}" for key, each in value.items())
    return f"{{\n{inner}\n{' ' * depth}}}"


if __name__ == "__main__":
    main()
