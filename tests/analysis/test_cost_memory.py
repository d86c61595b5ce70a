"""Peaks of memory, traced without any: by hand, and beside runs that allocate it."""

from collections.abc import Callable

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.autograd.graph import saved_tensors_hooks

from tests.analysis.measured_memory import measured_peaks
from tsm_demo.analysis import memory_trace
from tsm_demo.analysis.cost import _counted, cost
from tsm_demo.analysis.memory_trace import MemoryTrace
from tsm_demo.analysis.training_memory import TrainingMemory, _traced, training_memory
from tsm_demo.core.errors import ShapeError
from tsm_demo.models import list_models
from tsm_demo.models.registry import ModelSpec, build

NETWORKS = ("tsn_resnet18", "tsm_resnet18", "cnn3d_resnet18")
MAP = (
    8 * 256 * 56 * 56 * 4
)  # bytes of the largest maps of ResNet-50, which its first stage gives: 8 frames at 224 pixels
THIN = MAP // 4  # of those between, with 64 channels


def step(spec: ModelSpec, frames: int, size: int, batch: int, training: bool) -> Callable[[], object]:
    """A forward pass, or a training step, on the CPU; the network and its input are made before."""
    model = build(spec).train(training)
    clips = torch.randn(batch, frames, 3, size, size)
    target = torch.zeros(batch, dtype=torch.int64)

    def run() -> object:
        with torch.set_grad_enabled(training):
            logits = model(clips)
            return F.cross_entropy(logits, target).backward() if training else None

    return run


def traced(spec: ModelSpec, frames: int, size: int, batch: int, training: bool) -> int:
    counted = cost(spec, frames, size, batch)
    peak = counted.training_peak_bytes if training else counted.peak_bytes
    assert peak is not None
    return peak


@pytest.mark.parametrize("training", [False, True], ids=["inference", "training"])
@pytest.mark.parametrize("name", NETWORKS)
def test_tensors_of_a_real_run(name: str, training: bool) -> None:
    """The trace is the run, kernels' scratch memory aside.

    In training it is up to 1 % higher: where two gradients meet, autograd adds in place, but not to meta tensors.
    """
    given = ModelSpec(name, width=32), 4, 64, 2, training
    _, measured = measured_peaks(step(*given))
    assert 1 <= traced(*given) / measured <= (1.01 if training else 1.0005)


@pytest.mark.skipif(
    not torch.backends.mkldnn.is_available(), reason="other kernels take other scratch memory"
)
@pytest.mark.parametrize("training", [False, True], ids=["inference", "training"])
@pytest.mark.parametrize(
    ("name", "batch", "frames", "size"),
    [*((name, 2, 4, 192) for name in NETWORKS), ("tsm_resnet50", 1, 4, 112)],
)
def test_peak_of_a_real_run(name: str, batch: int, frames: int, size: int, training: bool) -> None:
    """All that is allocated, scratch memory too, is within 10 %, where activations are larger than the largest weights.

    What is missing: oneDNN's repacked weights and outputs, a copy of the clip where the 3D network takes it transposed,
    and the backward pass's intermediate results. At 4 frames of 112 pixels the repacked weights of one convolution
    (9 MB in 2D, 28 MB in 3D) are more than all activations of ResNet-18 that live at once (6 MB).
    """
    given = ModelSpec(name), frames, size, batch, training
    measured, _ = measured_peaks(step(*given))
    assert traced(*given) == pytest.approx(measured, rel=0.1)


def test_resnet_50_by_hand() -> None:
    """The fullest moment of inference: the last batch norm of the first stage's blocks.

    2D, first block: its input, what the 3x3 gave, the shortcut (convolved), the last convolution's result, and batch
    norm's. TSM, second block: the first block's input, which the caller still holds; this one's input, its shifted copy,
    what the 3x3 gave, the last convolution's result, and batch norm's.
    """
    assert cost(ModelSpec("tsn_resnet50")).peak_bytes == 2 * THIN + 3 * MAP
    assert cost(ModelSpec("tsm_resnet50")).peak_bytes == 2 * THIN + 4 * MAP


def test_views_and_in_place_operations_take_no_memory() -> None:
    x = torch.empty(1000, device="meta")
    with MemoryTrace([x]) as trace:
        x.view(10, 100).t()[3:].relu_()
        assert (trace.now_bytes, trace.peak_bytes) == (0, 0)
        y = x.view(10, 100) * 2
        z = y.t()
        assert trace.now_bytes == 4000
        del y
        assert trace.now_bytes == 4000  # the view still reads it
        z = z + 1  # the sum is there before its summand goes
        assert (trace.now_bytes, trace.peak_bytes) == (4000, 8000)
        del z
    assert (trace.now_bytes, trace.peak_bytes) == (0, 8000)


@pytest.mark.parametrize("name", list_models())
def test_shapes_given_directly_are_torchs_own(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    spec = ModelSpec(name, num_classes=3)
    quick = cost(spec, batch=2), training_memory(spec, batch=2)
    monkeypatch.setattr(memory_trace, "_SHAPES", {})
    counted = quick[0]
    assert quick[1] == _traced.__wrapped__(spec, counted.frames, counted.size, 2, True)


def kept_by(model: nn.Module, clips: Tensor) -> int:
    """Bytes that a run on the CPU keeps for the backward pass, each memory once; not what was there before."""
    before = {x.untyped_storage().data_ptr() for x in (*model.parameters(), *model.buffers(), clips)}
    kept: list[Tensor] = []
    with saved_tensors_hooks(lambda x: kept.append(x) or x, lambda x: x):
        logits = model.train()(clips)
    assert logits.requires_grad
    sizes = {x.untyped_storage().data_ptr(): x.untyped_storage().nbytes() for x in kept}
    return sum(nbytes for address, nbytes in sizes.items() if address not in before)


@pytest.mark.parametrize("name", [*NETWORKS, "tsm_resnet50", "tsm_online_resnet18"])
def test_what_is_kept_is_what_autograd_saves(name: str) -> None:
    spec = ModelSpec(name, num_classes=3, width=8)
    assert training_memory(spec, 3, 64, 2).kept_bytes == kept_by(build(spec), torch.randn(2, 3, 3, 64, 64))


@pytest.mark.parametrize("depth", [18, 50, 101])
def test_without_its_shifts_tsm_keeps_what_tsn_keeps(depth: int) -> None:
    flat, shifted = ModelSpec(f"tsn_resnet{depth}"), ModelSpec(f"tsm_resnet{depth}")
    in_place = training_memory(shifted, 4, 96, 2, shifts=False)
    assert in_place == training_memory(flat, 4, 96, 2)
    naive = training_memory(shifted, 4, 96, 2)
    shifts = [layer for layer in cost(shifted, 4, 96, 2).layers if layer.kind == "shift"]
    if (
        depth == 18
    ):  # its first shift follows the pool, and nothing keeps what the pool gave but a shift would
        shifts = shifts[1:]
    assert naive.kept_bytes - in_place.kept_bytes == sum(layer.activation_bytes for layer in shifts)
    assert naive.peak_bytes > in_place.peak_bytes
    # A network whose shifts move nothing copies all the same; only without them nothing is copied.
    idle = training_memory(ModelSpec(f"tsm_resnet{depth}", fold_div=0), 4, 96, 2)
    assert idle.kept_bytes == naive.kept_bytes


@pytest.mark.parametrize("name", ["tsm_resnet18", "cnn3d_resnet18"])
def test_gradients_are_as_large_as_the_weights(name: str) -> None:
    memory = training_memory(ModelSpec(name), 2, 64)
    assert memory.gradient_bytes == 4 * cost(ModelSpec(name), 2, 64).params
    assert memory.peak_bytes >= max(memory.kept_bytes, memory.gradient_bytes)


def test_a_network_is_given_back_as_it_was() -> None:
    spec = ModelSpec("tsm_resnet18", num_classes=19)
    before = cost(spec, 2, 64)
    assert isinstance(before.training, TrainingMemory)
    assert _counted.__wrapped__(spec, 2, 64, 1) == before


def test_one_value_a_channel_cannot_train() -> None:
    spec = ModelSpec("tsn_resnet18")
    assert cost(spec, 1, 32).training is cost(spec, 1, 32).training_peak_bytes is None
    assert cost(spec, 1, 32, batch=2).training_peak_bytes
    with pytest.raises(ShapeError, match="Expected more than 1 value per channel"):
        training_memory(spec, 1, 32)
