"""The form that answers: one for a network, right or not used, gone with the network."""

import gc
import weakref
from concurrent.futures import ThreadPoolExecutor

import pytest
import torch

from tsm_demo.models import answering, build_model
from tsm_demo.models.answering import answer_as_it_stands, answering_form
from tsm_demo.models.computing import Computing
from tsm_demo.models.inference_form import inference_form, small_clip

CPU = torch.device("cpu")


def network():
    torch.manual_seed(0)
    return build_model("tsm_resnet18", num_classes=5, width=16)


def compute_in(monkeypatch, precision) -> None:
    monkeypatch.setattr(answering, "computing", lambda: Computing(CPU, precision, 1))


def test_everybody_gets_the_same_form_of_a_network() -> None:
    model = network()
    with ThreadPoolExecutor(4) as pool:
        forms = list(pool.map(lambda _: answering_form(model), range(8)))
    assert len({id(form) for form in forms}) == 1
    assert forms[0] is not model
    assert answering_form(network()) is not forms[0]


@pytest.mark.parametrize("precision", [torch.float32, torch.bfloat16])
def test_it_computes_as_was_chosen(monkeypatch, precision) -> None:
    compute_in(monkeypatch, precision)
    assert answering_form(network()).computes == (CPU, precision)


@pytest.mark.parametrize("how", ["nan", "other"])
def test_a_wrong_answer_is_not_used(monkeypatch, how) -> None:
    compute_in(monkeypatch, torch.bfloat16)

    def spoiled(model, precision, device):
        form = inference_form(model, precision, device)
        if precision == torch.bfloat16:
            torch.nn.init.constant_(form.fc.weight, float("nan") if how == "nan" else 0.1)
        return form

    monkeypatch.setattr(answering, "inference_form", spoiled)
    assert answering_form(network()).computes == (CPU, torch.float32)


def test_where_no_form_is_right_the_network_answers(monkeypatch) -> None:
    def spoiled(model, precision, device):
        form = inference_form(model, precision, device)
        torch.nn.init.constant_(form.fc.weight, 0.1)
        return form

    monkeypatch.setattr(answering, "inference_form", spoiled)
    model = network()
    assert answering_form(model) is model


def test_as_it_stands() -> None:
    model = network()
    answer_as_it_stands(model)
    assert answering_form(model) is model


@pytest.mark.parametrize("prepare", [answering_form, answer_as_it_stands])
def test_a_form_goes_with_its_network(prepare) -> None:
    model = network()
    prepare(model)
    form, gone = weakref.ref(answering_form(model)), weakref.ref(model)
    del model
    gc.collect()
    assert gone() is None
    assert form() is None


def test_made_in_inference_mode_it_can_still_be_explained() -> None:
    model = network()
    with torch.inference_mode():
        form = answering_form(model)
    features = form.features(small_clip(model), "layer3").requires_grad_()
    form.clip_logits(features, 2, "layer3")[0, 0].backward()
    assert features.grad is not None
    assert features.grad.abs().sum() > 0
