"""A check that a shared network is left as it was: its tensors, its hooks, its modes and its gradients."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import nn


@contextmanager
def untouched(model: nn.Module) -> Iterator[None]:
    """Fails when anything of the network is another after the block than before it."""
    tensors = {name: (value, value.clone()) for name, value in model.state_dict(keep_vars=True).items()}
    modules = dict(model.named_modules())
    wants_gradient = {name: value.requires_grad for name, value in model.named_parameters()}
    yield
    after = model.state_dict(keep_vars=True)
    assert after.keys() == tensors.keys()
    for name, (value, copy) in tensors.items():
        assert after[name] is value, f"{name} is another tensor"
        assert torch.equal(value, copy), f"{name} holds other numbers"
    assert dict(model.named_modules()) == modules
    for module in modules.values():
        assert not module.training
        assert not any(value for name, value in vars(module).items() if name.endswith("_hooks"))
    assert {name: value.requires_grad for name, value in model.named_parameters()} == wants_gradient
    assert all(parameter.grad is None for parameter in model.parameters())
