"""The result of a style transfer, and how it is written down so that it can be made again."""

import dataclasses
import json
import platform
from dataclasses import dataclass
from pathlib import Path

import keras
import tensorflow as tf

from nst_keras import __version__
from nst_keras.config import StyleTransferConfig, plain_numbers
from nst_keras.forecast import Forecast
from nst_keras.images import save_image, write_whole
from nst_keras.optimize import History
from nst_keras.vgg import weights_sha256


@dataclass(frozen=True)
class StyleTransferResult:
    """What `stylize` returns.

    Attributes:
        image: G, (1, H, W, 3), RGB 0..255.
        history: History of the run.
        config: its StyleTransferConfig; a precision of "auto" is replaced by the one that was chosen.
        content, styles: names of the pictures.
        forecast: the Forecast that was made before the run.
        quality: dict of what `nst_keras.quality` measures; empty when that was interrupted.
    """

    image: tf.Tensor
    history: History
    config: StyleTransferConfig
    content: str
    styles: tuple
    forecast: Forecast
    quality: dict

    def sidecar(self):
        """All that is needed to make the image again, and what it cost, as a dict for JSON."""
        return {
            "content": self.content,
            "styles": list(self.styles),
            "size": [self.image.shape[2], self.image.shape[1]],
            "settings": dataclasses.asdict(self.config),
            "weights_sha256": weights_sha256(self.config.weights),
            "costs_at_start": self.history.costs[0],
            "costs_at_end": self.history.costs[-1],
            "gradient_evaluations": len(self.history),
            "interrupted": self.history.interrupted,
            "seconds": round(self.history.seconds[-1], 1),
            "forecast": {"seconds": round(self.forecast.seconds, 1), "memory_gb": round(self.forecast.memory / 1e9, 2)},
            "quality": self.quality,
            "versions": {
                "nst_keras": __version__,
                "python": platform.python_version(),
                "tensorflow": tf.__version__,
                "keras": keras.__version__,
            },
        }

    def save(self, path, overwrite=False):
        """Write the picture, and beside it `<name>.json` with the settings. Returns both paths."""
        path = Path(path)
        beside = path.with_suffix(".json")
        if beside.exists() and not overwrite:
            raise FileExistsError(f"{str(beside)!r} exists; choose another name or allow overwriting")
        save_image(self.image, path, overwrite)
        text = json.dumps(self.sidecar(), indent=2, ensure_ascii=False, default=plain_numbers) + "\n"
        write_whole(beside, lambda file: file.write(text.encode()), overwrite)
        return path, beside
