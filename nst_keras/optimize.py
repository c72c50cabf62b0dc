"""Walking downhill on J: gradient descent, Adam and L-BFGS over the pixels of G.

`minimize` is the loop; each optimizer says where to go next. It consists of two functions:

    init(G) -> state                                    what it remembers at the start
    update(G, cost, gradient, state) -> (G', state')    the image to look at next; None when it can get no lower

The state is a value, tuples of arrays and numbers: so a run that was cut off can go on from the state it had.
"""

import contextlib
import math
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
import tensorflow as tf

RANGE = (0.0, 255.0)  # of a pixel
FORKED: list = []  # not empty: in a process whose TensorFlow hangs
HANGS = (
    "TensorFlow has run before this process was forked, and hangs in it; start it by "
    "multiprocessing.get_context('spawn'), or fork before the first picture"
)


def _after_fork():
    """In the child: TensorFlow, if it has run in the parent, waits for threads that are not here."""
    threads = tf.config.threading.get_inter_op_parallelism_threads()
    try:
        tf.config.threading.set_inter_op_parallelism_threads(threads + 1)
        tf.config.threading.set_inter_op_parallelism_threads(threads)
    except RuntimeError:  # it cannot be set any more
        FORKED.append(True)


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)


class CostNotFiniteError(ArithmeticError):
    """J became NaN or infinite. `image` is the best image before that, `history` the run so far."""

    def __init__(self, image: tf.Tensor, history: "History"):
        mend = "Use smaller weights alpha, beta and gamma; with adam or gradient_descent, a lower learning rate"
        super().__init__(f"the cost is not finite at step {len(history)}; the best image so far is kept. {mend}")
        self.step, self.image, self.history = len(history), image, history


class Optimizer(NamedTuple):
    """What `gradient_descent`, `adam` and `lbfgs` make. The result is the last image, or the best one."""

    init: Callable
    update: Callable
    takes_best: bool = False


class Progress(NamedTuple):
    """Where a run stands between two evaluations: the image to look at next, what the optimizer remembers, the
    best image so far with its number in the History, and how many evaluations are done at this size."""

    G: Any
    state: Any
    best: Any
    best_step: int
    done: int


@dataclass(repr=False)
class History:
    """What happened in a run: `history["J"]` is the list of J over the steps, likewise every other term.

    Attributes:
        costs, seconds: for each image that was looked at, its terms of J, and the time until then without pauses.
        evaluations: number of gradients, over all sizes.
        progress: what the run needs to go on; None when it is complete.
        interrupted: whether somebody has ended the run early.
    """

    costs: list[dict[str, float]] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    evaluations: int = 0
    progress: Progress | None = None
    interrupted: bool = False
    _start: float | None = field(default=None, init=False)  # None while nothing runs

    def __getitem__(self, term: str) -> list[float]:
        return [costs[term] for costs in self.costs]

    def __len__(self):
        return len(self.costs)

    def __repr__(self):
        if not self.costs:
            return "History of a run that has not begun"
        J, how = f"{self['J'][0]:.4g} -> {self.final['J']:.4g}", " (interrupted)" if self.interrupted else ""
        return f"History of {len(self)} images: J {J} in {self.seconds[-1]:.1f} s{how}"

    @property
    def steps(self) -> list[int]:  # 0, 1, 2, ..., for the horizontal axis of a plot
        return list(range(len(self)))

    @property
    def final(self) -> dict[str, float]:  # the terms of J for the image that the run returned
        return self.costs[self.progress.best_step if self.progress else -1]

    @contextlib.contextmanager
    def running(self) -> Iterator[None]:
        """The clock runs inside of this; what passes outside, as before a run begins, does not count."""
        if self._start is not None:
            yield
            return
        self._start = time.perf_counter() - (self.seconds[-1] if self.seconds else 0.0)
        try:
            yield
        finally:
            self._start = None

    def append(self, costs: dict[str, float], best: tf.Tensor | None = None) -> None:
        """Add the terms of J for the image that was looked at now; `best`: the best one before it.

        Raises CostNotFiniteError: J is not a number any more."""
        if not math.isfinite(costs["J"]):
            raise CostNotFiniteError(best, self)
        self.costs.append(costs)
        paused_at = self.seconds[-1] if self.seconds else 0.0
        self.seconds.append(paused_at if self._start is None else time.perf_counter() - self._start)


def minimize(
    J: Any, G: tf.Tensor, optimizer: Optimizer, steps: int, callback: Callable | None = None,
    history: History | None = None,
) -> tuple[tf.Tensor, History]:  # fmt: skip
    """Look for the image with the lowest J, starting from G. Returns (G, History).

    J and its gradient are evaluated `steps` times; the last image of the History is the one returned. An interrupt
    (Ctrl-C, a notebook's stop button) ends the run early with the best image so far; see `history.interrupted`.

    Args:
        J: an Objective, or anything with its methods `terms` and `value_and_gradient`.
        G: the first image, (1, H, W, 3), RGB 0..255.
        optimizer: `gradient_descent(...)`, `adam(...)` or `lbfgs()`.
        steps: number of evaluations, 1 or more; an optimizer that can get no lower uses fewer.
        callback: called as callback(step, G, costs) for each image that was looked at.
        history: a History to write on; from its progress, if it has one, the run goes on.

    Raises CostNotFiniteError: the cost overflowed; KeyboardInterrupt: interrupted before the first evaluation;
    ValueError: no steps.
    """
    if FORKED:
        raise ChildProcessError(HANGS)
    if steps < 1:
        raise ValueError(f"steps is {steps}; expected 1 or more")
    history = History() if history is None else history
    best = G = tf.convert_to_tensor(G, tf.float32)
    begun = len(history.costs)

    try:
        with history.running():
            at = history.progress or Progress(G, optimizer.init(G), G, begun, 0)
            while at.G is not None and at.done < steps:
                G = tf.convert_to_tensor(at.G)
                costs, gradient = J.value_and_gradient(G)
                history.append(costs, best)
                step, best, best_step = len(history.costs) - 1, at.best, at.best_step
                if costs["J"] < history.costs[best_step]["J"] or at.done == 0:
                    best, best_step = G, step
                to_come, state = optimizer.update(G, costs["J"], gradient, at.state)
                del gradient  # it may be large
                at = history.progress = Progress(to_come, state, best, best_step, at.done + 1)
                history.evaluations += 1
                if callback:
                    callback(step, G, costs)
            G = tf.convert_to_tensor(at.best if optimizer.takes_best else at.G)
            costs = history.costs[at.best_step] if optimizer.takes_best else J.terms(G)
            history.append(costs, best)
            history.progress = None
            if callback:
                callback(len(history.costs) - 1, G, costs)
    except KeyboardInterrupt:
        if len(history.costs) == begun and not history.progress:
            raise  # no image was looked at
        history.interrupted = True
        G = tf.convert_to_tensor(history.progress.best) if history.progress else G
    return G, history


def gradient_descent(learning_rate: float, momentum: float = 0.0, clip: Any = RANGE) -> Optimizer:
    """Gradient descent, the rule of the notes with its learning rate η made explicit.

        G := G - η·∂J/∂G                            momentum 0
        V := momentum·V - η·∂J/∂G,  G := G + V      otherwise

    Args:
        learning_rate: η > 0. Its useful size depends on the scale of J.
        momentum: 0 or more, below 1.
        clip: (lowest, highest) value of a pixel, numbers or arrays of G's shape; False: no bounds, as in the notes.
    """

    def update(G, cost, gradient, V):
        V = momentum * V - learning_rate * gradient
        return tf.clip_by_value(G + V, *clip) if clip else G + V, V

    return Optimizer(tf.zeros_like, update)


def adam(learning_rate: float, clip: Any = RANGE) -> Optimizer:
    """Adam (Kingma & Ba 2015): the step of each pixel value is divided by the size of its recent gradients.

        M := 0.9·M + 0.1·∂J/∂G,   V := 0.99·V + 0.01·(∂J/∂G)²
        G := G - η · M/(1 - 0.9^t) / √(V/(1 - 0.99^t))              at step t = 1, 2, ...

    So η is about the change per step in units of the pixel range 0..255, whatever the scale of J; 2.5 to 10 works well.
    (0.99, where the paper has 0.999: it looks back over more steps than most runs have.) Args: as `gradient_descent`.
    """

    def update(G, cost, gradient, state):
        t, unit, M, V = state
        t, unit = t + 1, unit or _unit(gradient)
        M = 0.9 * M + 0.1 * (gradient / unit)
        V = 0.99 * V + 0.01 * (gradient / unit) ** 2
        mean, square = M / (1 - 0.9**t), V / (1 - 0.99**t)
        # the paper adds 1e-8 to the root, which would matter where gradients are tiny
        to_come = G - learning_rate * tf.math.divide_no_nan(mean, tf.sqrt(square))
        return tf.clip_by_value(to_come, *clip) if clip else to_come, (t, unit, M, V)

    return Optimizer(lambda G: (0, None, tf.zeros_like(G), tf.zeros_like(G)), update)


class _Reached(NamedTuple):
    """The state of L-BFGS: the lowest point so far, the step that is being tried from there, and the pairs (change of
    image s, change of gradient y) that it remembers; costs and gradients are divided by `unit`."""

    x: Any
    cost: float
    gradient: Any
    direction: Any
    length: float
    pairs: tuple
    unit: float


def lbfgs(memory: int = 10, clip: Any = RANGE) -> Optimizer:
    """L-BFGS (Liu & Nocedal 1989) with the pixels kept in bounds by projection (Bertsekas 1982).

    It estimates the curvature of J from the last `memory` changes of image and gradient, and so finds the size of its
    steps itself. A step that turns out too long is halved (Armijo's rule). The run ends when none leads further down.
    `clip`: as `gradient_descent`.
    """
    low, high = (np.asarray(bound, np.float32).ravel() for bound in clip or (-np.inf, np.inf))

    def update(G, cost, gradient, state):
        state = state and _Reached(*state)  # a checkpoint keeps plain tuples
        x, unit = np.asarray(G).ravel(), state.unit if state else _unit(gradient)
        cost, gradient = cost / unit, np.asarray(gradient).ravel() / np.float32(unit)
        if state and cost > state.cost + 1e-4 * (state.gradient @ (x - state.x)) and state.length / 2 > 1e-3:
            state = state._replace(length=state.length / 2)  # the step was too long
        else:
            if state is None:
                pairs = ()
            elif cost < state.cost:
                s, y, pairs = x - state.x, gradient - state.gradient, state.pairs
                if s @ y > 0 and y @ y > 0:  # J curves upwards here: worth remembering
                    pairs = (*pairs, (s, y))[-memory:]
            elif state.pairs:  # the remembered curvature misleads: start afresh from the plain gradient
                x, cost, gradient, pairs = state.x, state.cost, state.gradient, ()
            else:
                return None, state
            # A pixel at a bound stays there if its gradient points outwards.
            free = ((x > low) | (gradient < 0)) & ((x < high) | (gradient > 0))
            direction = np.where(free, _quasi_newton(np.where(free, -gradient, 0), pairs), 0)
            state = _Reached(x, cost, gradient, direction, 1.0, pairs, unit)
        trial = np.clip(state.x + state.length * state.direction, low, high)
        return tf.constant(trial.reshape(G.shape), tf.float32), state

    return Optimizer(lambda G: None, update, takes_best=True)


def _quasi_newton(direction, pairs):
    """The inverse Hessian, as the pairs (change of image s, change of gradient y) estimate it, times a direction."""
    if not pairs:  # nothing known yet: change the average pixel by 1, whatever the scale of J
        return direction / max(np.abs(direction).mean(), np.finfo(np.float32).tiny)
    coefficients = []
    for s, y in reversed(pairs):
        coefficients.append((s @ direction) / (s @ y))
        direction = direction - coefficients[-1] * y
    s, y = pairs[-1]
    direction = direction * (s @ y) / (y @ y)
    for (s, y), coefficient in zip(pairs, reversed(coefficients), strict=True):
        direction = direction + (coefficient - (y @ direction) / (s @ y)) * s
    return direction


def _unit(gradient):
    """The power of 2 next below the largest gradient: dividing by it is exact, and keeps squares from underflowing."""
    largest = float(tf.reduce_max(tf.abs(gradient)))
    return 2.0 ** math.floor(math.log2(largest)) if largest > 0 else 1.0
