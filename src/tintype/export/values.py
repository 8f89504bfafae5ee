"""Arithmetic written down as ONNX nodes, so that a formula reads here as it does in NumPy.

A `Value` stands for a tensor that will be there when the file runs; `+`, `<` and the functions of `Sheet` add
nodes. What NumPy knows while it runs, as a height or a count, is a tensor here too: sizes stay free.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import DTypeLike, NDArray

Number: TypeAlias = "int | float | np.generic | NDArray[Any]"


class Value:
    """A tensor in the making: its name, and the type of its elements."""

    __array_ufunc__ = None  # else NumPy's numbers on the left would take it for one of their arrays

    def __init__(self, sheet: Sheet, name: str, dtype: np.dtype[Any]) -> None:
        self.sheet, self.name, self.dtype = sheet, name, dtype

    def _with(
        self, kind: str, other: Value | Number, *, swap: bool = False, dtype: DTypeLike | None = None
    ) -> Value:
        second = other if isinstance(other, Value) else self.sheet.constant(other, self.dtype)
        pair = (second, self) if swap else (self, second)
        return self.sheet.op(kind, *pair, dtype=dtype or self.dtype)

    def __add__(self, other: Value | Number) -> Value:
        return self._with("Add", other)

    def __radd__(self, other: Number) -> Value:
        return self._with("Add", other, swap=True)

    def __sub__(self, other: Value | Number) -> Value:
        return self._with("Sub", other)

    def __rsub__(self, other: Number) -> Value:
        return self._with("Sub", other, swap=True)

    def __mul__(self, other: Value | Number) -> Value:
        return self._with("Mul", other)

    def __rmul__(self, other: Number) -> Value:
        return self._with("Mul", other, swap=True)

    def __truediv__(self, other: Value | Number) -> Value:
        return self._with("Div", other)

    def __rtruediv__(self, other: Number) -> Value:
        return self._with("Div", other, swap=True)

    def __pow__(self, other: Value | Number) -> Value:
        return self._with("Pow", other)

    def __matmul__(self, other: Value) -> Value:
        return self._with("MatMul", other)

    def __neg__(self) -> Value:
        return self.sheet.op("Neg", self)

    def __lt__(self, other: Value | Number) -> Value:
        return self._with("Less", other, dtype=bool)

    def __gt__(self, other: Value | Number) -> Value:
        return self._with("Greater", other, dtype=bool)

    def __le__(self, other: Value | Number) -> Value:
        return self._with("LessOrEqual", other, dtype=bool)

    def __ge__(self, other: Value | Number) -> Value:
        return self._with("GreaterOrEqual", other, dtype=bool)

    def equals(self, other: Value | Number) -> Value:
        """Return where both are equal."""
        return self._with("Equal", other, dtype=bool)

    def __or__(self, other: Value) -> Value:
        return self._with("Or", other)

    def __and__(self, other: Value) -> Value:
        return self._with("And", other)

    def __abs__(self) -> Value:
        return self.sheet.op("Abs", self)

    def to(self, dtype: DTypeLike) -> Value:
        """Return it in another type; fractions are cut off."""
        from onnx import helper

        found = np.dtype(dtype)
        if found == self.dtype:
            return self
        return self.sheet.op("Cast", self, dtype=found, to=helper.np_dtype_to_tensor_dtype(found))

    def reshape(self, *shape: int | Value) -> Value:
        """Return it in another shape; -1 is the rest, and sizes may be values."""
        return self.sheet.op("Reshape", self, self.sheet.vector(*shape))

    def transpose(self, *order: int) -> Value:
        """Return it with its axes in another order."""
        return self.sheet.op("Transpose", self, perm=list(order))

    def sum(self, axis: int) -> Value:
        """Return the sum over an axis, which stays, with a length of 1."""
        return self.sheet.op("ReduceSum", self, self.sheet.constant([axis], np.int64), keepdims=1)

    def max(self, axis: int) -> Value:
        """Return the largest over an axis, which stays, with a length of 1."""
        return self.sheet.op("ReduceMax", self, self.sheet.constant([axis], np.int64), keepdims=1)

    def mean(self, axis: int) -> Value:
        """Return the mean over an axis, which stays, with a length of 1."""
        return self.sum(axis) / self.size(axis).to(self.dtype)

    def size(self, axis: int) -> Value:
        """Return the length of an axis, int64 of shape (1,)."""
        return self.sheet.op("Shape", self, dtype=np.int64).take([axis])

    def take(self, index: Value | Number | Sequence[int], axis: int = 0) -> Value:
        """Return the entries of these indices along an axis, as NumPy's take does."""
        at = index if isinstance(index, Value) else self.sheet.constant(index, np.int64)
        return self.sheet.op("Gather", self, at, axis=axis)

    def part(self, start: int | Value, end: int | Value, axis: int) -> Value:
        """Return the entries from start to end (exclusive) of an axis."""
        ends = (self.sheet.vector(start), self.sheet.vector(end), self.sheet.vector(axis))
        return self.sheet.op("Slice", self, *ends)


class Sheet:
    """Nodes, constants and inputs of a graph in the making.

    Parameters
    ----------
    prefix : str
        Before every name; graphs inside of a graph need one of their own.
    depth : int
        How many loops it lies in.
    """

    def __init__(self, prefix: str = "", depth: int = 0) -> None:
        self.prefix, self.depth, self._count = prefix, depth, 0
        self.nodes: list[Any] = []
        self.constants: list[Any] = []
        self.inputs: list[Any] = []
        self._known: dict[tuple[str, tuple[int, ...], bytes], str] = {}

    def named(self, name: str, dtype: DTypeLike) -> Value:
        """Return the value of that name, which somebody else adds."""
        return Value(self, name, np.dtype(dtype))

    def input(self, name: str, dtype: DTypeLike, shape: Sequence[int | str]) -> Value:
        """Add an input; lengths that are free have a name."""
        self.inputs.append(described(name, dtype, shape))
        return self.named(name, dtype)

    def constant(self, value: Any, dtype: DTypeLike = np.float32) -> Value:
        """Return a constant; equal ones are stored once."""
        from onnx import numpy_helper

        array = np.asarray(value, dtype=dtype)
        key = (array.dtype.str, array.shape, array.tobytes())
        if key not in self._known:
            self._known[key] = f"{self.prefix}c{len(self._known)}"
            self.constants.append(numpy_helper.from_array(array, self._known[key]))
        return self.named(self._known[key], array.dtype)

    def op(
        self, kind: str, *inputs: Value, dtype: DTypeLike | None = None, name: str = "", **attributes: Any
    ) -> Value:
        """Add a node with one output, of the type of its first input unless told.

        It goes into the innermost loop that one of its inputs belongs to: what is outside is worked out once.
        """
        from onnx import helper

        deepest = max((i.sheet for i in inputs), key=lambda sheet: sheet.depth)
        if deepest.depth > self.depth:
            return deepest.op(kind, *inputs, dtype=dtype, name=name, **attributes)
        self._count += 1
        output = name or f"{self.prefix}{kind.lower()}{self._count}"
        self.nodes.append(
            helper.make_node(kind, [i.name for i in inputs], [output], name=output, **attributes)
        )
        return self.named(output, dtype or inputs[0].dtype)

    def vector(self, *parts: int | Value) -> Value:
        """Return whole numbers, some of them values of shape (1,), as one tensor."""
        if all(isinstance(p, int) for p in parts):
            return self.constant(parts, np.int64)
        given = [p if isinstance(p, Value) else self.constant([p], np.int64) for p in parts]
        return given[0] if len(given) == 1 else self.concat(*given, axis=0)

    def concat(self, *parts: Value, axis: int) -> Value:
        """Join along an axis."""
        return self.op("Concat", *parts, axis=axis)

    def where(self, condition: Value, then: Value, other: Value | Number) -> Value:
        """Return `then` where the condition holds, else `other`."""
        second = other if isinstance(other, Value) else self.constant(other, then.dtype)
        return self.op("Where", condition, then, second, dtype=then.dtype)

    def least(self, *values: Value | Number) -> Value:
        """Return the smallest, element by element; the first is a value."""
        return self._extreme("Min", values)

    def greatest(self, *values: Value | Number) -> Value:
        """Return the largest, element by element; the first is a value."""
        return self._extreme("Max", values)

    def _extreme(self, kind: str, values: Sequence[Value | Number]) -> Value:
        first = values[0]
        assert isinstance(first, Value)
        return self.op(kind, *(v if isinstance(v, Value) else self.constant(v, first.dtype) for v in values))

    def range(self, count: Value) -> Value:
        """Return 0, 1, … count - 1, int64; count has the shape (1,)."""
        scalar = self.op("Squeeze", count, self.constant([0], np.int64))
        zero, one = self.constant(0, np.int64), self.constant(1, np.int64)
        return self.op("Range", zero, scalar, one)

    def scan(self, count: Value, carried: Sequence[Value], body: Body) -> list[Value]:
        """Add a loop.

        Parameters
        ----------
        count : int64, shape (1,)
        carried : sequence of Value
            What goes from turn to turn.
        body : callable
            Given a sheet, the number of the turn (int64, shape (1,)) and what is carried, returns what is
            carried on, and what each turn gives, which is stacked.

        Returns
        -------
        list of Value
            What is carried at the end, then the stacks.
        """
        from onnx import helper

        self._count += 1
        inner = Sheet(f"{self.prefix}loop{self._count}.", self.depth + 1)
        turn = Value(inner, f"{inner.prefix}turn", np.dtype(np.int64))
        going = Value(inner, f"{inner.prefix}going", np.dtype(bool))
        given = [Value(inner, f"{inner.prefix}in{i}", c.dtype) for i, c in enumerate(carried)]
        kept, stacked = body(inner, turn.reshape(1), given)
        on = inner.op("Identity", going)
        outputs = [on, *kept, *stacked]
        inputs = [described(turn.name, turn.dtype, []), described(going.name, bool, [])]
        inputs += [described(g.name, g.dtype, None) for g in given]
        graph = helper.make_graph(
            inner.nodes, inner.prefix.rstrip("."), inputs,
            [described(o.name, o.dtype, None) for o in outputs], inner.constants,
        )  # fmt: skip
        names = [f"{self.prefix}loop{self._count}_{i}" for i in range(len(kept) + len(stacked))]
        squeezed = self.op("Squeeze", count, self.constant([0], np.int64))
        condition = self.constant(True, bool)
        self.nodes.append(
            helper.make_node(
                "Loop",
                [squeezed.name, condition.name, *(c.name for c in carried)],
                names,
                name=f"{self.prefix}loop{self._count}",
                body=graph,
            )
        )
        return [self.named(n, v.dtype) for n, v in zip(names, [*kept, *stacked], strict=True)]


Body: TypeAlias = Callable[[Sheet, Value, list[Value]], tuple[list[Value], list[Value]]]


def described(name: str, dtype: DTypeLike, shape: Sequence[int | str] | None) -> Any:
    """Return the description of an input or output."""
    from onnx import helper

    kind = helper.np_dtype_to_tensor_dtype(np.dtype(dtype))
    return helper.make_tensor_value_info(name, kind, shape)
