"""Settings for tests of what does not depend on the layers: the first two blocks alone are much quicker."""

SHALLOW = {
    "content_layer": "block2_conv2",
    "layer_weights": {"block1_conv1": 0.5, "block2_conv1": 0.5},
    "precision": "float32",  # the same on every processor
}
