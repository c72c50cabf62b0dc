"""Walking downhill on J: gradient descent, Adam and L-BFGS over the pixels of G.

All three take the objective J and a first image, and return (G, History). They evaluate J and its
gradient `steps` times, then J once more for the image they return; `callback(step, G, costs)` sees
each of these `steps + 1` images.

An interrupt (Ctrl-C, a notebook's stop button) ends a run early: the best image so far is returned,
and `history.interrupted` is True.
"""

import collections
import math
import time

import keras
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
        self._start = time.perf_counter()

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

    def __init__(self, G, callback):
        self.history, self.callback = History(), callback
        self.best, self.best_cost = G, math.inf

    def __call__(self, G, costs):
        history, step = self.history, len(self.history)
        if not math.isfinite(costs["J"]):
            raise CostNotFiniteError(step, self.best, history)
        if costs["J"] < self.best_cost:
            self.best, self.best_cost = G, costs["J"]
        history.steps.append(step)
        history.costs.append(costs)
        history.seconds.append(time.perf_counter() - history._start)
        if self.callback:
            self.callback(step, G, costs)


def _descend(J, G, steps, update, clip, callback):
    """The loop that gradient descent and Adam share; `update(G, gradient)` is the next image."""
    G = tf.convert_to_tensor(G, tf.float32)
    record = _Recorder(G, callback)
    try:
        for _ in range(steps):
            costs, gradient = J.value_and_gradient(G)
            record(G, costs)
            G = update(G, gradient)
            if clip:
                G = tf.clip_by_value(G, 0.0, 255.0)
        record(G, J.terms(G))
    except KeyboardInterrupt:
        record.history.interrupted = True
        G = record.best
    return G, record.history


def gradient_descent(J, G, steps, learning_rate, callback=None, momentum=0.0, clip=True):
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

    Returns:
        (G, History)

    Raises:
        CostNotFiniteError: η was too large.
    """
    velocity = 0.0

    def update(G, gradient):
        nonlocal velocity
        velocity = momentum * velocity - learning_rate * gradient
        return G + velocity

    return _descend(J, G, steps, update, clip, callback)


def adam(J, G, steps, learning_rate, callback=None, clip=True):
    """Adam (Kingma & Ba 2015): the step of each pixel value is divided by the size of its recent gradients.

    So `learning_rate` is about the change per step in units of the pixel range 0..255, whatever the scale
    of J; 1 to 4 percent of the range (2.5 to 10) works well.

    Args, Returns, Raises: as `gradient_descent`.
    """
    optimizer = keras.optimizers.Adam(learning_rate, beta_2=0.99)  # 0.999 looks back longer than most runs last
    pixels = tf.Variable(G, dtype=tf.float32)

    def update(G, gradient):
        pixels.assign(G)
        optimizer.apply([gradient], [pixels])
        return tf.convert_to_tensor(pixels)

    return _descend(J, G, steps, update, clip, callback)


def lbfgs(J, G, steps, callback=None, memory=10):
    """L-BFGS (Liu & Nocedal 1989) with the pixels kept in 0..255 by projection (Bertsekas 1982).

    It estimates the curvature of J from the last `memory` changes of image and gradient, and so finds the
    size of its steps itself. One step here is one evaluation of J and its gradient, so that runs of
    different optimizers compare; a step that turned out too long is halved, which costs one more.

    Args, Returns: as `gradient_descent`, without a learning rate. The image returned is the best one. A run
    ends early when no step leads further down.
    """
    shape = tuple(G.shape)
    record = _Recorder(tf.convert_to_tensor(G, tf.float32), callback)

    def evaluate(x):
        image = tf.constant(x.reshape(shape))
        costs, gradient = J.value_and_gradient(image)
        record(image, costs)
        return costs["J"], gradient.numpy().ravel()

    x, pairs = np.asarray(G, np.float32).ravel(), collections.deque(maxlen=memory)
    try:
        cost, gradient = evaluate(x)
        while len(record.history) < steps:
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
