"""Names for settings: `stylize(C, S, **PRESETS["painterly"])`, or `stylize(C, S, settings, **preset_settings(...))`."""

from typing import Any

from nst_keras.settings import Settings

PRESETS = {
    "photo-like": {"strength": 30, "layer_weights": "finest"},
    "balanced": {},  # the defaults
    "painterly": {"strength": 75, "layer_weights": "equal"},
}


def preset_settings(name: str) -> dict[str, Any]:
    """What a preset changes, whatever the settings were before: what only other presets change has its default.

    Raises ValueError: no preset has this name.
    """
    if name not in PRESETS:
        raise ValueError(f"preset is {name!r}; expected one of {', '.join(PRESETS)}")
    defaults = {key: getattr(Settings, key) for values in PRESETS.values() for key in values}
    return defaults | PRESETS[name]
