"""The form in which a shared network answers here: made when first asked, checked, kept as long as the network."""

import logging
from threading import Lock
from weakref import WeakKeyDictionary

import torch

from tsm_demo.models.computing import close, computing
from tsm_demo.models.inference_form import inference_form, small_clip
from tsm_demo.models.video_network import VideoNetwork

LOG = logging.getLogger(__name__)


def answering_form(model: VideoNetwork) -> VideoNetwork:
    """The same object for the same network, in every thread.

    It computes as `computing()` says if its answer to a small clip is the network's own, to the digits of the precision.
    If not, it computes in float32 on the CPU; and if that is not right either, it is the network as it stands.
    """
    with _MAKING:
        if model not in _forms:
            _forms[model] = _checked_form(model)
        return _forms[model] or model


def answer_as_it_stands(model: VideoNetwork) -> None:
    """Have a network answer in its plain form, for whoever shares its tensors with another and wants no copies."""
    with _MAKING:
        _forms[model] = None


def _checked_form(model: VideoNetwork) -> VideoNetwork | None:
    clip = small_clip(model)
    with torch.inference_mode():
        expected = model(clip)
    best = computing()
    for precision, device in ((best.precision, best.device), (torch.float32, torch.device("cpu"))):
        with torch.inference_mode(
            False
        ):  # a caller's would make parameters that nobody can differentiate through
            form = inference_form(model, precision, device)
        with torch.inference_mode():
            if close(form(clip), expected, precision):
                return form
    return None


_MAKING = Lock()  # visitors who ask at the same moment get one form, not one each
_forms: WeakKeyDictionary[VideoNetwork, VideoNetwork | None] = WeakKeyDictionary()  # None: as it stands
