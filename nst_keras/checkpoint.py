"""Checkpoints: all that a run needs to go on after it was cut off, in one file without pickle."""

import dataclasses
import json

import numpy as np

from nst_keras.config import StyleTransferConfig, plain_numbers
from nst_keras.images import write_whole
from nst_keras.optimize import History

FORMAT = "nst_keras checkpoint 1"


def write_checkpoint(path, content, styles, config, scale, history, state):
    """Write a run's position; the file is replaced in one step, so that it is always whole.

    Args:
        path: where to; an existing file is replaced.
        content, styles: paths of the pictures.
        config: StyleTransferConfig.
        scale: index of the current scale.
        history: History of the scales before.
        state: the optimizer's state (see `nst_keras.optimize`).
    """
    arrays = {"G": state["G"], "best": state["best"]}
    memory = []  # the shape of the optimizer's memory: arrays and pairs of numbers or arrays
    for i, entry in enumerate(state["memory"]):
        parts = entry if isinstance(entry, tuple) else (entry,)
        arrays |= {f"memory_{i}_{j}": part for j, part in enumerate(parts)}
        memory.append([len(parts), isinstance(entry, tuple)])
    record = {
        "format": FORMAT,
        "content": content,
        "styles": styles,
        "config": dataclasses.asdict(config),
        "scale": scale,
        "memory": memory,
        "best_cost": state["best_cost"],
        "before": _pack(history, len(history)),
        "now": _pack(state["history"], state["evaluations"]),
    }
    arrays = {name: np.asarray(array) for name, array in arrays.items()}
    text = json.dumps(record, default=plain_numbers)
    write_whole(path, lambda file: np.savez(file, record=text, **arrays), overwrite=True)


def read_checkpoint(path):
    """(content, styles, config, scale, history, state), as they were written.

    Raises:
        FileNotFoundError: no such file.
        ValueError: not a checkpoint, or damaged.
    """
    try:
        with open(path, "rb") as opened, np.load(opened, allow_pickle=False) as file:
            record = json.loads(str(file["record"]))
            if record["format"] != FORMAT:
                raise ValueError(f"its format is {record['format']!r}, expected {FORMAT!r}")
            memory = []
            for i, (parts, is_tuple) in enumerate(record["memory"]):
                entry = tuple(file[f"memory_{i}_{j}"] for j in range(parts))
                memory.append(entry if is_tuple else entry[0])
            state = {"G": file["G"], "best": file["best"], "memory": memory, "best_cost": record["best_cost"]}
        state["history"] = _unpack(record["now"])
        config = StyleTransferConfig(**record["config"])
        return record["content"], record["styles"], config, record["scale"], _unpack(record["before"]), state
    except FileNotFoundError:
        raise FileNotFoundError(f"no checkpoint {str(path)!r}") from None
    except Exception as error:  # zipfile, zlib, json and NumPy raise many kinds for damaged files
        raise ValueError(f"{str(path)!r} is not a checkpoint that can be read: {error}") from error


def _pack(history, n):
    return {"costs": history.costs[:n], "seconds": history.seconds[:n]}


def _unpack(packed):
    history = History()
    history.costs, history.seconds = packed["costs"], packed["seconds"]
    history.steps = list(range(len(history.costs)))
    history.start -= history.seconds[-1] if history.seconds else 0.0  # the clock goes on where it stopped
    return history
