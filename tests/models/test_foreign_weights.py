"""Each network of the two code bases is recognised and computes what theirs does; nothing is dropped in silence."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from tests.models.foreign_states import Shifted, mit_state, mmaction2_state, torchvision_network
from tsm_demo.core.errors import ModelError
from tsm_demo.models import ModelSpec, load_checkpoint
from tsm_demo.models.tsm_nl import PLACES
from tsm_demo.models.weight_facts import WeightFacts
from tsm_demo.models.zoo import read_labels

WRITERS = {"MIT": mit_state, "MMAction2": mmaction2_state}
FRAMES, SIZE = 4, 48


def clip(frames: int = FRAMES) -> Tensor:
    return torch.randn(1, frames, 3, SIZE, SIZE, generator=torch.Generator().manual_seed(1))


@pytest.fixture(scope="module")
def small() -> dict[str, Tensor]:
    """TSM-ResNet-18 with 5 classes, as MIT saves it."""
    return mit_state(torchvision_network(18, 5, "blockres", FRAMES))


@pytest.mark.parametrize(
    ("depth", "place", "spelling"),
    [
        *((18, place, spelling) for place in ("blockres", "block", None) for spelling in WRITERS),
        (50, "block", "MIT"),  # the parity vectors have the others
        (50, "block", "MMAction2"),
        (101, "blockres", "MIT"),  # every other block shifts
        (101, "block", "MMAction2"),  # every one
    ],
)
def test_each_network_computes_what_theirs_does(depth: int, place: str | None, spelling: str) -> None:
    theirs = torchvision_network(depth, 7, place, FRAMES)
    loaded = load_checkpoint({"state_dict": WRITERS[spelling](theirs)}, n_segment=FRAMES)
    spec = loaded.facts.spec
    assert loaded.spelling == spelling
    assert spec.name == f"{'tsm' if place else 'tsn'}_resnet{depth}"
    assert (spec.num_classes, spec.n_segment) == (7, FRAMES)
    assert spec.placement == ("in_place" if place == "block" else "residual")
    assert not any(parameter.requires_grad for parameter in loaded.model.parameters())
    with torch.inference_mode():
        expected = theirs(clip()[0]).mean(0)
        assert torch.allclose(loaded.model(clip())[0], expected, atol=1e-5, rtol=1e-5)


def test_the_oracle_shifts() -> None:
    """Numbers 10 t + c, of T = 2 frames with 8 channels: channel 0 comes from the next frame, 1 from the one before."""
    x = torch.tensor([[10.0 * t + c for c in range(8)] for t in range(2)])[..., None, None]
    moved = Shifted(torch.nn.Identity(), 2)(x)[:, :, 0, 0].tolist()
    assert moved == [[10, 0, 2, 3, 4, 5, 6, 7], [0, 1, 12, 13, 14, 15, 16, 17]]


def forms(state: dict[str, Tensor]) -> dict[str, object]:
    """The ways in which one state dict is saved."""
    plain = {name.removeprefix("module."): value for name, value in state.items()}
    return {
        "bare": state,
        "without module": plain,
        "wrapped": {"state_dict": plain, "meta": {"epoch": 3}},
        "model": {"model": plain, "optimizer": {"state": {}}},
        "wrapped twice": {"model": {"state_dict": state}},
        "half": {name: v.half() if v.is_floating_point() else v for name, v in state.items()},
        "double": {name: v.double() if v.is_floating_point() else v for name, v in state.items()},
        "parameters": {
            name: torch.nn.Parameter(v) if v.is_floating_point() else v for name, v in state.items()
        },
        "without counters": {n: v for n, v in state.items() if not n.endswith("num_batches_tracked")},
        "fc in its own place": {n.replace("new_fc", "base_model.fc"): v for n, v in state.items()},
        "channels last": {
            n: v.to(memory_format=torch.channels_last) if v.ndim == 4 else v for n, v in state.items()
        },
    }


@pytest.mark.parametrize("form", list(forms({})))
@pytest.mark.parametrize("kind", ["mapping", "zip", "legacy"])
def test_each_form_of_a_file(small: dict[str, Tensor], form: str, kind: str, tmp_path: Path) -> None:
    saved: object = forms(small)[form]
    if kind != "mapping":
        torch.save(saved, tmp_path / "w.pth", _use_new_zipfile_serialization=kind == "zip")
        saved = tmp_path / "w.pth"
    loaded = load_checkpoint(saved).model.state_dict()  # type: ignore[arg-type]
    assert len(loaded) == len(small)
    for name, value in small.items():
        own = re.sub(r"^module\.(base_model\.|new_)|net\.", "", name)
        assert loaded[own].dtype == value.dtype
        assert torch.allclose(loaded[own], value, rtol=1e-3, atol=1e-4 if form == "half" else 0)


# Non-local blocks -------------------------------------------------------------------------------------------------


def non_local_state(spelling: str, mode: str = "embedded_gaussian") -> dict[str, Tensor]:
    """TSM-ResNet-50 with non-local blocks in either spelling; both keep their kernels with a dimension for time."""
    net, draw = torchvision_network(50, 6, "blockres", FRAMES), torch.Generator().manual_seed(5)
    state = {}
    places = [f"layer{stage + 1}.{index}." for stage, index in PLACES]
    for name, value in WRITERS[spelling](net).items():
        place = next((p for p in places if f".{p}" in name), None)
        state[name.replace(place, f"{place}block.") if place else name] = value
    for place, (stage, _) in zip(places, PLACES, strict=True):
        wide = 256 * 2**stage
        inner = wide // 2
        before = f"module.base_model.{place}nl." if spelling == "MIT" else f"backbone.{place}non_local_block."
        own, out = ("", "W.0") if spelling == "MIT" else (".conv", "conv_out.conv")
        asking = {} if mode == "gaussian" else {f"theta{own}": (inner, wide), f"phi.0{own}": (inner, wide)}
        for role, (rows, columns) in {**asking, f"g.0{own}": (inner, wide), out: (wide, inner)}.items():
            state[f"{before}{role}.weight"] = (
                torch.randn(rows, columns, 1, 1, 1, generator=draw) / columns**0.5
            )
            if spelling == "MIT" or role != out:
                state[f"{before}{role}.bias"] = torch.randn(rows, generator=draw)
        norm = "W.1" if spelling == "MIT" else "conv_out.bn"
        for field in ("weight", "bias", "running_mean", "running_var"):
            state[f"{before}{norm}.{field}"] = torch.rand(wide, generator=draw) + 0.1
        state[f"{before}{norm}.num_batches_tracked"] = torch.tensor(3)
    return state


def their_block(x: Tensor, state: dict[str, Tensor], before: str, spelling: str, mode: str) -> Tensor:
    """Their non-local block on (1, C, T, h, w), written with 3D convolutions from the tensors of the file."""
    own, out, norm = ("", "W.0", "W.1") if spelling == "MIT" else (".conv", "conv_out.conv", "conv_out.bn")

    def conv(role: str, value: Tensor) -> Tensor:
        return F.conv3d(value, state[f"{before}{role}.weight"], state.get(f"{before}{role}.bias"))

    def pooled(value: Tensor) -> Tensor:
        return F.max_pool3d(value, (1, 2, 2))

    g = pooled(conv(f"g.0{own}", x)).flatten(2)
    theta = x if mode == "gaussian" else conv(f"theta{own}", x)
    phi = pooled(x) if mode == "gaussian" else pooled(conv(f"phi.0{own}", x))
    pairs = torch.einsum("bcq,bck->bqk", theta.flatten(2), phi.flatten(2))
    pairs = pairs / pairs.shape[-1] if mode == "dot_product" else F.softmax(pairs, dim=-1)
    y = torch.einsum("bqk,bck->bcq", pairs, g).unflatten(2, x.shape[2:])
    n = {
        field: state[f"{before}{norm}.{field}"] for field in ("running_mean", "running_var", "weight", "bias")
    }
    return x + F.batch_norm(conv(out, y), n["running_mean"], n["running_var"], n["weight"], n["bias"])


@pytest.mark.parametrize(
    ("spelling", "mode"),
    [("MIT", "embedded_gaussian"), ("MMAction2", "embedded_gaussian"), ("MMAction2", "gaussian")],
)
def test_non_local_blocks(spelling: str, mode: str) -> None:
    state = non_local_state(spelling, mode)
    loaded = load_checkpoint(state, n_segment=FRAMES)
    assert (loaded.facts.spec.name, loaded.facts.spec.attention) == ("tsm_resnet50_nl", mode)
    assert loaded.facts.spec.fold_div == 8
    place = "layer3.2."
    before = f"module.base_model.{place}nl." if spelling == "MIT" else f"backbone.{place}non_local_block."
    x = torch.randn(FRAMES, 1024, 4, 6, generator=torch.Generator().manual_seed(3))
    with torch.inference_mode():
        ours = loaded.model.layer3[2].non_local(x, FRAMES)  # type: ignore[index, operator]
        theirs = their_block(x.transpose(0, 1)[None], state, before, spelling, mode)[0].transpose(0, 1)
    assert torch.allclose(ours, theirs, atol=1e-4, rtol=1e-4)
    assert (ours - x).abs().max() > 0.1  # the block does something


def test_dot_product_attention() -> None:
    """Its tensors are those of the embedded Gaussian: only a description tells them apart."""
    state = non_local_state("MMAction2")
    spec = ModelSpec("tsm_resnet50_nl", num_classes=6, attention="dot_product")
    facts = WeightFacts(spec, tuple("abcdef"), 224)
    ours = load_checkpoint(state, facts=facts).model.layer2[0].non_local  # type: ignore[index, union-attr]
    before = "backbone.layer2.0.non_local_block."
    x = torch.randn(FRAMES, 512, 4, 4, generator=torch.Generator().manual_seed(3)) / 8
    with torch.inference_mode():
        theirs = their_block(x.transpose(0, 1)[None], state, before, "MMAction2", "dot_product")[0]
        assert torch.allclose(ours(x, FRAMES), theirs.transpose(0, 1), atol=1e-4, rtol=1e-4)  # type: ignore[operator]
    with pytest.raises(ModelError, match="is tsm_resnet50_nl, not the tsm_resnet50 that was expected"):
        load_checkpoint(state, facts=replace(facts, spec=ModelSpec("tsm_resnet50", num_classes=6)))


def test_non_local_blocks_without_a_shift() -> None:
    state = {name.replace(".net.", "."): value for name, value in non_local_state("MIT").items()}
    assert load_checkpoint(state).facts.spec.fold_div == 0


# What cannot be placed --------------------------------------------------------------------------------------------

NAMED = "module.base_model.layer3.1.conv2.weight"


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({NAMED: None}, "missing: layer3.1.conv2.weight"),
        (
            {"module.base_model.attention.weight": torch.zeros(3)},
            "left over: module.base_model.attention.weight",
        ),
        ({"extra": torch.zeros(3)}, "left over: extra"),
        ({"two\nlines": torch.zeros(3)}, r"left over: two\\nlines"),
        (
            {NAMED: torch.zeros(9, 9, 3, 3)},
            rf"of another shape: {NAMED} \(9, 9, 3, 3\) for \(256, 256, 3, 3\)",
        ),
        ({"module.new_fc.bias": torch.zeros(4)}, r"new_fc.bias \(4,\) for \(5,\)"),
        ({"module.new_fc.weight": None}, "lacks the first convolution or the classifier"),
        ({"module.base_model.conv1.weight": torch.zeros(64, 10, 7, 7)}, "10 channels a frame.*optical flow"),
        ({"module.base_model.layer2.1.conv1.weight": torch.zeros(1)}, "Two tensors claim the same place"),
        ({"module.base_model.layer2.2.bn1.weight": torch.zeros(1)}, "2, 3, 2, 2 blocks without a third"),
        ({"module.base_model.layer2.1.conv3.weight": torch.zeros(1)}, "2, 2, 2, 2 blocks with a third"),
    ],
    ids=lambda value: str(next(iter(value)))[-30:] if isinstance(value, dict) else None,
)
def test_what_does_not_fit_is_named(small: dict[str, Tensor], change: dict, told: str) -> None:
    state = {name: value for name, value in {**small, **change}.items() if value is not None}
    with pytest.raises(ModelError, match=told) as caught:
        load_checkpoint(state)
    assert "\n" not in str(caught.value)


def test_many_that_do_not_fit_are_counted(small: dict[str, Tensor]) -> None:
    state = {name: value for name, value in small.items() if ".layer4.1.bn" not in name}
    with pytest.raises(ModelError, match=r"missing: layer4\.1\.bn1\.weight, .*, .* and 2 more"):
        load_checkpoint(state)


def test_a_shift_in_other_places(small: dict[str, Tensor]) -> None:
    without = {name.replace("layer3.1.conv1.net", "layer3.1.conv1"): value for name, value in small.items()}
    with pytest.raises(ModelError, match=r"shift is not where TSM-ResNet-18 has it: look at layer3\.1"):
        load_checkpoint(without)
    both = {name.replace("layer3.1.conv1.net", "layer3.1.net.conv1"): value for name, value in small.items()}
    with pytest.raises(ModelError, match="both within and around"):
        load_checkpoint(both)


def test_temporal_pooling(small: dict[str, Tensor]) -> None:
    pooled = {name.replace("layer2.", "layer2.net."): value for name, value in small.items()}
    with pytest.raises(ModelError, match="temporal pooling"):
        load_checkpoint(pooled)


def test_non_local_blocks_elsewhere() -> None:
    state = {name: v for name, v in non_local_state("MIT").items() if "layer2.2.nl" not in name}
    with pytest.raises(ModelError, match=r"non-local blocks at layer2\.0, layer2\.2, layer3\.0, "):
        load_checkpoint(state)


def test_names_of_nobody() -> None:
    net = torchvision_network(18, 5, None, FRAMES)
    with pytest.raises(ModelError, match="neither MIT's nor MMAction2's"):
        load_checkpoint(net.state_dict())  # torchvision's own: whether it is to be shifted nobody can say


# How it is to be fed ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("spelling", "classes", "labels"),
    [
        ("MIT", 400, "kinetics400.txt"),
        ("MMAction2", 400, "kinetics400.txt"),
        ("MIT", 174, "sthv2.txt"),
        ("MMAction2", 174, None),  # V1's order or V2's: nobody can say
        ("MMAction2", 27, "jester.txt"),
        ("MIT", 27, None),  # none published that can be read here, and their order is another
        ("MMAction2", 101, "ucf101.txt"),
        ("MMAction2", 51, "hmdb51.txt"),
        ("MMAction2", 5, None),
    ],
)
def test_labels_are_assumed_only_where_there_is_one_list(
    spelling: str, classes: int, labels: str | None
) -> None:
    loaded = load_checkpoint(WRITERS[spelling](torchvision_network(18, classes, "blockres", FRAMES)))
    numbers = tuple(f"class {number}" for number in range(classes))
    assert loaded.facts.labels == (read_labels(labels) if labels else numbers)
    assert (loaded.facts.picture_size, loaded.facts.short_side) == (224, 256)
    assert (loaded.facts.sampling, loaded.facts.spec.n_segment) == ("segments", 8)
    assert len(loaded.notes) == 1
    assert ("numbers for labels" in loaded.notes[0]) == (labels is None)
