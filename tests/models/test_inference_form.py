"""The form for answering gives what the plain form gives, for every network, and leaves that one as it was."""

import copy

import pytest
import torch
from torch import nn

from tests.models.lively_network import clips, lively
from tsm_demo.analysis.gradcam import grad_cam
from tsm_demo.core.shift import temporal_shift
from tsm_demo.core.shift_table import MODES
from tsm_demo.models import build_model, list_models
from tsm_demo.models.inference_form import FusedBlock, ShiftOnce, inference_form
from tsm_demo.models.networks import load_network
from tsm_demo.models.registry import settings, usual_input
from tsm_demo.video.synthetic import motion_clips
from tsm_demo.video.tensors import normalise

SLOW = {
    "tsm_resnet101",
    "tsn_resnet101",
    "tsm_online_resnet101",
    "c3d",
}  # the same code as others, or very wide


def example(name: str, model: nn.Module) -> torch.Tensor:
    """Two clips, the smallest that the network takes but for a few pixels, float64: rounding hides nothing."""
    frames = max(model.limits.frames[0], 4)
    side = min(max(model.limits.side[0], 48), usual_input(name).size)
    return clips(2, frames, side)


@pytest.mark.parametrize("name", [name for name in list_models() if name not in SLOW])
def test_every_network_answers_the_same(name):
    torch.manual_seed(0)
    sizes = {"width": 16} if "width" in settings(name) else {}
    model = build_model(name, num_classes=5, **sizes).double()
    x = example(name, model)
    lively(model, x)
    before = copy.deepcopy(model.state_dict())
    faster = inference_form(model)
    with torch.inference_mode():
        plain, fast = model(x), faster(x)
    torch.testing.assert_close(fast, plain, rtol=1e-8, atol=1e-8)
    assert plain.std() > 1e-3  # else anything would be equal
    assert all(torch.equal(value, before[key]) for key, value in model.state_dict().items())
    assert not any(module._forward_hooks or module._forward_pre_hooks for module in model.modules())
    assert not any(parameter.requires_grad for parameter in faster.parameters())


@pytest.mark.parametrize("name", [name for name in list_models() if name not in SLOW])
def test_every_network_is_as_exact_as_its_precision_allows(name):
    """About as near to the exact answer as the plain form is, in float32 and under torch's own bfloat16."""
    torch.manual_seed(0)
    sizes = {"width": 16} if "width" in settings(name) else {}
    model = build_model(name, num_classes=5, **sizes)
    x = example(name, model).float()
    lively(model, x)
    with torch.inference_mode():
        exact = copy.deepcopy(model).double()(x.double())
        plain = {torch.float32: model(x)}
        with torch.autocast("cpu", torch.bfloat16):
            plain[torch.bfloat16] = model(x)
        for precision, answer in plain.items():
            faster = inference_form(model, precision)
            found = faster(x)
            assert found.dtype == torch.float32
            assert (found - exact).norm() < 4 * (answer - exact).norm() + 1e-6 * exact.norm()
            inner = [m for name, m in faster.named_modules() if name not in faster.exact]
            assert {m.weight.dtype for m in inner if isinstance(m, nn.Conv2d | nn.Conv3d)} == {precision}
    assert exact.std() > 1e-3  # else anything would be close


def norms(model: nn.Module) -> int:
    return sum(isinstance(module, nn.BatchNorm2d | nn.BatchNorm3d) for module in model.modules())


def test_batch_norms_behind_one_convolution_are_gone_and_no_others():
    assert norms(inference_form(build_model("tsm_resnet50", width=8))) == 0
    # GST's second one is behind two convolutions side by side: 16 blocks, 16 of these stay.
    assert norms(inference_form(build_model("gst_resnet50", width=16))) == 16


def test_in_float32_the_embedded_network_answers_the_same():
    model = load_network("motion").model
    x = normalise(motion_clips(range(12), 112).frames)
    with torch.inference_mode():
        plain, fast = model(x), inference_form(model)(x)
    torch.testing.assert_close(fast, plain, rtol=0, atol=1e-4)
    assert torch.equal(fast.argmax(1), plain.argmax(1))


@pytest.mark.parametrize("layer", ["layer3", "layer4"])
@pytest.mark.parametrize("name", ["tsm_resnet18", "cnn3d_resnet18"])
def test_heat_maps_are_the_same(name, layer):
    model = build_model(name, num_classes=5, width=16).double()
    x = example(name, model)
    lively(model, x)
    plain, fast = (grad_cam(m, x[0], 2, layer) for m in (model, inference_form(model)))
    torch.testing.assert_close(fast, plain, rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize("layer", ["layer3", "layer4"])
@pytest.mark.parametrize("name", ["motion", "motion_3d"])
def test_heat_maps_in_bfloat16_show_the_same(name, layer):
    model = load_network(name).model
    clips, labels = normalise(motion_clips(range(6), 112).frames), motion_clips(range(6), 112).labels
    faster = inference_form(model, torch.bfloat16)
    for clip, label in zip(clips, labels, strict=True):
        plain, fast = (grad_cam(m, clip, int(label), layer) for m in (model, faster))
        assert fast.dtype == torch.float32
        assert torch.corrcoef(torch.stack([plain.flatten(), fast.flatten()]))[0, 1] > 0.97


@pytest.mark.parametrize("name", ["tsm_resnet18", "tsm_resnet50", "cnn3d_resnet18"])
def test_a_fused_block_gives_what_the_block_gives_and_leaves_what_it_is_given(name):
    torch.manual_seed(0)
    model = inference_form(build_model(name, num_classes=5, width=16))
    blocks = [module for module in model.modules() if isinstance(module, FusedBlock)]
    assert len(blocks) == {"18": 8, "50": 16}[name[-2:]]
    with torch.inference_mode():
        x = model.run_stem(model._arranged(clips(1, 4, 48).float()))
        for block in blocks:
            before = x.clone()
            found = block(x, 4)
            assert torch.equal(x, before)
            torch.testing.assert_close(found, block.block(before, 4), rtol=1e-4, atol=1e-4)
            x = found


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("fold_div", [0, 2, 3, 8, 100])
@pytest.mark.parametrize("n_segment", [1, 2, 4])
@pytest.mark.parametrize("layout", [torch.contiguous_format, torch.channels_last])
def test_the_shift_moves_the_same_and_keeps_the_layout(mode, fold_div, n_segment, layout):
    x = torch.randn(8, 12, 3, 5).contiguous(memory_format=layout)
    before = x.clone()
    shifted = ShiftOnce(fold_div, mode)(x, n_segment)
    assert torch.equal(shifted, temporal_shift(x, n_segment, fold_div, mode))
    assert shifted.is_contiguous(memory_format=layout)
    assert torch.equal(x, before)
