"""A network as an ONNX file, with what its user must know in the file's own metadata."""

import json
from pathlib import Path

import torch

from tsm_demo.core.errors import ModelError
from tsm_demo.models.video_network import VideoNetwork
from tsm_demo.models.weight_facts import WeightFacts
from tsm_demo.video.tensors import IMAGENET_MEAN, IMAGENET_STD

INSTALL = "pip install onnx onnxscript onnxruntime"
CLIPS, LOGITS = "clips", "logits"  # the names of what goes in and comes out


def export_onnx(model: VideoNetwork, facts: WeightFacts, path: Path, size: int | None = None) -> None:
    """Write a network as ONNX: clips (N, T, 3, size, size) float32, normalised, to logits (N, num_classes).

    N is free; T is the description's and the size the usual one, or `size` pixels: both are fixed in the file, as the
    shift is made of slices of known length. Softmax and temperature are the reader's to apply: see the metadata.

    Args:
        model: in eval mode; left unchanged.
        path: written over if it exists.

    Raises ModelError where the packages for it are not installed, ShapeError for a clip that the network cannot take.
    """
    try:
        import onnxscript  # noqa: F401 - what torch's exporter writes with
    except ImportError as error:
        raise ModelError(
            f"To write ONNX, some packages are needed that are not here: `{INSTALL}`."
        ) from error
    side = size or facts.picture_size
    clips = torch.zeros(
        2, facts.spec.n_segment, 3, side, side
    )  # two: a single one would be taken for a constant
    with torch.inference_mode(False), torch.no_grad():
        program = torch.onnx.export(
            model,
            (clips,),
            input_names=[CLIPS],
            output_names=[LOGITS],
            dynamic_shapes={CLIPS: {0: torch.export.Dim("N")}},
            dynamo=True,
            verbose=False,
        )
    if program is None:
        raise ModelError(f"{facts.spec.name} could not be written as ONNX.")
    program.model.metadata_props.update(_metadata(facts))
    program.save(path, external_data=False)


def largest_difference(
    model: VideoNetwork, facts: WeightFacts, path: Path, size: int | None = None
) -> float | None:
    """How far onnxruntime's logits for one random clip are from the network's; None where it is not installed.

    Where the largest logit is above 1, as with random weights, it is a share of that.
    """
    try:
        import onnxruntime
    except ImportError:
        return None
    side = size or facts.picture_size
    clip = torch.randn(1, facts.spec.n_segment, 3, side, side, generator=torch.Generator().manual_seed(0))
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    (theirs,) = session.run([LOGITS], {CLIPS: clip.numpy()})
    with torch.inference_mode():
        ours = model(clip)
    return float((torch.from_numpy(theirs) - ours).abs().max() / ours.abs().max().clamp(min=1))


def _metadata(facts: WeightFacts) -> dict[str, str]:
    """Texts, as ONNX wants them: lists are JSON."""
    return {
        "network": facts.spec.name,
        "labels": json.dumps(facts.labels),
        "mean": json.dumps(IMAGENET_MEAN),  # of pixels in 0..1, red, green, blue
        "std": json.dumps(IMAGENET_STD),
        "sampling": facts.sampling,
        "temperature": json.dumps(facts.temperature),
    }
