"""The layers of a forward pass in the order they run, each with its shapes, parameters and multiply-adds."""

from collections import Counter
from dataclasses import dataclass
from functools import partial
from math import prod
from typing import Any, Self

from torch import Tensor, nn
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves
from torch.utils.hooks import RemovableHandle

from tsm_demo.core.shift_bytes import new_tensor_bytes
from tsm_demo.models.resnet import TemporalShift

Factors = tuple[int, ...]  # of one product of multiply-adds


@dataclass(frozen=True, slots=True)
class LayerCost:
    """One layer, as it ran once.

    Attributes:
        name: dotted path of its module, "layer1.0.conv2"; of a sum, mean or product that is no module, the path of the
            module it stands in and the operation, "layer1.0.add". What runs again is "layer1.0.relu#2".
        kind: "conv2d", "conv3d", "linear", "lstm", "attention" (a product of two activations), "batch_norm",
            "activation", "pool", "shift", "sum", "concat", "pad", "copy" or "other".
        input_shape, output_shape: as the layer sees them; of several inputs or outputs, the first.
        params: weights and biases; 0 when the layer runs again.
        macs: multiply-adds. Biases, batch norms, activations, pools and sums count none.
        activation_bytes: of the output, also where it overwrites the input (ReLU).
        shift_bytes: read and written by a shift, else 0.
        formula: the multiply-adds in factors, whose product is `macs`; "" where there are none. A convolution's factors:
            frames, height and width of the output, channels out, channels in, kernel height and width (3D: clips,
            frames, height ...). A linear layer's: rows, out, in. An LSTM's: rows, 4 hidden, in + hidden. Attention's:
            batch (twice, where a module has both products), rows, columns, length of the sums.
    """

    name: str
    kind: str
    input_shape: tuple[int, ...]
    output_shape: tuple[int, ...]
    params: int
    macs: int
    activation_bytes: int
    shift_bytes: int
    formula: str


class LayerTrace(TorchDispatchMode):
    """Collects in `layers` what the model does within the trace. It may be on any device; it is left as it was.

    A module without modules of its own is one layer, whatever it does; so is any other operation that makes a tensor
    or overwrites one. Views are none.
    """

    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        self.layers: list[LayerCost] = []
        self._model = model
        self._path: list[str] = []  # of the modules that are running, the innermost last
        self._leaf: _Work | None = None  # of the module without modules that is running
        self._runs: Counter[str] = Counter()
        self._hooks: list[RemovableHandle] = []

    def __enter__(self) -> Self:
        for name, module in self._model.named_modules():
            leaf = next(module.children(), None) is None
            self._hooks += [
                module.register_forward_pre_hook(partial(self._start, name, leaf)),
                module.register_forward_hook(partial(self._end, name, leaf), with_kwargs=True),
            ]
        super().__enter__()
        return self

    def __exit__(self, *raised: Any) -> None:
        super().__exit__(*raised)
        for hook in self._hooks:
            hook.remove()

    def __torch_dispatch__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        result = func(*args, **(kwargs or {}))
        if func.is_view:
            return result
        if self._leaf is not None:
            self._leaf.add(func, args, result)
        else:
            self._operation(func, args, result)
        return result

    def _start(self, name: str, leaf: bool, module: nn.Module, args: Any) -> None:
        self._path.append(name)
        if leaf:
            self._leaf = _Work()

    def _end(
        self, name: str, leaf: bool, module: nn.Module, args: Any, kwargs: dict[str, Any], result: Any
    ) -> None:
        self._path.pop()
        work, self._leaf = self._leaf, None
        if not leaf or work is None or not work.kind:  # dropout, for one, does nothing in inference
            return
        shift_bytes = 0
        if isinstance(module, TemporalShift):
            work.kind = "shift"
            shift_bytes = _shift_bytes(module, *args, **kwargs)
        elif isinstance(module, nn.LSTM):
            work.kind = "lstm"
        params = sum(p.numel() for p in module.parameters()) if name not in self._runs else 0
        self._add(name, work, _first((args, kwargs)), _first(result), params, shift_bytes)

    def _operation(self, func: Any, args: tuple[Any, ...], result: Any) -> None:
        inputs = [x for x in tree_leaves(args) if isinstance(x, Tensor)]
        output = _first(result)
        if not inputs or output is None:
            return
        memory = output.untyped_storage()._cdata
        if not func._schema.is_mutable and any(memory == x.untyped_storage()._cdata for x in inputs):
            return  # a view by another name
        work = _Work()
        work.add(func, args, result)
        inside = self._path[-1] if self._path else ""
        operation = func.overloadpacket.__name__.strip("_")
        self._add(f"{inside}.{operation}".lstrip("."), work, inputs[0], output)

    def _add(
        self,
        name: str,
        work: "_Work",
        given: Tensor | None,
        output: Tensor | None,
        params: int = 0,
        shift_bytes: int = 0,
    ) -> None:
        self._runs[name] += 1
        run = self._runs[name]
        products = _merged(work.products)
        self.layers.append(
            LayerCost(
                name=name if run == 1 else f"{name}#{run}",
                kind=work.kind,
                input_shape=() if given is None else tuple(given.shape),
                output_shape=() if output is None else tuple(output.shape),
                params=params,
                macs=sum(map(prod, products)),
                activation_bytes=0 if output is None else output.numel() * output.element_size(),
                shift_bytes=shift_bytes,
                formula=" + ".join(" x ".join(map(str, factors)) for factors in products),
            )
        )


class _Work:
    """What one layer does: the kind of its operations, and the products of multiply-adds among them."""

    def __init__(self) -> None:
        self.kind = ""
        self.products: list[Factors] = []

    def add(self, func: Any, args: tuple[Any, ...], result: Any) -> None:
        name = func.overloadpacket.__name__
        if name in _RIGHT_FACTOR:
            right = args[_RIGHT_FACTOR[name]].shape
            if name == "convolution":
                self.products.append((result.shape[0], *result.shape[2:], *right))
                self.kind = f"conv{len(right) - 2}d"
            else:
                self.products.append((*result.shape, right[-2]))
                self.kind = "attention" if len(right) == 3 else "linear"
        elif not self.products and (not self.kind or name.rstrip("_") in _KINDS):
            self.kind = _KINDS.get(name.rstrip("_"), "other")


# Operations that multiply and add: which argument is the weight (out, in / groups, *kernel), or the matrix on the right.
_RIGHT_FACTOR = {"convolution": 1, "mm": 1, "bmm": 1, "addmm": 2, "baddbmm": 2}
_KINDS = {
    "native_batch_norm": "batch_norm",
    "relu": "activation",
    "sigmoid": "activation",
    "tanh": "activation",
    "_softmax": "activation",
    "max_pool2d_with_indices": "pool",
    "max_pool3d_with_indices": "pool",
    "avg_pool2d": "pool",
    "avg_pool3d": "pool",
    "_adaptive_avg_pool2d": "pool",
    "_adaptive_avg_pool3d": "pool",
    "mean": "pool",
    "add": "sum",
    "cat": "concat",
    "constant_pad_nd": "pad",
    "clone": "copy",
}


def _merged(products: list[Factors]) -> list[Factors]:
    """The same sum in as few products as can be.

    Products of the same factors, in any order, are one with more rows: attention's two are. And two that differ in one
    factor are one, with their sum in its place: an LSTM multiplies its inputs and its states step by step, which is
    rows x 4 hidden x (in + hidden).
    """
    times = Counter(tuple(sorted(factors)) for factors in products)
    merged: list[Factors] = []
    for rows, *others in products:
        repeated = times.pop(tuple(sorted((rows, *others))), 0)
        if not repeated:
            continue  # counted with the first of its kind
        new = (rows * repeated, *others)
        for place, old in enumerate(merged):
            differing = [i for i, (a, b) in enumerate(zip(old, new, strict=False)) if a != b]
            if len(old) == len(new) and len(differing) == 1:
                (i,) = differing
                merged[place] = (*old[:i], old[i] + new[i], *old[i + 1 :])
                break
        else:
            merged.append(new)
    return merged


def _shift_bytes(shift: TemporalShift, x: Tensor, n_segment: int) -> int:
    rows, channels, height, width = x.shape
    shape = (rows, channels, height, width)
    return new_tensor_bytes(shape, n_segment, shift.fold_div, shift.mode, x.element_size()).copied


def _first(values: Any) -> Tensor | None:
    return next((x for x in tree_leaves(values) if isinstance(x, Tensor)), None)
