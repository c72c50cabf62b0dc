"""Names for settings: `stylize(C, S, **PRESETS["painterly"])`."""

PRESETS = {
    "photo-like": {"strength": 30, "layer_weights": "finest"},
    "balanced": {},  # the defaults
    "painterly": {"strength": 75, "layer_weights": "equal"},
}
