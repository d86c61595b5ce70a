"""A pickle read as a description: what it would call is written down and never called.

PyTorch's files hold a pickle, and unpickling runs whatever a file asks for. Here the instructions are only
decoded (`pickletools`) and followed on a stack of plain values: a name becomes a `Name`, a call a `Call`, and every
instruction that weights do not need leaves an `OPAQUE` where its result would be. No name is looked up, no object made.
"""

import io
import pickletools
from dataclasses import dataclass
from typing import BinaryIO

from tsm_demo.core.errors import ModelError

MAX_STEPS = 2_000_000  # a checkpoint with its optimiser takes some 60,000
LITERALS = frozenset(
    opcode.name
    for opcode in pickletools.opcodes
    if opcode.name.startswith(("INT", "BININT", "LONG", "FLOAT", "BINFLOAT"))
    or "STRING" in opcode.name
    or "UNICODE" in opcode.name
    or "BYTES" in opcode.name
) - {"LONG_BINPUT", "LONG_BINGET"}
CONSTANTS = {"NONE": None, "NEWTRUE": True, "NEWFALSE": False}


@dataclass(frozen=True, slots=True)
class Name:
    """Something of a module that the pickle refers to, as "module name"."""

    path: object


@dataclass(frozen=True, slots=True, eq=False)
class Call:
    """What the pickle would call, and with which arguments; PERSISTENT marks a thing kept outside the pickle."""

    function: object
    arguments: object


class _Mark:
    """One of a kind; compared by identity."""


OPAQUE, PERSISTENT = _Mark(), Name("persistent")
_MARK = _Mark()


def describe(pickled: bytes | BinaryIO, outside: list | None = None) -> object:
    """The value that one pickle describes: dicts, lists, tuples, texts and numbers, with `Name` and `Call` among them.

    A dict keeps only what stands under a text; nothing else is needed, and other keys can be made to take for ever.

    Args:
        pickled: read up to the end of the pickle, where the next one may begin.
        outside: gets the arguments of every PERSISTENT call.

    Raises ModelError for what is no pickle, or is one of too many steps.
    """
    file = io.BytesIO(pickled) if isinstance(pickled, bytes) else pickled
    stack: list = []
    memo: dict[int, object] = {}
    try:
        for steps, (code, argument, _) in enumerate(pickletools.genops(file)):
            if steps > MAX_STEPS:
                raise ModelError(
                    f"The file describes its contents in more than {MAX_STEPS:,} steps; no weights do."
                )
            if code.name == "BINPERSID" and outside is not None and stack:
                outside.append(stack[-1])
            if code.name != "STOP":
                _follow(code, argument, stack, memo)
        return stack.pop()
    except (ValueError, LookupError, TypeError, OverflowError, MemoryError) as error:
        if isinstance(error, ModelError):
            raise
        raise ModelError("The file's description of its contents is broken.") from error


def _follow(code: pickletools.OpcodeInfo, argument: object, stack: list, memo: dict[int, object]) -> None:
    """One instruction."""
    match code.name:
        case name if name in LITERALS:
            stack.append(argument)
        case name if name in CONSTANTS:
            stack.append(CONSTANTS[name])
        case "MARK":
            stack.append(_MARK)
        case "BINPUT" | "LONG_BINPUT" | "PUT":
            memo[argument] = stack[-1]  # type: ignore[index]
        case "MEMOIZE":
            memo[len(memo)] = stack[-1]
        case "BINGET" | "LONG_BINGET" | "GET":
            stack.append(memo[argument])  # type: ignore[index]
        case "GLOBAL":
            stack.append(Name(argument))
        case "STACK_GLOBAL":
            name, module = stack.pop(), stack.pop()
            stack.append(
                Name(f"{module} {name}" if isinstance(module, str) and isinstance(name, str) else None)
            )
        case "EMPTY_TUPLE":
            stack.append(())
        case "TUPLE1" | "TUPLE2" | "TUPLE3":
            stack.append(tuple(_taken(stack, int(code.name[-1]))))
        case "TUPLE":
            stack.append(tuple(_since_mark(stack)))
        case "EMPTY_LIST":
            stack.append([])
        case "LIST":
            stack.append(_since_mark(stack))
        case "APPEND" | "APPENDS":
            items = [stack.pop()] if code.name == "APPEND" else _since_mark(stack)
            if isinstance(stack[-1], list):
                stack[-1].extend(items)
        case "EMPTY_DICT":
            stack.append({})
        case "DICT":
            stack.append(_entered({}, _since_mark(stack)))
        case "SETITEM" | "SETITEMS":
            pairs = _taken(stack, 2) if code.name == "SETITEM" else _since_mark(stack)
            _entered(stack[-1], pairs)
        case "BINPERSID":
            stack.append(Call(PERSISTENT, stack.pop()))
        case "REDUCE":
            function, arguments = _taken(stack, 2)
            stack.append(_called(function, arguments))
        case "BUILD":
            stack.pop()  # attributes, which nothing here has
        case _:
            _skip(code, stack)


def _called(function: object, arguments: object) -> object:
    """A Call, except that an ordered dict, which is what state dicts are, is a dict."""
    if function != Name("collections OrderedDict"):
        return Call(function, arguments)
    pairs = arguments[0] if isinstance(arguments, tuple) and arguments else []
    made: dict[str, object] = {}
    for pair in pairs if isinstance(pairs, list) else []:
        _entered(made, list(pair) if isinstance(pair, list | tuple) else [])
    return made


def _entered(target: object, flat: list) -> object:
    """Keys and values, one after the other, entered in a dict."""
    if isinstance(target, dict):
        target.update(
            (key, value) for key, value in zip(flat[::2], flat[1::2], strict=True) if type(key) is str
        )
    return target


def _taken(stack: list, count: int) -> list:
    if len(stack) < count:
        raise IndexError("the stack is too short")
    items = stack[len(stack) - count :]
    del stack[len(stack) - count :]
    return items


def _since_mark(stack: list) -> list:
    items: list = []
    while (item := stack.pop()) is not _MARK:
        items.append(item)
    return items[::-1]


def _skip(code: pickletools.OpcodeInfo, stack: list) -> None:
    """Any other instruction: what it takes goes, and something unusable stands for what it would give."""
    before = list(code.stack_before)
    if pickletools.stackslice in before:
        _since_mark(stack)
        before = before[: before.index(pickletools.markobject)]
    _taken(stack, len(before))
    stack.extend(OPAQUE for _ in code.stack_after)
