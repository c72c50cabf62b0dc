"""Names for settings: `stylize(C, S, **PRESETS["painterly"])`, or `stylize(C, S, settings, **preset_settings(...))`."""

from typing import Any

from nst_keras.settings import Settings

PRESETS: dict[str, dict[str, Any]] = {
    "photo-like": {"strength": 30, "layer_weights": "finest"},
    "balanced": {},  # the defaults
    "painterly": {"strength": 75, "layer_weights": "equal"},
    # That of version 0.6, but for its specks of color and its steps: objects of S come along, and inventions.
    "dreamlike": {"strength": 50, "layer_weights": "deep", "positions_per_channel": 0},
}


def preset_settings(name: str) -> dict[str, Any]:
    """What a preset changes, whatever the settings were before: what only other presets change has its default.

    Raises ValueError: no preset has this name.
    """
    if name not in PRESETS:
        raise ValueError(f"preset is {name!r}; expected one of {', '.join(PRESETS)}")
    defaults = {key: getattr(Settings, key) for values in PRESETS.values() for key in values}
    return defaults | PRESETS[name]
