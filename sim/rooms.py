"""How compiled loops see a room, the number of rows and where each column begins, and rules, numbers by name.

To numba each is a type of its own. Handing one over costs the same however many fields it has, and code
that takes it stays short; a column it does not have is an unknown attribute, and one that is only read is
a read-only array.
"""

from __future__ import annotations

from typing import Any

from numba.core import cgutils, types
from numba.core.typing.templates import AttributeTemplate, infer_getattr
from numba.extending import NativeValue, lower_getattr_generic, models, register_model, typeof_impl, unbox
from numba.np import arrayobj, numpy_support

from sim.mechanism import Handed

# numba.core is untyped
# mypy: disable-error-code="misc,no-untyped-call,untyped-decorator"


class HandedType(types.Type):
    """Its name, and for each field its type, its width and its word."""

    def __init__(self, name: str, fields: dict[str, tuple[Any, int, int]]) -> None:
        self.fields = fields
        super().__init__(f"{name}({fields})")


def handed_type(kind: type[Handed]) -> HandedType:
    """The type of one kind of room or rules."""
    fields = {}
    for name, (dtype, width, written, word) in kind.layout().items():
        element = numpy_support.from_dtype(dtype)
        array = types.Array(element, 2 if width else 1, "C", readonly=not written)
        fields[name] = (element if written is None else array, width, word)
    return HandedType(kind.__name__, fields)


@typeof_impl.register(Handed)
def type_of(handed: Handed, _: Any) -> Any:
    """The same for numba, when it meets a kind for the first time."""
    return handed._numba_type_


@register_model(HandedType)
class HandedModel(models.StructModel):
    """Rows, then the address of each column or each number."""

    def __init__(self, manager: Any, kind: HandedType) -> None:
        fields = [(name, types.CPointer(one.dtype) if isinstance(one, types.Array) else one)
                  for name, (one, _, _) in kind.fields.items()]  # fmt: skip
        super().__init__(manager, kind, [("rows of the table", types.intp), *fields])


@unbox(HandedType)
def unbox_handed(kind: HandedType, given: Any, c: Any) -> Any:
    """Read the words of `sim.table.Table.words` or `sim.mechanism.Rules`."""
    number = c.pyapi.object_getattr_string(given, "address")
    words = c.builder.bitcast(c.pyapi.long_as_voidptr(number), c.context.get_value_type(types.intp).as_pointer())
    c.pyapi.decref(number)
    made = cgutils.create_struct_proxy(kind)(c.context, c.builder)
    made[0] = c.builder.load(words)
    for k, (one, _, word) in enumerate(kind.fields.values(), start=1):
        value = c.builder.load(cgutils.gep_inbounds(c.builder, words, word))
        if isinstance(one, types.Array):
            made[k] = c.builder.inttoptr(value, c.context.get_value_type(one.dtype).as_pointer())
        else:
            made[k] = c.builder.bitcast(value, c.context.get_value_type(one))
    return NativeValue(made._getvalue())


@infer_getattr
class HandedFields(AttributeTemplate):
    """A room has the columns that were declared, and no others; rules have the parameters."""

    key = HandedType

    def generic_resolve(self, handed: HandedType, name: str) -> Any:  # type: ignore[override]
        return handed.fields[name][0] if name in handed.fields else None


@lower_getattr_generic(HandedType)
def field_of(context: Any, builder: Any, kind: HandedType, value: Any, name: str) -> Any:
    """The number, or the column as an array that nobody counts references of: the table outlives the loop."""
    one, width, _ = kind.fields[name]
    handed = cgutils.create_struct_proxy(kind)(context, builder, value=value)
    if not isinstance(one, types.Array):
        return getattr(handed, name)
    size = context.get_abi_sizeof(context.get_data_type(one.dtype))
    shape, strides = [handed[0]], [size]
    if width:
        shape, strides = [handed[0], context.get_constant(types.intp, width)], [size * width, size]
    made = arrayobj.make_array(one)(context, builder)
    arrayobj.populate_array(
        made, getattr(handed, name), shape, [context.get_constant(types.intp, s) for s in strides],
        context.get_constant(types.intp, size), meminfo=None,
    )  # fmt: skip
    return made._getvalue()
