"""Networks by name, and weights by file."""

from tsm_demo.models import c3d as c3d  # importing a network's file enters it in the registry
from tsm_demo.models import cnn3d as cnn3d
from tsm_demo.models import cnn_lstm as cnn_lstm
from tsm_demo.models import gst as gst
from tsm_demo.models import i3d_inception as i3d_inception
from tsm_demo.models import i3d_resnet50 as i3d_resnet50
from tsm_demo.models import r3d as r3d
from tsm_demo.models import resnet as resnet
from tsm_demo.models import tsm_nl as tsm_nl
from tsm_demo.models.checkpoints import load_checkpoint
from tsm_demo.models.registry import ModelSpec, UsualInput, build_model, list_models, usual_input

__all__ = ["ModelSpec", "UsualInput", "build_model", "list_models", "load_checkpoint", "usual_input"]
