"""What a network costs: by hand arithmetic, by published figures, and by other people's counters."""

from concurrent.futures import ThreadPoolExecutor
from math import prod
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves
from torch.utils.flop_counter import FlopCounterMode

from tsm_demo.analysis import cost as cost_module
from tsm_demo.analysis import training_memory as training_module
from tsm_demo.analysis.cost import Cost, LayerCost, cost
from tsm_demo.analysis.layer_trace import LayerTrace
from tsm_demo.analysis.meta_network import meta_network, usual
from tsm_demo.core.errors import ModelError, ShapeError
from tsm_demo.models import build_model, list_models
from tsm_demo.models.registry import ModelSpec

STAGES_OF_50 = ((64, 3), (128, 4), (256, 6), (512, 3))  # arXiv:1512.03385, table 1: width and blocks
INPUTS = ((8, 224, 1), (3, 97, 2))  # frames, size, batch


def with_macs(counted: Cost) -> dict[str, LayerCost]:
    return {layer.name: layer for layer in counted.layers if layer.macs}


def half(n: int) -> int:
    """Pixels a side after a stride of 2, with the padding that ResNets have."""
    return (n + 1) // 2


def resnet50_by_hand(images: int, size: int, classes: int) -> tuple[dict[str, int], int]:
    """Multiply-adds of each layer, from the table of the paper; and parameters, two a channel for each batch norm."""
    side = half(size)
    macs = {"conv1": images * side**2 * 64 * 3 * 7 * 7}
    params = 64 * 3 * 7 * 7 + 2 * 64
    c_in, side = 64, half(side)
    for stage, (width, blocks) in enumerate(STAGES_OF_50, 1):
        for block in range(blocks):
            name, small = f"layer{stage}.{block}", half(side) if stage > 1 and block == 0 else side
            convs = {
                "conv1": (side, width, c_in, 1),
                "conv2": (small, width, width, 3),
                "conv3": (small, 4 * width, width, 1),
            }
            if block == 0:
                convs["downsample.0"] = (small, 4 * width, c_in, 1)
            for conv, (out, c_out, into, kernel) in convs.items():
                macs[f"{name}.{conv}"] = images * out**2 * c_out * into * kernel**2
                params += c_out * into * kernel**2 + 2 * c_out
            c_in, side = 4 * width, small
    macs["fc"] = images * 2048 * classes
    return macs, params + 2049 * classes


@pytest.mark.parametrize(("frames", "size", "batch"), INPUTS)
@pytest.mark.parametrize("name", ["tsn_resnet50", "tsm_resnet50", "tsm_online_resnet50"])
def test_resnet_50_conv_by_conv(name: str, frames: int, size: int, batch: int) -> None:
    macs, params = resnet50_by_hand(batch * frames, size, 174)
    counted = cost(ModelSpec(name, num_classes=174), frames, size, batch)
    assert {layer.name: layer.macs for layer in counted.layers if layer.macs} == macs
    assert (counted.macs, counted.flops, counted.params) == (
        sum(macs.values()),
        2 * sum(macs.values()),
        params,
    )


@pytest.mark.parametrize(
    ("name", "classes", "frames", "size", "params", "giga_macs"),
    [
        # MMAction2's model zoo and the paper's table 2 (33 G, 65 G) print 0.8 % more: they count batch norms, too.
        ("tsm_resnet50", 400, 8, 224, 24_327_632, 32.704),
        ("tsn_resnet50", 400, 16, 224, 24_327_632, 65.407),
        ("tsn_resnet50", 400, 25, 224, 24_327_632, 102.199),
        ("tsm_resnet50", 400, 8, 256, 24_327_632, 42.713),
        ("tsm_resnet50", 174, 8, 224, 23_864_558, 32.700),
        ("tsm_resnet101", 174, 8, 224, 42_856_686, 62.398),
        # Hand arithmetic over the layers that each source lists; parameters are the published ones where there are any.
        ("cnn_lstm_resnet50", 400, 8, 224, 28_960_208, 32.739),
        ("c3d", 487, 16, 112, 79_991_015, 38.549),
        ("i3d_inception", 400, 64, 224, 12_697_264, 111.153),
        ("i3d_resnet50", 400, 32, 224, 28_043_472, 33.128),
        ("gst_resnet50", 174, 16, 224, 21_035_246, 58.001),
        ("r3d_18", 400, 16, 112, 33_371_472, 40.697),
    ],
)
def test_published_networks(
    name: str, classes: int, frames: int, size: int, params: int, giga_macs: float
) -> None:
    counted = cost(ModelSpec(name, num_classes=classes), frames, size)
    assert counted.params == params
    assert counted.macs / 1e9 == pytest.approx(giga_macs, abs=5e-4)


@pytest.mark.parametrize("fold_div", [0, 2, 8])
@pytest.mark.parametrize(("frames", "size", "batch"), INPUTS)
@pytest.mark.parametrize("depth", [18, 50, 101])
def test_tsm_is_tsn_to_the_digit_but_for_what_it_moves(
    depth: int, frames: int, size: int, batch: int, fold_div: int
) -> None:
    flat = cost(ModelSpec(f"tsn_resnet{depth}"), frames, size, batch)
    for kind in ("tsm", "tsm_online"):
        shifted = cost(ModelSpec(f"{kind}_resnet{depth}", fold_div=fold_div), frames, size, batch)
        assert (shifted.macs, shifted.params) == (flat.macs, flat.params)
        assert tuple(layer for layer in shifted.layers if layer.kind != "shift") == flat.layers
        shifts = [layer for layer in shifted.layers if layer.kind == "shift"]
        assert all(s.macs == s.params == 0 < s.shift_bytes and s.formula == "" for s in shifts)
        assert shifted.shift_bytes == sum(s.shift_bytes for s in shifts)
        assert (shifted.shift_bytes > 0) == (fold_div > 0)  # of which nothing moves, a shift copies nothing
        assert flat.shift_bytes == 0


@pytest.mark.parametrize(("kind", "directions"), [("tsm", 2), ("tsm_online", 1)])
@pytest.mark.parametrize(("frames", "batch", "fold_div"), [(8, 1, 8), (4, 3, 6)])
def test_bytes_of_a_shift_by_hand(kind: str, directions: int, frames: int, batch: int, fold_div: int) -> None:
    counted = cost(ModelSpec(f"{kind}_resnet18", fold_div=fold_div), frames, 64, batch)
    shifts = {layer.name: layer.shift_bytes for layer in counted.layers if layer.kind == "shift"}
    expected = {}
    for stage, block, channels, side in (
        *((1, 0, 64, 16), (1, 1, 64, 16), (2, 0, 64, 16), (2, 1, 128, 8)),
        *((3, 0, 128, 8), (3, 1, 256, 4), (4, 0, 256, 4), (4, 1, 512, 2)),
    ):
        map_bytes = 4 * side * side
        folds = directions * (channels // fold_div) * map_bytes  # of a frame: moved channels
        # Each fold is put together, a frame of zeros at an end: T - 1 frames and the zeros are read, the zeros written
        # first, T frames written. Then all channels are read and written.
        together = batch * folds * ((frames - 1) + 1 + 1 + frames)
        expected[f"layer{stage}.{block}.shift"] = together + 2 * batch * frames * channels * map_bytes
    assert shifts == expected


@pytest.mark.parametrize("depth", [18, 50])
@pytest.mark.parametrize(("frames", "size", "batch"), INPUTS)
def test_3d_is_k_times_2d_where_kernels_are_inflated(depth: int, frames: int, size: int, batch: int) -> None:
    flat, deep = (
        with_macs(cost(ModelSpec(f"{kind}_resnet{depth}"), frames, size, batch)) for kind in ("tsn", "cnn3d")
    )
    assert flat.keys() == deep.keys()
    inflated = 0
    for name, layer in flat.items():
        kernel = 1 if layer.kind == "linear" else int(layer.formula.split(" x ")[-1])
        inflated += kernel > 1
        assert deep[name].macs == kernel * layer.macs
        assert deep[name].kind == {"conv2d": "conv3d"}.get(layer.kind, layer.kind)
    assert inflated == 17  # the stem, and sixteen 3x3 in either depth


@pytest.mark.parametrize("name", list_models())
def test_layers_add_up_and_their_formulas_multiply_out(name: str) -> None:
    counted = cost(ModelSpec(name, num_classes=7), batch=2)
    layers = counted.layers
    assert len({layer.name for layer in layers}) == len(layers)
    for layer in layers:
        assert layer.macs == (prod(map(int, layer.formula.split(" x "))) if layer.formula else 0)
        assert bool(layer.macs) == (layer.kind in ("conv2d", "conv3d", "linear", "lstm", "attention"))
        assert layer.activation_bytes == 4 * prod(layer.output_shape)
    assert counted.macs == sum(layer.macs for layer in layers)
    assert counted.params == sum(layer.params for layer in layers)
    assert counted.activation_bytes == sum(layer.activation_bytes for layer in layers)
    assert sum(len(stage) for stage in counted.stages.values()) == len(layers)
    assert all(
        x.name.split(".")[0].split("#")[0] == stage for stage in counted.stages for x in counted.stages[stage]
    )
    assert not {"other"} & {layer.kind for layer in layers}


@pytest.mark.parametrize("name", list_models())
def test_torchs_own_counter_agrees(name: str) -> None:
    """FlopCounterMode counts two operations for a multiply-add, as `flops` does, and the same layers: no difference.

    Neither counts biases, batch norms, activations and pools; those who do print up to 1 % more (MMAction2).
    """
    spec = ModelSpec(name, num_classes=11)
    with (
        meta_network(spec, *usual(spec, None, None), 2) as (model, clips),
        torch.no_grad(),
        FlopCounterMode(display=False) as counter,
    ):
        model(clips)
    assert cost(spec, batch=2).flops == counter.get_total_flops()


@pytest.mark.filterwarnings("ignore:`torch.jit:FutureWarning")  # fvcore uses it when it is imported
@pytest.mark.parametrize("name", ["tsn_resnet18", "tsm_resnet50", "cnn3d_resnet18"])
def test_fvcore_agrees_layer_by_layer(name: str) -> None:
    """fvcore counts multiply-adds of a traced run on the CPU; it counts batch norms, too, which are left out here."""
    from fvcore.nn import FlopCountAnalysis

    model = build_model(name, num_classes=5, width=8)
    with torch.no_grad():
        found = FlopCountAnalysis(model, torch.randn(2, 3, 3, 48, 48)).uncalled_modules_warnings(False)
        theirs = {
            module: counts["conv"] + counts["linear"]
            for module, counts in found.by_module_and_operator().items()
            if not any(model.get_submodule(module).children())
        }
    ours = with_macs(cost(ModelSpec(name, num_classes=5, width=8), 3, 48, 2))
    assert {module: macs for module, macs in theirs.items() if macs} == {
        module: layer.macs for module, layer in ours.items()
    }


@pytest.mark.parametrize("name", ["tsm_resnet50", "cnn3d_resnet18"])
def test_layers_are_those_of_a_real_run(name: str) -> None:
    """The same names in the same order, with the same shapes, as hooks on a run on the CPU see."""
    model, ran = build_model(name, num_classes=5, width=8), []
    for path, module in model.named_modules():
        if not any(module.children()):
            module.register_forward_hook(
                lambda _, args, out, path=path: ran.append((path, tuple(args[0].shape), tuple(out.shape)))
            )
    with torch.no_grad():
        model(torch.randn(2, 3, 3, 48, 48))
    counted = cost(ModelSpec(name, num_classes=5, width=8), 3, 48, 2)
    modules = [
        layer for layer in counted.layers if layer.kind not in ("sum", "copy") and "mean" not in layer.name
    ]
    assert [(x.name.split("#")[0], x.input_shape, x.output_shape) for x in modules] == ran
    assert sum(layer.kind == "sum" for layer in counted.layers) == 16 if "50" in name else 8


def test_what_a_batch_costs_is_as_many_times_a_clips() -> None:
    for name in ("tsm_resnet50", "cnn3d_resnet18"):
        one, five = (cost(ModelSpec(name), 4, 96, batch) for batch in (1, 5))
        assert (five.macs, five.shift_bytes, five.params) == (5 * one.macs, 5 * one.shift_bytes, one.params)
        # The 3D network gives its last maps frame by frame: with one clip a view, with several a copy.
        own, of_one = ([x for x in c.layers if x.kind != "copy"] for c in (five, one))
        assert [x.activation_bytes for x in own] == [5 * x.activation_bytes for x in of_one]
        assert sum(x.kind == "copy" for x in five.layers) == name.startswith("cnn3d")


class Attention(nn.Module):
    """One layer, because there are no modules in it."""

    def forward(self, x: Tensor) -> Tensor:
        return (x @ x.transpose(1, 2)).softmax(2) @ x


class Attends(nn.Module):
    """Attention by functions and as a module, and an LSTM, as a network may have them."""

    def __init__(self) -> None:
        super().__init__()
        self.module = Attention()
        self.recurrent = nn.LSTM(10, 6, batch_first=True)
        self.out = nn.Conv1d(6, 4, 3, groups=2)

    def forward(self, x: Tensor) -> Tensor:
        weights = F.softmax(x @ x.transpose(1, 2), dim=2)  # (N, L, L)
        states, _ = self.recurrent(self.module(weights @ x))
        return F.relu(self.out(states.transpose(1, 2)))


@pytest.mark.parametrize(("rows", "steps"), [(3, 7), (1, 3), (2, 5)])
def test_attention_lstm_and_groups_by_hand(rows: int, steps: int) -> None:
    with torch.device("meta"):
        model, x = Attends(), torch.empty(rows, steps, 10)
    with torch.no_grad(), LayerTrace(model) as trace:
        model(x)
    # LSTM: four gates of 6, each from 10 inputs and 6 states. Groups: 3 of 6 channels for each output.
    expected = {
        "bmm": ("attention", rows * steps * steps * 10),
        "bmm#2": ("attention", rows * steps * 10 * steps),
        "module": ("attention", 2 * rows * steps * steps * 10),
        "recurrent": ("lstm", rows * steps * 4 * 6 * (10 + 6)),
        "out": ("conv1d", rows * (steps - 2) * 4 * 3 * 3),
    }
    assert {layer.name: (layer.kind, layer.macs) for layer in trace.layers if layer.macs} == expected
    layers = {layer.name: layer for layer in trace.layers}
    assert layers["module"].formula == f"{2 * rows} x {steps} x {steps} x 10"
    assert layers["recurrent"].formula == f"{rows * steps} x 24 x 16"
    assert layers["recurrent"].params == 4 * 6 * (10 + 6 + 2)
    assert [layer.kind for layer in trace.layers if not layer.macs] == ["activation", "activation"]


def test_tracing_leaves_a_network_as_it_was() -> None:
    model = build_model("tsm_resnet18", num_classes=5, width=8)
    with LayerTrace(model), torch.no_grad():
        model(torch.randn(1, 2, 3, 32, 32))
    assert not any(module._forward_hooks or module._forward_pre_hooks for module in model.modules())


class OnlyMeta(TorchDispatchMode):
    """Fails at the first operation that touches real memory."""

    seen = 0

    def __torch_dispatch__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        result = func(*args, **(kwargs or {}))
        for tensor in tree_leaves((args, kwargs, result)):
            if isinstance(tensor, Tensor):
                self.seen += 1
                assert tensor.device.type == "meta", f"{func} has a tensor on the {tensor.device}"
        return result


@pytest.mark.parametrize("name", list_models())
def test_nothing_is_allocated_or_computed(name: str) -> None:
    with OnlyMeta() as only_meta:
        counted = cost(ModelSpec(name, num_classes=13), batch=3)
        assert counted.training_peak_bytes
    assert only_meta.seen > 100


def test_the_same_question_is_answered_once() -> None:
    spec = ModelSpec("tsm_resnet18")
    frames, size = usual(spec, None, None)
    assert cost(spec) is cost(spec, frames) is cost(spec, None, size, batch=1)
    assert cost(spec, 9).frames == 9
    assert cost(ModelSpec("tsm_resnet18", n_segment=5)).frames == 5
    for cached in (cost_module._counted, training_module._traced):
        assert cached.cache_info().maxsize is not None


def test_many_may_ask_at_once() -> None:
    inputs = [(frames, size) for frames in (1, 2, 3) for size in (32, 64)]
    spec = ModelSpec("tsm_resnet18", num_classes=17)
    with ThreadPoolExecutor(6) as threads:
        together = list(threads.map(lambda given: cost_module._counted.__wrapped__(spec, *given, 1), inputs))
    assert together == [cost(spec, *given) for given in inputs]


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"frames": 0}, ShapeError, "frames is 0; give a whole number of at least 1"),
        ({"size": -1}, ShapeError, "size is -1"),
        ({"batch": 0}, ShapeError, "batch is 0"),
        ({"size": 2.5}, ShapeError, "size is 2.5"),
        ({"spec": ModelSpec("tsm_resnet34", n_segment=8)}, ModelError, "no network called 'tsm_resnet34'"),
        ({"spec": ModelSpec("tsm_resnet18", fold_div=1)}, ShapeError, "fold_div is 1"),
    ],
)
def test_what_cannot_be_counted_is_refused(
    arguments: dict[str, Any], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        cost(**{"spec": ModelSpec("tsm_resnet18"), **arguments})


def test_torchs_complaints_about_shapes_are_put_in_our_words() -> None:
    with (
        pytest.raises(
            ShapeError, match=r"tsm_resnet18 cannot take 1 x 8 frames of 32 x 32; try .*Kernel size"
        ),
        meta_network(ModelSpec("tsm_resnet18"), 8, 32, 1) as (_, clips),
    ):
        F.conv2d(clips[0], clips.new_empty(8, 3, 40, 40))
