"""Walks downhill: in a valley of two pixels, and on the J of a picture; notebook 06."""

import functools

import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from IPython.display import HTML

from nst_keras import (
    Objective,
    Settings,
    adam,
    data_path,
    gradient_descent,
    lbfgs,
    load_image,
    minimize,
    show_images,
)  # fmt: skip
from nst_keras.lessons.balance import PROGRAM
from nst_keras.lessons.figures import pixels_of
from nst_keras.lessons.stored import Frame, film_of, load_picture, load_record, load_stored, show_slider

BOTTOM = np.array([180.0, 100.0])  # gray levels of the two pixels
FAR = 140.0  # gray levels from there, along the valley
ANGLE = 0.44  # of the valley, 25 degrees
LINES = {"gradient descent": "-o", "momentum": "--s", "Adam": ":^", "L-BFGS": "-.D"}
COLORS = dict(zip(LINES, ("C0", "C1", "C2", "C3"), strict=True))
STEPS = 40
STARTS = {"noise": "white noise", "C": "C", "S": "S"}
SEEN = {
    "noise": "Colored noise, in which a pagoda becomes visible.",
    "C": "The photograph of the pagoda, which turns into a painting.",
    "S": "Hokusai's wave, whose crest becomes the roof of a pagoda.",
}


class Valley:
    """J of two pixels, in the form that `minimize` asks for: it bends k times as much across the valley as along it.

    At the start both directions have the same part in J."""

    def __init__(self, k, angle=ANGLE):
        turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        self.k, self.bend = k, turn @ np.diag([1.0, k]) @ turn.T
        self.start = BOTTOM + turn @ [-FAR, FAR / np.sqrt(k)]

    def terms(self, x):
        away = np.asarray(x) - BOTTOM
        return {"J": float(away @ self.bend @ away) / 2}

    def value_and_gradient(self, x):
        return self.terms(x), tf.constant(self.bend @ (np.asarray(x) - BOTTOM), tf.float32)

    def walk(self, optimizer, steps=STEPS):
        """All points that an optimizer looks at, and J there."""
        points = []
        start = tf.constant(self.start, tf.float32)
        _, history = minimize(self, start, optimizer, steps, lambda step, x, costs: points.append(x.numpy()))
        return np.array(points), np.array(history["J"])


def settled(J):
    """After how many steps J stays below 1 % of its first value; infinity, if it does not."""
    high = ~np.less(J, J[0] / 100)
    return np.where(high[-1], np.inf, len(J) - np.argmax(high[::-1], axis=0))


def costs_of_walks(valley, eta, m, by_adam, steps):
    """J after each step, of all these rates and momenta side by side."""
    eta, m = (np.asarray(each, float)[..., np.newaxis] for each in (eta, m))
    x = np.broadcast_to(valley.start - BOTTOM, (*np.broadcast_shapes(eta.shape, m.shape)[:-1], 2))
    mean = square = V = np.zeros_like(x)
    J = []
    for t in range(steps + 1):
        g = x @ valley.bend
        J.append((x * g).sum(axis=-1) / 2)
        if by_adam:
            mean, square = 0.9 * mean + 0.1 * g, 0.99 * square + 0.01 * g**2
            V = -eta * (mean / (1 - 0.9 ** (t + 1))) / np.sqrt(square / (1 - 0.99 ** (t + 1)))
        else:
            V = m * V - eta * g
        x = x + V
    return np.array(J)


@functools.cache
def best_rates(k):
    """{racer: (steps, η, m)} of those that get to the bottom of a valley first, of some hundred that are tried."""
    valley, steps, found = Valley(k), int(2 * k) + 100, {}
    plain, m, gray_levels = np.linspace(1.2, 2.0, 33) / k, np.linspace(0, 0.95, 39), np.geomspace(1, 60, 60)
    tried = {
        "gradient descent": (plain, np.zeros(1), False),
        "momentum": (np.linspace(1, 4, 49)[:, np.newaxis] / k, m, False),
        "Adam": (gray_levels, np.zeros(1), True),
    }
    with np.errstate(all="ignore"):
        for name, (eta, m, by_adam) in tried.items():
            eta, m = np.broadcast_arrays(eta, m)
            needed = settled(costs_of_walks(valley, eta, m, by_adam, steps))
            at = np.unravel_index(np.argmin(needed), needed.shape)
            found[name] = int(needed[at]), float(eta[at]), float(m[at])
    found["L-BFGS"] = int(settled(valley.walk(lbfgs(clip=False))[1])), 0.0, 0.0
    return found


def racers(k):
    """{racer: its optimizer, with the best rate in this valley}."""
    (_, plain, _), (_, eta, m), (_, each, _), _ = best_rates(k).values()
    walkers = gradient_descent(plain, clip=False), gradient_descent(eta, m, clip=False), adam(each, clip=False)
    return dict(zip(LINES, (*walkers, lbfgs(clip=False)), strict=True))


def draw(axis, valley, points, name, steps=None):
    """A map of the valley, and a walk on it."""
    x, y = np.meshgrid(np.linspace(0, 255, 120), np.linspace(0, 170, 90))
    away = np.stack([x, y], axis=-1) - BOTTOM
    J = (away * (away @ valley.bend)).sum(axis=-1) / 2
    axis.contour(x, y, np.sqrt(J), levels=10, colors="0.8", linewidths=0.8)
    axis.plot(*points.T, LINES[name], color=COLORS[name], markersize=5, linewidth=1.2)
    axis.plot(*BOTTOM, "kx", markersize=11, markeredgewidth=2)
    axis.set(xlim=(0, 255), ylim=(0, 170), aspect="equal", xlabel="pixel 1", ylabel="pixel 2")


def drag_rate(k, m, rates=(0.2, 0.6, 1, 1.6, 1.8, 1.9, 2, 2.1, 2.4, 2.8)):
    """A slider over learning rates, η·k of them, for plain descent and with momentum."""
    valley, frames = Valley(k), []
    first = np.abs(valley.bend @ (valley.start - BOTTOM)).mean()
    for eta in np.array(rates) / k:
        figure, axes = plt.subplots(1, 2, figsize=(8.4, 3.3), layout="constrained")
        said = []
        for axis, (name, share) in zip(axes, {"gradient descent": 0.0, "momentum": m}.items(), strict=True):
            points, J = valley.walk(gradient_descent(eta, share, clip=False))
            draw(axis, valley, points if J[-1] < J[0] else points[:9], name)
            needed = settled(J)
            said.append(f"{name}: " + (f"{needed:.0f} steps" if np.isfinite(needed) else f"not there after {STEPS}"))
            axis.set_title(said[-1], fontsize=13)
        caption = f"η = {eta:.3f}, a first step of {eta * first:.0f} gray levels"
        frames.append(Frame(caption, pixels_of(figure), f"{caption}. {'; '.join(said)}."))
    return show_slider("η", frames, quality=75)


def show_race_in_valley(k):
    """Four maps, each racer at its best rate."""
    valley = Valley(k)
    _, axes = plt.subplots(2, 2, figsize=(9, 6.6), layout="constrained")
    for axis, (name, optimizer) in zip(axes.flat, racers(k).items(), strict=True):
        points, J = valley.walk(optimizer)
        draw(axis, valley, points, name)
        axis.set_title(f"{name}: {settled(J):.0f} steps", fontsize=14)
    plt.show()


def print_steps(valleys):
    """How many steps each racer needs at its best rate, in valleys that are narrower and narrower."""
    print(f"{'κ':18}" + "".join(f"{k:8g}" for k in valleys))
    for name in LINES:
        print(f"{name:18}" + "".join(f"{best_rates(k)[name][0]:8}" for k in valleys))


def show_riddle(k=40):
    """Three walks without their names."""
    valley = Valley(k, -0.3)
    _, axes = plt.subplots(1, 3, figsize=(12, 3.2), layout="constrained")
    walkers = racers(k)
    for axis, title, name in zip(axes, "ABC", ("Adam", "gradient descent", "momentum"), strict=True):
        draw(axis, valley, valley.walk(walkers[name])[0], "momentum")
        axis.set_title(title, fontsize=14)
    plt.show()


# On the J of a picture, from data/records, made by benchmarks/walks.py


def best_of(rows, name, steps):
    """(rate, J) of a racer: the rate with which J is lowest after so many gradients."""
    rates = {key.rpartition(" ")[2]: reached(name, J, steps) for key, J in rows.items() if key.startswith(name)}
    return min(rates.items(), key=lambda each: each[1])


def reached(name, J, steps):
    """J after so many gradients: of the last image, or for L-BFGS of the best one that it has looked at."""
    return min(J[:steps]) if name == "L-BFGS" else J[steps]


def cost_of(content, style, side, beta=80.0):
    """(J of the program's step 05, C, S)."""
    C, S = load_image(content, side), load_image(style, side)
    settings = Settings(alpha=1.0, beta=beta, gamma=0.0, precision="float32", **PROGRAM)
    return Objective(C, S, settings), C, S


def show_racers():
    """What Adam and L-BFGS have painted after 20 and after 80 steps; their J is computed anew."""
    images = {
        "Adam, 20 steps": load_picture("06_adam"),
        "Adam, 80 steps": load_stored("program_05").image,
        "L-BFGS, 20 steps": load_picture("06_lbfgs"),
        "L-BFGS, 80 steps": load_stored("program_06").image,
    }
    J, _, _ = cost_of("palace", "great_wave", 384)
    titles = [f"{name}: J = {float(J(G)):.2f}" for name, G in images.items()]
    show_images(list(images.values()), titles, 2, 3.94)


def show_rates(steps=20):
    """J after twenty steps, over the rate: a panel for each racer that needs one, a line for each pair."""
    _, axes = plt.subplots(1, 3, figsize=(12, 4.4), sharey=True, layout="constrained")
    for axis, name in zip(axes, LINES, strict=False):
        for (pair, rows), line in zip(load_record("06_race")["J"].items(), "os^Dv*", strict=True):
            J = {float(key.rpartition(" ")[2]): each for key, each in rows.items() if key.startswith(name)}
            reach = [reached(name, each, steps) if len(each) > steps else np.inf for each in J.values()]
            axis.loglog(list(J), [min(each, 90) for each in reach], f"-{line}", label=pair, markersize=6)
        axis.set_title(name, fontsize=14)
        axis.set_xticks(list(J), [f"{rate:g}" for rate in J])
        axis.minorticks_off()
        axis.set_xlabel("gray levels", fontsize=13)
    axes[0].set_ylabel("J after 20 steps", fontsize=13)
    axes[0].set_yticks([1, 3, 10, 30, 90], ["1", "3", "10", "30", "lost"])
    axes[2].legend(fontsize=10, loc="upper right")
    plt.show()


def show_race(pair="palace, great_wave", steps=20):
    """J of four racers on one picture, each at its best rate."""
    _, axis = plt.subplots(figsize=(9, 4.2), layout="constrained")
    rows = load_record("06_race")["J"][pair]
    for name in LINES:
        rate, _ = best_of(rows, name, steps)
        label = name if name == "L-BFGS" else f"{name}, {rate} gray levels"
        J = rows[f"{name} {rate}"][: steps + 1]
        axis.semilogy(J, LINES[name], color=COLORS[name], markersize=4, label=label)
    axis.set_xlabel("step", fontsize=13)
    axis.set_ylabel("J", fontsize=13)
    axis.set_xticks(range(0, steps + 1, 4))
    axis.legend(fontsize=12)
    plt.show()


def print_race(steps=20):
    """For all pairs: J of each racer at its best rate."""
    pairs = load_record("06_race")["J"]
    heads = "".join(f"{name.replace('gradient ', ''):>10}" for name in LINES)
    print(f"{f'J after {steps} steps':28}{heads}")
    for pair, rows in pairs.items():
        lowest = [best_of(rows, name, steps)[1] for name in LINES]
        print(f"{pair:28}" + "".join(f"{J:10.2f}" for J in lowest))


def print_how_many(steps=80):
    """For all pairs: how many steps of L-BFGS do what so many of Adam do, with the rate of the program."""
    for pair, rows in load_record("06_race")["J"].items():
        aim = reached("Adam", rows["Adam 6"], steps)
        count = 1 + int(np.argmax(np.array(rows["L-BFGS 1"]) <= aim))
        print(f"{pair:28} Adam {steps} steps: J {aim:.2f}    L-BFGS gets there in {count:2}")


def show_films():
    """Three walks on one J, one beside the other."""
    path = lambda start: data_path(f"records/06_from_{start}_film.webp")
    cells = "".join(f"<td>{film_of(path(start), SEEN[start]).data}</td>" for start in STARTS)
    heads = "".join(f"<th>from {name}</th>" for name in STARTS.values())
    return HTML(f"<table><tr>{heads}</tr><tr>{cells}</tr></table>")


def show_starts():
    """Where the three walks ended: pictures, costs, and how far apart they are."""
    found, images = load_record("06_walks"), {start: load_picture(f"06_from_{start}") for start in STARTS}
    ends = {start: {term: found[term][start][-1] for term in ("J", "J_content", "J_style")} for start in STARTS}
    for start, end in ends.items():
        apart = float(tf.reduce_mean(tf.abs(images[start] - images["C"])))
        print(f"from {start:5} J {end['J']:.3f}  content {end['J_content']:.3f}  style {end['J_style']:.4f}  pixels "
              f"{apart:3.0f} gray levels from C's")  # fmt: skip
    titles = [f"from {name}: J = {ends[start]['J']:.2f}" for start, name in STARTS.items()]
    show_images(list(images.values()), titles, 3, 2.66)
