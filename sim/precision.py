"""Elements of float32 columns enter compiled arithmetic as float64, as they do in plain Python.

Left alone, numba multiplies two of them in single precision. A test compares every mechanism with its
plain source, so a version of numba in which this no longer works is noticed.
"""

from __future__ import annotations

import operator
from typing import Any, ClassVar

from numba.core import types
from numba.core.imputils import lower_builtin
from numba.core.typing.templates import AbstractTemplate, infer_global, signature
from numba.np import arrayobj

# numba.core is untyped
# mypy: disable-error-code="misc,no-untyped-call,untyped-decorator"


def load_in_double_precision() -> None:
    """Teach numba the type and the reading of single elements; writing them is as ever."""

    @infer_global(operator.getitem)
    class Element(AbstractTemplate):
        metadata: ClassVar = {"target": "cpu"}  # asked before numba's own, which serves every target

        def generic(self, args: Any, _: Any) -> Any:
            array, index = args
            places = index.types if isinstance(index, types.BaseTuple) else (index,)  # type: ignore[attr-defined]
            single = isinstance(array, types.Array) and array.dtype == types.float32
            if single and array.ndim == len(places) and all(isinstance(p, types.Integer) for p in places):
                return signature(types.float64, array, index)
            return None

    def read(kind: Any, plain: Any) -> None:
        @lower_builtin(operator.getitem, types.Array, kind)
        def element(context: Any, builder: Any, sig: Any, args: Any) -> Any:
            if sig.return_type == types.float64 and sig.args[0].dtype == types.float32:
                found = plain(context, builder, signature(types.float32, *sig.args), args)
                return context.cast(builder, found, types.float32, types.float64)
            return plain(context, builder, sig, args)

    read(types.Integer, arrayobj.getitem_arraynd_intp)
    read(types.BaseTuple, arrayobj.getitem_array_tuple)
