"""A file as MIT's code saves a network, with weights that anybody can make again from their names.

The recipe is that of the parity vectors: NumPy's frozen legacy generator, seeded by the checksum of each key.
"""

import re
import zlib
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from tsm_demo.models.registry import build
from tsm_demo.models.zoo import zoo_entry

SHIFTED = re.compile(r"(layer\d\.\d+\.conv1)\.")


def made_weights(key: str, shape: tuple[int, ...], seed: int = 0) -> Tensor:
    """The tensor of a key, in the file's own spelling but for a leading "module."."""
    rs = np.random.RandomState((zlib.crc32(key.encode()) + seed) % 2**32)
    if key.endswith("num_batches_tracked"):
        return torch.tensor(0)
    if key.endswith("running_mean"):
        values = 0.1 * rs.standard_normal(shape)
    elif key.endswith("running_var"):
        values = rs.uniform(0.5, 1.5, shape)
    elif len(shape) == 1 and key.endswith("weight"):
        values = rs.uniform(0.2, 0.6, shape)
    elif key.endswith("bias"):
        values = 0.05 * rs.standard_normal(shape)
    else:
        values = np.sqrt(2 / np.prod(shape[1:])) * rs.standard_normal(shape)
    return torch.from_numpy(np.asarray(values, np.float32))


def write_published(path: Path, name: str) -> Path:
    """A file that looks like the published one of the zoo, of a TSM with residual shifts in every block."""
    with torch.device("meta"):
        model = build(zoo_entry(name).spec)
    state = {}
    for ours, value in model.state_dict().items():
        theirs = ours.replace("fc.", "new_fc.") if ours.startswith("fc.") else f"base_model.{ours}"
        theirs = SHIFTED.sub(r"\1.net.", theirs)
        state[f"module.{theirs}"] = made_weights(theirs, tuple(value.shape))
    torch.save({"state_dict": state, "epoch": 50, "arch": "resnet50"}, path)
    return path
