"""Networks by name, and weights by file."""

from tsm_demo.models import cnn3d as cnn3d  # importing a network's file enters it in the registry
from tsm_demo.models import resnet as resnet
from tsm_demo.models.checkpoints import load_checkpoint
from tsm_demo.models.registry import ModelSpec, build_model, list_models

__all__ = ["ModelSpec", "build_model", "list_models", "load_checkpoint"]
