"""Figures: what is drawn, and that nothing is left behind."""

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest

from nst_keras import History, plot_history, show_evolution, show_images


@pytest.fixture
def figure(monkeypatch):
    """The figure that was shown."""
    monkeypatch.setattr(plt, "show", lambda: None)
    settings = dict(mpl.rcParams)
    yield plt.gcf
    assert dict(mpl.rcParams) == settings
    plt.close("all")


def images(n):
    return [np.full((1, 4, 6, 3), 40.0 * index + 0.6, np.float32) for index in range(n)]


def test_show_images(figure):
    show_images(images(3), ["one", "two", "three"], columns=2, suptitle="all")
    axes = figure().axes
    assert [axis.get_title() for axis in axes] == ["one", "two", "three", ""]
    np.testing.assert_array_equal(axes[2].images[0].get_array(), np.full((4, 6, 3), 81))
    assert not axes[3].images
    assert figure().get_suptitle() == "all"


def test_show_evolution(figure):
    show_evolution([(0, images(1)[0]), (7, images(1)[0])])
    assert [axis.get_title() for axis in figure().axes] == ["step 0", "step 7"]


def history(values):
    return History([{"J": value, "J_tv": 2 * value} for value in values], seconds=values)


def test_plot_history(figure):
    plot_history(history([8.0, 4.0, 2.0]), terms=("J", "J_tv"))
    lines = figure().axes[0].lines
    assert [list(line.get_ydata()) for line in lines] == [[1, 0.5, 0.25]] * 2
    assert lines[0].get_linestyle() != lines[1].get_linestyle()
    assert lines[0].get_marker() != lines[1].get_marker()


def test_plot_history_compares_runs(figure):
    plot_history({"adam": history([8.0, 4.0]), "lbfgs": history([8.0, 1.0])}, relative=False)
    axis = figure().axes[0]
    assert [list(line.get_ydata()) for line in axis.lines] == [[8, 4], [8, 1]]
    assert [text.get_text() for text in axis.get_legend().get_texts()] == ["adam", "lbfgs"]


def test_one_term_may_be_given_as_a_name(figure):
    run = History([{"J": 4.0, "alpha*J_content": 8.0}, {"J": 2.0, "alpha*J_content": 2.0}], seconds=[0, 1])
    for term, expected in (("J", [1, 0.5]), ("alpha*J_content", [1, 0.25])):
        (line,) = plot_history(run, terms=term).axes[0].lines
        assert list(line.get_ydata()) == expected
        assert line.get_label() == term


def test_no_images_are_refused(figure):
    with pytest.raises(ValueError, match="no images to show; give at least one"):
        show_images([])
    with pytest.raises(ValueError, match="no images to show"):
        show_evolution([])
    assert plt.get_fignums() == []


def test_fewer_titles_than_images_are_refused(figure):
    for titles in ([], ["one", "two"]):
        with pytest.raises(ValueError, match=f"3 images, but only {len(titles)} titles; give one for each"):
            show_images(images(3), titles)
    assert plt.get_fignums() == []


def test_what_a_run_does_not_have_is_refused(figure):
    with pytest.raises(ValueError, match="unknown term 'J_styel'; the run has J, J_tv"):
        plot_history(history([2.0, 1.0]), terms=("J", "J_styel"))
    with pytest.raises(ValueError, match="unknown term 'alpha'; the run has J, J_tv"):
        plot_history({"adam": history([2.0]), "lbfgs": history([1.0])}, terms="alpha")
    with pytest.raises(ValueError, match="the run has not made a step"):
        plot_history(History())
    for nothing in ({"history": {}}, {"history": history([1.0]), "terms": ()}):
        with pytest.raises(ValueError, match="nothing to plot; give at least one run and one term"):
            plot_history(**nothing)
    assert plt.get_fignums() == []


def test_figures_are_returned_and_not_shown_twice(figure):
    """Jupyter shows the last value of a cell; these figures have been shown already."""
    figures = [show_images(images(1)), show_evolution([(0, images(1)[0])]), plot_history(history([2.0, 1.0]))]
    for one in figures:
        assert isinstance(one, mpl.figure.Figure)
        assert one._ipython_display_() is None
    assert figures[-1] is figure()


def test_costs_of_zero_are_drawn(figure):
    plot_history(history([0.0, 0.0]), logarithmic=False)
    assert list(figure().axes[0].lines[0].get_ydata()) == [0, 0]
