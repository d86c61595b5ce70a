"""Networks small enough for a test, with weights that make every channel, frame and class count."""

from functools import lru_cache
from pathlib import Path

import pytest
import torch
from torch import nn

from tsm_demo.core.labels import MOTION_LABELS
from tsm_demo.models import checkpoints, networks
from tsm_demo.models.checkpoints import motion_facts, save_checkpoint
from tsm_demo.models.registry import ModelSpec, build
from tsm_demo.training.recipe import NETWORKS

PICTURE_SIZE = 64  # pixels a side


def tiny_network(name: str = "tsm_resnet18", seed: int = 0, last_stride: int = 2) -> nn.Module:
    """A network for Motion-12, eight channels after the stem, in eval mode; the same seed, the same weights."""
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        model = build(_spec(name, last_stride))
        for module in model.modules():
            if isinstance(
                module, nn.BatchNorm2d | nn.BatchNorm3d
            ):  # as built it does nothing, which would hide mistakes
                nn.init.normal_(module.running_mean, std=0.2)
                nn.init.uniform_(module.running_var, 0.5, 2)
                nn.init.uniform_(module.weight, 0.5, 1.5)
                nn.init.normal_(module.bias, std=0.2)
    return model


def save_tiny_network(
    path: Path, name: str = "tsm_resnet18", seed: int = 0, last_stride: int = 2, **facts: float
) -> Path:
    """Write the weights file of a tiny network."""
    spec = _spec(name, last_stride)
    save_checkpoint(path, tiny_network(name, seed, last_stride), motion_facts(spec, PICTURE_SIZE, **facts))
    return path


def embed_tiny_networks(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the embedded networks be tiny ones, written to `folder`, with none loaded yet."""
    for member in NETWORKS.values():
        save_tiny_network(folder / f"{member.name}.safetensors", member.architecture)
    monkeypatch.setattr(checkpoints, "ASSETS", folder)
    monkeypatch.setattr(networks, "_kept", lru_cache(maxsize=4)(networks.open_network))


def _spec(name: str, last_stride: int) -> ModelSpec:
    return ModelSpec(name, num_classes=len(MOTION_LABELS), width=8, last_stride=last_stride)
