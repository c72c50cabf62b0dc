"""Walks downhill: in a valley of two pixels, and on the J of a picture; notebook 06."""

import functools

import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf

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
from nst_keras.lessons.figures import magnified, pixels_of, plot_falls
from nst_keras.lessons.stored import Frame, film_in_html, load_picture, load_record, show_slider, with_button

BOTTOM = np.array([180.0, 100.0])  # gray levels of the two pixels
FAR, ASIDE = 140.0, 31.0  # gray levels from there to the start, along the valley and across it
NEAR = 5.0  # gray levels from there: so near counts as there
ANGLE = 0.44  # of the valley, 25 degrees
LINES = {"gradient descent": "-o", "momentum": "--s", "Adam": ":^", "L-BFGS": "-.D"}
COLORS = dict(zip(LINES, ("C0", "C1", "C2", "C3"), strict=True))
STEPS = 40
GOOD = 24  # gray levels, a rate of Adam that suits all six pairs
STARTS = {"noise": "white noise", "C": "C", "S": "S"}
SEEN = {
    "noise": "Colored noise, in which a pagoda becomes visible.",
    "C": "The photograph of the pagoda, which turns into a painting.",
    "S": "Hokusai's wave, whose crest becomes the roof of a pagoda.",
}


class Valley:
    """J of two pixels, in the form that `minimize` asks for: it bends k times as much across the valley as along it."""

    def __init__(self, k, angle=ANGLE):
        turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        self.k, self.bend = k, turn @ np.diag([1.0, k]) @ turn.T
        self.start = BOTTOM + turn @ [-FAR, ASIDE]

    def terms(self, x):
        away = np.asarray(x) - BOTTOM
        return {"J": float(away @ self.bend @ away) / 2}

    def value_and_gradient(self, x):
        return self.terms(x), tf.constant(self.bend @ (np.asarray(x) - BOTTOM), tf.float32)

    def walk(self, optimizer, steps=STEPS):
        """All points that an optimizer looks at, and how far they are from the bottom."""
        points = []
        start = tf.constant(self.start, tf.float32)
        minimize(self, start, optimizer, steps, lambda step, x, costs: points.append(x.numpy()))
        return np.array(points), np.linalg.norm(points - BOTTOM, axis=-1)


def settled(away):
    """After how many steps a walk stays near the bottom; infinity, if it does not."""
    far = ~np.less(away, NEAR)
    return np.where(far[-1], np.inf, len(away) - np.argmax(far[::-1], axis=0))


def walks_side_by_side(valley, eta, m, by_adam, steps):
    """How far from the bottom each of these rates and momenta is, after each step."""
    eta, m = (np.asarray(each, float)[..., np.newaxis] for each in (eta, m))
    x = np.broadcast_to(valley.start - BOTTOM, (*np.broadcast_shapes(eta.shape, m.shape)[:-1], 2))
    mean = square = V = np.zeros_like(x)
    away = []
    for t in range(steps + 1):
        g = x @ valley.bend
        away.append(np.linalg.norm(x, axis=-1))
        if by_adam:
            mean, square = 0.9 * mean + 0.1 * g, 0.99 * square + 0.01 * g**2
            V = -eta * (mean / (1 - 0.9 ** (t + 1))) / np.sqrt(square / (1 - 0.99 ** (t + 1)))
        else:
            V = m * V - eta * g
        x = x + V
    return np.array(away)


@functools.cache
def best_rates(k):
    """{racer: (steps, η, m)} of those that get to the bottom of a valley first, of hundreds that are tried."""
    valley, steps, found = Valley(k), int(2 * k) + 100, {}
    plain, m, gray_levels = np.linspace(1, 2, 401) / k, np.linspace(0, 0.95, 96), np.geomspace(1, 60, 400)
    tried = {
        "gradient descent": (plain, np.zeros(1), False),
        "momentum": (np.linspace(1, 4, 121)[:, np.newaxis] / k, m, False),
        "Adam": (gray_levels, np.zeros(1), True),
    }
    with np.errstate(all="ignore"):
        for name, (eta, m, by_adam) in tried.items():
            eta, m = np.broadcast_arrays(eta, m)
            needed = settled(walks_side_by_side(valley, eta, m, by_adam, steps))
            at = np.unravel_index(np.argmin(needed), needed.shape)
            found[name] = int(needed[at]), float(eta[at]), float(m[at])
    found["L-BFGS"] = int(settled(valley.walk(lbfgs(clip=False))[1])), 0.0, 0.0
    return found


def racers(k):
    """{racer: its optimizer, with the best rate in this valley}."""
    (_, plain, _), (_, eta, m), (_, each, _), _ = best_rates(k).values()
    walkers = gradient_descent(plain, clip=False), gradient_descent(eta, m, clip=False), adam(each, clip=False)
    return dict(zip(LINES, (*walkers, lbfgs(clip=False)), strict=True))


def draw(axis, valley, points, name):
    """A map of the valley, and a walk on it."""
    x, y = np.meshgrid(np.linspace(0, 255, 120), np.linspace(0, 170, 90))
    away = np.stack([x, y], axis=-1) - BOTTOM
    J = (away * (away @ valley.bend)).sum(axis=-1) / 2
    axis.contour(x, y, np.sqrt(J), levels=10, colors="0.8", linewidths=0.8)
    axis.plot(*points.T, LINES[name], color=COLORS[name], markersize=5, linewidth=1.2)
    axis.plot(*BOTTOM, "kx", markersize=11, markeredgewidth=2)
    axis.add_patch(plt.Circle((BOTTOM[0], BOTTOM[1]), NEAR, fill=False, linewidth=1.2))
    axis.set(xlim=(0, 255), ylim=(0, 170), aspect="equal", xlabel="pixel 1", ylabel="pixel 2")


def drag_rate(k, m, rates=(0.2, 0.8, 1.6, 1.9, 2, 2.1, 2.5, 3, 3.2)):
    """A slider over learning rates, η·k of them, for plain descent and with momentum."""
    valley, frames = Valley(k), []
    first = np.abs(valley.bend @ (valley.start - BOTTOM)).mean()
    for eta in np.array(rates) / k:
        figure, axes = plt.subplots(1, 2, figsize=(8.4, 3.3), layout="constrained")
        said = []
        for axis, (name, share) in zip(axes, {"gradient descent": 0.0, "momentum": m}.items(), strict=True):
            points, away = valley.walk(gradient_descent(eta, share, clip=False))
            draw(axis, valley, points if away[-1] < away[0] else points[:9], name)
            needed = settled(away)
            said.append(f"{name}: " + (f"{needed:.0f} steps" if np.isfinite(needed) else f"not there after {STEPS}"))
            axis.set_title(said[-1], fontsize=13)
        caption = f"η = {eta:.3f}, a first step of {eta * first:.0f} gray levels"
        frames.append(Frame(caption, pixels_of(figure), f"{caption}. {'; '.join(said)}."))
    return show_slider("η", frames, quality=50)


def show_race_in_valley(k):
    """Four maps, each racer at its best rate."""
    valley = Valley(k)
    _, axes = plt.subplots(2, 2, figsize=(9, 6.6), layout="constrained")
    for axis, (name, optimizer) in zip(axes.flat, racers(k).items(), strict=True):
        steps = best_rates(k)[name][0]
        draw(axis, valley, valley.walk(optimizer, steps + 1)[0][: steps + 1], name)
        axis.set_title(f"{name}: {steps} steps", fontsize=14)
    plt.show()


def print_steps(valleys):
    """How many steps plain descent and momentum need at their best rate, in valleys that are narrower and narrower."""
    best = [best_rates(k) for k in valleys]
    print(f"{'κ':30}" + "".join(f"{k:8g}" for k in valleys))
    for name in ("gradient descent", "momentum"):
        print(f"{f'{name}, steps':30}" + "".join(f"{each[name][0]:8}" for each in best))
    print(f"{'the best m':30}" + "".join(f"{each['momentum'][2]:8.2f}" for each in best))


def show_riddle(k=40):
    """Three walks without their names, all the way to the bottom."""
    valley = Valley(k, -0.2)
    _, axes = plt.subplots(1, 3, figsize=(12, 3.2), layout="constrained")
    walkers = racers(k)
    for axis, title, name in zip(axes, "ABC", ("Adam", "gradient descent", "momentum"), strict=True):
        points, away = valley.walk(walkers[name], 4 * k)
        draw(axis, valley, points[: int(settled(away)) + 1], "momentum")
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


def zoom(G, top, left):
    """Half of the height and half of the width of a picture, each pixel twice; top, left: shares of its sides."""
    height, width = G.shape[1:3]
    y, x = int(top * height), int(left * width)
    return magnified(np.asarray(G[0, y : y + height // 2, x : x + width // 2]), 2)


def show_racers():
    """What Adam and L-BFGS have painted after 20 steps: the pagoda and its sky."""
    images = {"Adam": load_picture("06_adam"), "L-BFGS": load_picture("06_lbfgs")}
    J, _, _ = cost_of("palace", "great_wave", 384)
    titles = [f"{name}, 20 steps: J = {float(J(G)):.2f}" for name, G in images.items()]
    show_images([G[:, :200, 30:330] for G in images.values()], titles, tile=3.94)


def show_finish():
    """What each racer has painted of the first pair after 80 steps."""
    J, _, _ = cost_of("palace", "great_wave", 192)
    images = [load_picture(f"06_finish_{name.replace(' ', '_')}") for name in LINES]
    show_images(images, [f"{name}: J = {float(J(G)):.2f}" for name, G in zip(LINES, images, strict=True)], 2, 3.3)


def show_rates(steps=20):
    """J after twenty steps, over the rate: a panel for each racer that needs one, a line for each pair."""
    _, axes = plt.subplots(1, 3, figsize=(12, 4.4), sharey=True, layout="constrained")
    for axis, name in zip(axes, LINES, strict=False):
        for (pair, rows), line in zip(load_record("06_race")["J"].items(), "os^Dv*", strict=True):
            J = {float(key.rpartition(" ")[2]): each for key, each in rows.items() if key.startswith(name)}
            reach = [reached(name, each, steps) if len(each) > steps else np.inf for each in J.values()]
            axis.loglog(list(J), [min(each, 90) for each in reach], f"-{line}", label=pair, markersize=6)
        axis.set_title("momentum, m = 0.8" if name == "momentum" else name, fontsize=14)
        axis.set_xticks(list(J), [f"{rate:g}" for rate in J])
        axis.minorticks_off()
        axis.set_xlabel("gray levels", fontsize=13)
    axes[0].set_ylabel("J after 20 steps", fontsize=13)
    axes[0].set_yticks([1, 3, 10, 30, 90], ["1", "3", "10", "30", "lost"])
    axes[2].legend(fontsize=10, loc="upper right")
    plt.show()


def print_rates(steps=20):
    """For each racer the one rate that is best for all pairs: with it the worst of them is nearest to its own best."""
    pairs = load_record("06_race")["J"].values()
    for name in LINES:
        if name == "L-BFGS":
            continue
        keys = [key for key in next(iter(pairs)) if key.startswith(name)]
        J = [[reached(name, rows[key], steps) if len(rows[key]) > steps else np.inf for key in keys] for rows in pairs]
        worst = (J / np.min(J, axis=1, keepdims=True)).max(axis=0)
        best = np.argmin(worst)
        print(f"{name:17} {keys[best].rpartition(' ')[2]:>2} gray levels: J up to {worst[best]:.1f} times")


def show_race(steps=80):
    """J of all racers over the steps, a panel for each pair; those with few steps at their best rate of then."""
    _, axes = plt.subplots(2, 3, figsize=(11, 6.2), sharex=True, layout="constrained")
    for axis, (pair, rows) in zip(axes.flat, load_record("06_race")["J"].items(), strict=True):
        for name in ("gradient descent", "momentum"):
            rate, _ = best_of(rows, name, 20)
            axis.semilogy(rows[f"{name} {rate}"], LINES[name][:-1], color=COLORS[name], label=f"{name}, best rate")
        for rate, line in {6: ":", GOOD: "-"}.items():
            axis.semilogy(rows[f"Adam {rate}"], line, color=COLORS["Adam"], label=f"Adam, {rate} gray levels")
        axis.semilogy(
            np.minimum.accumulate(rows["L-BFGS 1"][:steps]), color=COLORS["L-BFGS"], linewidth=2.5, label="L-BFGS"
        )
        axis.set_title(pair, fontsize=13)
        axis.set_yticks([0.5, 1, 3, 10, 30, 100], ["0.5", "1", "3", "10", "30", "100"])
        axis.minorticks_off()
        axis.set_ylim(0.4, 200)
    axes[0, 0].legend(fontsize=11)
    for axis in axes[1]:
        axis.set_xlabel("step", fontsize=13)
    for axis in axes[:, 0]:
        axis.set_ylabel("J", fontsize=13)
    plt.show()


def print_race(steps=20, many=80):
    """For all pairs: J of each racer at its best rate, and how many steps of L-BFGS do what many of Adam do."""
    heads = "".join(f"{name.replace('gradient ', ''):>9}" for name in LINES)
    print(f"{'':28}{f'J after {steps} steps, at the best rate':36}  {many} of Adam at")
    print(f"{'':28}{heads}{6:8}{GOOD:7}")
    for pair, rows in load_record("06_race")["J"].items():
        lowest = [best_of(rows, name, steps)[1] for name in LINES]
        aims = np.array([[reached("Adam", rows[f"Adam {rate}"], many)] for rate in (6, GOOD)])
        first, second = 1 + np.argmax(np.array(rows["L-BFGS 1"]) <= aims, axis=1)
        print(f"{pair:28}" + "".join(f"{J:9.2f}" for J in lowest) + f"{first:8}{second:7}")


def show_films():
    """Three walks on one J, one beside the other."""
    paths = {start: data_path(f"records/06_from_{start}_film.webp") for start in STARTS}
    cells = "".join(f"<td>{film_in_html(path, SEEN[start])}</td>" for start, path in paths.items())
    heads = "".join(f"<th>from {name}</th>" for name in STARTS.values())
    return with_button(f"<table><tr>{heads}</tr><tr>{cells}</tr></table>")


def show_falls():
    """J of the best image so far, over the steps of the three walks."""
    J = load_record("06_walks")["J"]
    axis = plot_falls({f"from {name}": J[start] for start, name in STARTS.items()})
    axis.set_yscale("log")
    axis.set_yticks([0.2, 0.5, 1, 2, 5, 10], ["0.2", "0.5", "1", "2", "5", "10"])
    axis.minorticks_off()
    plt.show()


def show_starts():
    """Where the three walks ended: their upper left quarters, twice as large, and costs."""
    found, images = load_record("06_walks"), {start: load_picture(f"06_from_{start}") for start in STARTS}
    lowest = np.minimum.accumulate(found["J"]["C"])
    for start in STARTS:
        J, content, style = (found[term][start][-1] for term in ("J", "J_content", "J_style"))
        print(f"from {start:5} J {J:.3f}  J_content {content:.3f}  J_style {style:.4f}; "
              f"from C that takes {1 + np.argmax(lowest <= J):3} steps")  # fmt: skip
    titles = [f"from {name}: J = {found['J'][start][-1]:.2f}" for start, name in STARTS.items()]
    show_images([zoom(G, 0, 0) for G in images.values()], titles, 3, 2.66)
