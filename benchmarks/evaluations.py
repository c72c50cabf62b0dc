"""Where the time of one evaluation (J and its gradient) goes: python benchmarks/evaluations.py

1. The share of the machine's peak: the time that VGG's convolutions alone would take (bare `tf.nn.conv2d` forwards
   and its gradient with regard to the input, each shape by itself), over the time of the evaluation. Beside it, what
   the Gram matrices and the pooling take, forwards and backwards, each by itself.
2. How the time grows with the size.
3. Time from starting the command to its first step, and to the end of --help.
"""

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import tensorflow as tf

from nst_keras import FeatureExtractor, Objective, Settings, gram_matrix, load_image, load_vgg, resize_image
from nst_keras.settings import STYLE_LAYERS

REPEATS = 7


def main():
    tf.config.threading.set_inter_op_parallelism_threads(1)
    network = load_vgg(pooling="avg")
    shares(network)
    growth(network)
    starts()


def median_seconds(function, *arguments):
    function(*arguments)  # warm up
    seconds = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        function(*arguments)
        seconds.append(time.perf_counter() - start)
    return statistics.median(seconds)


def make_objective(network, side, precision):
    C, S = (resize_image(load_image(name), (side, side)) for name in ("palace", "great_wave"))
    return Objective(C, S, extractor=FeatureExtractor(Settings().layers, network, precision)), C


def shares(network):
    print("| pixels | precision | evaluation | its convolutions alone | share | Gram matrices | pooling |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for side in (256, 512):
        for precision in ("float32", "bfloat16"):
            J, C = make_objective(network, side, precision)
            alone = [convolutions_alone(J.extractor.network, side, precision)]
            evaluation = median_seconds(J.value_and_gradient, C)
            alone.append(convolutions_alone(J.extractor.network, side, precision))  # before and after: noisy machines
            peak = sum(alone) / 2
            print(
                f"| {side} x {side} | {precision} | {evaluation:.3f} s | {peak:.3f} s | {peak / evaluation:.0%} "
                f"| {grams_alone(network, side):.3f} s | {pools_alone(network, side, precision):.3f} s |",
                flush=True,
            )


def convolutions_alone(network, side, precision):
    """Seconds of all convolutions of the network, forwards and backwards, each timed by itself."""
    total = 0.0
    for layer in network.layers:
        if "pool" in layer.name:
            side //= 2
        elif layer.weights:
            kernel = tf.cast(layer.kernel, precision)
            x = tf.ones((1, side, side, kernel.shape[2]), precision)
            d = tf.ones((1, side, side, kernel.shape[3]), precision)
            forward = tf.function(lambda x, k=kernel: tf.nn.conv2d(x, k, 1, "SAME"))
            backward = tf.function(lambda d, k=kernel, s=x.shape: tf.nn.conv2d_transpose(d, k, s, 1, "SAME"))
            total += median_seconds(forward, x) + median_seconds(backward, d)
    return total


def grams_alone(network, side):
    """Seconds of the Gram matrices of the style layers with their gradients; always in float32."""
    total = 0.0
    for block, layer in enumerate(STYLE_LAYERS):
        a = tf.ones((1, side >> block, side >> block, network.get_layer(layer).filters))
        total += median_seconds(with_gradient(lambda a: tf.reduce_sum(tf.square(gram_matrix(a)))), a)
    return total


def pools_alone(network, side, precision):
    """Seconds of the average pooling layers with their gradients."""
    total = 0.0
    for block in range(1, 5):
        a = tf.ones((1, side, side, network.get_layer(f"block{block}_conv2").filters), precision)
        total += median_seconds(with_gradient(lambda a: tf.reduce_sum(tf.nn.avg_pool2d(a, 2, 2, "VALID"))), a)
        side //= 2
    return total


def with_gradient(function):
    @tf.function
    def gradient(a):
        with tf.GradientTape() as tape:
            tape.watch(a)
            value = function(a)
        return tape.gradient(value, a)

    return gradient


def growth(network):
    print("\n| pixels | precision | seconds |\n| --- | --- | --- |")
    sides = (128, 256, 512, 1024)
    for precision in ("float32", "bfloat16"):
        seconds = []
        for side in sides:
            J, C = make_objective(network, side, precision)
            seconds.append(median_seconds(J.value_and_gradient, C))
            print(f"| {side} x {side} | {precision} | {seconds[-1]:.3f} |", flush=True)
        exponent = np.polyfit(np.log(np.square(sides)), np.log(seconds), 1)[0]
        print(f"| exponent in pixels | {precision} | {exponent:.3f} |", flush=True)


def starts():
    command = [sys.executable, "-m", "nst_keras"]
    start = time.perf_counter()
    subprocess.run([*command, "--help"], check=True, capture_output=True)
    print(f"\n--help: {time.perf_counter() - start:.2f} s")
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        run = [*command, "--save-every", "1", "-o", "out.png", "--quiet"]
        process = subprocess.Popen(run, cwd=folder)
        while not (Path(folder) / "out_00001.png").exists() and process.poll() is None:
            time.sleep(0.02)
        print(f"from the command to the picture after the first step: {time.perf_counter() - start:.1f} s")
        process.kill()
        process.wait()


if __name__ == "__main__":
    main()
