"""Walking downhill on J: gradient descent, Adam and L-BFGS over the pixels of G.

All three take the objective J and a first image, and return (G, History). They evaluate J and its
gradient `steps` times, then J once more for the image they return; `callback(step, G, costs)` sees
each of these `steps + 1` images.

An interrupt (Ctrl-C, a notebook's stop button) ends a run early: the best image so far is returned,
and `history.interrupted` is True.
"""

import math
import time

import keras
import numpy as np
import scipy.optimize
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


def lbfgs(J, G, steps, callback=None):
    """L-BFGS with the pixels bounded to 0..255 (Byrd, Lu, Nocedal & Zhu 1995; scipy's L-BFGS-B).

    It learns the curvature of J from the last gradients and finds its own step size. One step here is one
    evaluation of J and its gradient, so that runs of different optimisers compare; a line search that tries
    two points takes two steps. A run ends early when no point along the line is lower.

    Args, Returns: as `gradient_descent`, without a learning rate. The image returned is the best one.
    """
    shape = tuple(G.shape)
    record = _Recorder(tf.convert_to_tensor(G, tf.float32), callback)
    scale = None

    def evaluate(pixels):
        nonlocal scale
        if len(record.history) == steps:
            raise _EnoughSteps
        image = tf.constant(pixels.reshape(shape), tf.float32)
        costs, gradient = J.value_and_gradient(image)
        record(image, costs)
        gradient = gradient.numpy().ravel().astype(np.float64)
        if scale is None:
            # The very first step is -gradient: make it 1/255 of the pixel range on average, whatever J's scale.
            scale = 1.0 / max(np.abs(gradient).mean(), np.finfo(float).tiny)
        return scale * costs["J"], scale * gradient

    options = {"maxiter": steps, "maxfun": 2 * steps, "maxcor": 10, "ftol": 0.0, "gtol": 0.0}
    bounds = scipy.optimize.Bounds(0.0, 255.0)
    try:
        while True:
            before = record.best_cost
            start = np.asarray(record.best, np.float64).ravel()
            scipy.optimize.minimize(evaluate, start, jac=True, method="L-BFGS-B", bounds=bounds, options=options)
            # scipy gave up on a line search, which rounding in J can cause: start afresh, unless that has not helped
            if record.best_cost >= before:
                break
    except _EnoughSteps:
        pass
    except KeyboardInterrupt:
        record.history.interrupted = True
        return record.best, record.history
    record(record.best, J.terms(record.best))
    return record.best, record.history


class _EnoughSteps(Exception):
    """Ends scipy's loop after exactly the number of evaluations that was asked for."""
