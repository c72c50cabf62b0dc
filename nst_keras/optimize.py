"""Walking downhill on J: gradient descent, Adam and L-BFGS over the pixels of G.

All three take the objective J and a first image, and return (G, History). They evaluate J and its
gradient `steps` times, then J once more for the image they return; `callback(step, G, costs)` sees
each of these `steps + 1` images.

An interrupt (Ctrl-C, a notebook's stop button) ends a run early: the best image so far is returned,
and `history.interrupted` is True.

`state`, a dict, is kept up to date with all that a run needs to go on (see `nst_keras.checkpoint`).
Given the state of a run that was cut off, the same call goes on as if it had not been, to the same bytes. (At large
sizes that needs TF_NUM_INTEROP_THREADS=1, which the command sets: TensorFlow may otherwise add up gradients in the
order in which they happen to be ready.)
"""

import collections
import math
import time

import numpy as np
import tensorflow as tf


class History:
    """What happened in a run: `history["J"]` is the list of J over the steps, likewise every other term.

    Attributes:
        steps: step numbers, 0 for the initial image.
        costs: one dict of terms per step (see `Objective.terms`).
        seconds: time since the start of the run, per step.
        interrupted: whether the run was stopped before its last step.
    """

    def __init__(self):
        self.steps, self.costs, self.seconds = [], [], []
        self.interrupted = False
        self.start = time.perf_counter()

    def __getitem__(self, term):
        return [costs[term] for costs in self.costs]

    def __len__(self):
        return len(self.steps)

    def extend(self, other):
        """Append a run that continued this one."""
        first, begun = len(self), self.seconds[-1] if self.seconds else 0.0
        self.steps += [first + step for step in other.steps]
        self.costs += other.costs
        self.seconds += [begun + seconds for seconds in other.seconds]
        self.interrupted = other.interrupted


class CostNotFiniteError(ArithmeticError):
    """J became NaN or infinite. `image` is the best image before that, `history` the run so far."""

    def __init__(self, step, image, history):
        super().__init__(
            f"the cost is not finite at step {step}; the best image so far is kept. "
            "Use a lower learning rate, or smaller weights alpha, beta and gamma"
        )
        self.step, self.image, self.history = step, image, history


class _Recorder:
    """Writes each evaluated image into a History, remembers the best one and calls the callback."""

    def __init__(self, G, callback, state):
        self.callback, self.state = callback, {} if state is None else state
        self.history = self.state.get("history", History())
        self.best, self.best_cost = self.state.get("best", G), self.state.get("best_cost", math.inf)

    def __call__(self, G, costs):
        history, step = self.history, len(self.history)
        if not math.isfinite(costs["J"]):
            raise CostNotFiniteError(step, self.best, history)
        if costs["J"] < self.best_cost:
            self.best, self.best_cost = G, costs["J"]
        history.steps.append(step)
        history.costs.append(costs)
        history.seconds.append(time.perf_counter() - history.start)
        if self.callback:
            self.callback(step, G, costs)

    def keep(self, G, memory):
        """Note down the point from which the run could go on: image G, and what the optimizer remembers."""
        self.state.update(G=G, memory=memory, best=self.best, best_cost=self.best_cost)
        self.state.update(history=self.history, evaluations=len(self.history))


def _descend(J, G, steps, update, memory, clip, callback, state):
    """The loop that gradient descent and Adam share; `update` gives the next image and memory."""
    G = tf.convert_to_tensor(G, tf.float32)
    record = _Recorder(G, callback, state)
    G, *memory = map(tf.constant, (record.state.get("G", G), *record.state.get("memory", memory)))
    try:
        for step in range(len(record.history), steps):
            record.keep(G, memory)
            costs, gradient = J.value_and_gradient(G)
            record(G, costs)
            G, *memory = update(step, G, gradient, *memory)
            if clip:
                G = tf.clip_by_value(G, 0.0, 255.0)
        record(G, J.terms(G))
    except KeyboardInterrupt:
        record.history.interrupted = True
        G = record.best
    return G, record.history


def gradient_descent(J, G, steps, learning_rate, callback=None, momentum=0.0, clip=True, state=None):
    """Gradient descent, the rule of the notes with its learning rate η made explicit.

        G := G - η·∂J/∂G                            momentum 0
        V := momentum·V - η·∂J/∂G,  G := G + V      otherwise

    Args:
        J: the objective.
        G: the first image, (1, H, W, 3), RGB 0..255.
        steps: number of updates.
        learning_rate: η > 0. Its useful size depends on the scale of J.
        callback: called as callback(step, G, costs) for each image, the first one included.
        momentum: 0 or more, below 1.
        clip: keep pixels in 0..255 after each update (the notes do not).
        state: see above.

    Returns:
        (G, History)

    Raises:
        CostNotFiniteError: η was too large.
    """

    def update(step, G, gradient, V):
        V = momentum * V - learning_rate * gradient
        return G + V, V

    return _descend(J, G, steps, update, [tf.zeros(G.shape)], clip, callback, state)


def adam(J, G, steps, learning_rate, callback=None, clip=True, state=None):
    """Adam (Kingma & Ba 2015): the step of each pixel value is divided by the size of its recent gradients.

        M := 0.9·M + 0.1·∂J/∂G,   V := 0.99·V + 0.01·(∂J/∂G)²
        G := G - η · M/(1 - 0.9^t) / √(V/(1 - 0.99^t))              at step t = 1, 2, ...

    So η is about the change per step in units of the pixel range 0..255, whatever the scale of J; 1 to 4
    percent of the range (2.5 to 10) works well. (0.99 instead of the paper's 0.999, which looks back over
    more steps than most runs have.)

    Args, Returns, Raises: as `gradient_descent`.
    """

    def update(step, G, gradient, M, V):
        M = 0.9 * M + 0.1 * gradient
        V = 0.99 * V + 0.01 * gradient**2
        mean, square = M / (1 - 0.9 ** (step + 1)), V / (1 - 0.99 ** (step + 1))
        # J's gradient may be tiny, so no constant is added to the root; where it is 0 nothing moves
        return G - learning_rate * tf.math.divide_no_nan(mean, tf.sqrt(square)), M, V

    return _descend(J, G, steps, update, [tf.zeros(G.shape)] * 2, clip, callback, state)


def lbfgs(J, G, steps, callback=None, memory=10, state=None):
    """L-BFGS (Liu & Nocedal 1989) with the pixels kept in 0..255 by projection (Bertsekas 1982).

    It estimates the curvature of J from the last `memory` changes of image and gradient, and so finds the
    size of its steps itself. One step here is one evaluation of J and its gradient, so that runs of
    different optimizers compare; a step that turned out too long is halved, which costs one more.

    Args, Returns: as `gradient_descent`, without a learning rate. The image returned is the best one. A run
    ends early when no step leads further down.
    """
    shape = tuple(G.shape)
    record = _Recorder(tf.convert_to_tensor(G, tf.float32), callback, state)

    def evaluate(x):
        image = tf.constant(x.reshape(shape))
        costs, gradient = J.value_and_gradient(image)
        record(image, costs)
        return costs["J"], gradient.numpy().ravel()

    pairs = collections.deque(maxlen=memory)
    try:
        if record.state:
            x = np.asarray(record.state["G"]).ravel()
            (cost, gradient), *remembered = record.state["memory"]
            pairs.extend(remembered)
        else:
            x = np.asarray(G, np.float32).ravel()
            cost, gradient = evaluate(x)
        while len(record.history) < steps:
            record.keep(x.reshape(shape), [(cost, gradient), *pairs])
            # A pixel at a bound stays there if its gradient points outwards.
            free = ((x > 0) | (gradient < 0)) & ((x < 255) | (gradient > 0))
            direction = np.where(free, _quasi_newton(np.where(free, -gradient, 0), pairs), 0)
            new_x, new_cost, new_gradient = _line_search(evaluate, x, cost, gradient, direction, record.history, steps)
            if new_cost < cost:
                s, y = new_x - x, new_gradient - gradient
                if s @ y > 0:  # J curves upwards here: worth remembering
                    pairs.append((s, y))
                x, cost, gradient = new_x, new_cost, new_gradient
            elif pairs:
                pairs.clear()  # the remembered curvature misleads: start afresh from the plain gradient
            else:
                break
        record(record.best, J.terms(record.best))
    except KeyboardInterrupt:
        record.history.interrupted = True
    return record.best, record.history


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


def _line_search(evaluate, x, cost, gradient, direction, history, steps):
    """Halve the step until J falls by a share of what the gradient promises (Armijo's rule)."""
    new_x, new_cost, new_gradient, length = x, math.inf, gradient, 1.0
    while len(history) < steps and length > 1e-3:
        new_x = np.clip(x + length * direction, 0, 255).astype(np.float32)
        new_cost, new_gradient = evaluate(new_x)
        if new_cost <= cost + 1e-4 * (gradient @ (new_x - x)):
            break
        length /= 2
    return new_x, new_cost, new_gradient
