"""Drives pastiche for against_pastiche.py: one JSON request per line on stdin, one answer per line on stdout.

Runs where pastiche and PyTorch are installed (`pip install pastiche==1.6.0 torch`), and needs nothing else.
"""

import json
import sys
import time

import torch
from pastiche.pastiche import PasticheArtist, load_image, save_image


class Worker:
    def load(self, content, style):
        """Build the network and the targets for two pictures, which are taken at their own sizes."""
        start = time.perf_counter()
        self.artist = PasticheArtist(content, [style], style_size=_longer_side(style))
        return {"seconds": time.perf_counter() - start}

    def steps(self, n):
        """Draw n iterations of its L-BFGS; the seconds of each, and the loss that the last one saw."""
        seconds = []
        for _ in range(n):
            start = time.perf_counter()
            self.artist.draw()
            seconds.append(time.perf_counter() - start)
        return {"seconds": seconds, "loss": self.artist.loss}

    def save(self, path):
        save_image(self.artist.pastiche, path)
        return {}

    def score(self, path):
        """The loss of a saved picture: pastiche's own loss function, in float32."""
        drawn = self.artist.pastiche
        self.artist.pastiche = load_image(path)
        with torch.no_grad():
            loss = self.artist._calc_loss().item()
        self.artist.pastiche = drawn
        return {"loss": loss}


def _longer_side(path):
    return max(load_image(path).shape[2:])


def main():
    torch.set_num_threads(int(sys.argv[1]))
    worker = Worker()
    for line in sys.stdin:
        name, *arguments = json.loads(line)
        print(json.dumps(getattr(worker, name)(*arguments)), flush=True)


if __name__ == "__main__":
    main()
