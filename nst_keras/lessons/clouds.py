"""Clouds of activations, and style costs that compare them: notebook 08."""

import tensorflow as tf

from nst_keras import prepare
from nst_keras.costs import wasserstein_cost
from nst_keras.style import Moments, main_directions, mean_and_covariance, moments

# Style costs between Gram and Wasserstein: what they compare, M = Gram/N or mean and covariance, and by what distance


def by_squares(of_S: Moments, of_G: Moments) -> tf.Tensor:
    """Mean and covariance, compared as Gram matrices are: ‖Δμ‖² / ‖μ_S‖² + ‖ΔΣ‖² / ‖Σ_S‖²."""
    pairs = zip(mean_and_covariance(of_S), mean_and_covariance(of_G), strict=True)
    return tf.add_n([tf.reduce_sum((s - g) ** 2) / tf.reduce_sum(s**2) for s, g in pairs])


def about_zero(a) -> Moments:
    """The moments of a cloud and of its mirror image together: their mean is 0, their covariance is Gram/N."""
    of = moments(a)
    return of._replace(sum=tf.zeros_like(of.sum))


def gram_by_roots(J):
    """An objective whose Wasserstein cost sees of a, as the Gram cost does, M = Gram/N alone."""
    for target in J.numbers["target"]:
        if target:
            of_S = target["of_S"]._replace(sum=tf.zeros_like(target["of_S"].sum))
            target |= {"of_S": of_S, "B": main_directions(of_S, J.settings.rank)}
    J.formulas = tuple(t._replace(sums=about_zero) if t.kind == "style" else t for t in J.formulas)
    return J


def moments_by_squares(J):
    """An objective that compares mean and covariance `by_squares`."""
    J.formulas = tuple(t._replace(cost=by_squares) if t.kind == "style" else t for t in J.formulas)
    return J


WAYS = {  # style cost, and what is changed in the objective
    "gram": ("gram", None),
    "squares": ("gram", moments_by_squares),
    "roots": ("wasserstein", gram_by_roots),
    "wasserstein": ("wasserstein", None),
}


def prepare_by(way, content, style, **settings):
    """`prepare`, with the style compared in one of these ways."""
    style_cost, change = WAYS[way]
    run = prepare(content, style, style_cost=style_cost, **settings)
    if change:
        begin = run.begin
        run.begin = lambda run: (lambda J, *more: (change(J), *more))(*begin(run))
    return run
