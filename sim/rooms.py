"""How compiled loops see a room: the number of rows and where each column begins.

To numba a room is a type of its own. Handing one over costs the same however many columns it has, and
code that takes it stays short; a column it does not have is an unknown attribute, and one that is only
read is a read-only array.
"""

from __future__ import annotations

from typing import Any

from numba.core import cgutils, types
from numba.core.typing.templates import AttributeTemplate, infer_getattr
from numba.extending import NativeValue, lower_getattr_generic, models, register_model, unbox
from numba.np import arrayobj, numpy_support

from sim.table import Column

# numba.core is untyped
# mypy: disable-error-code="misc,no-untyped-call,untyped-decorator"


class RoomType(types.Type):
    """The type of one room: its name, and for each column its array type and width."""

    def __init__(self, name: str, columns: tuple[tuple[str, Any, int], ...]) -> None:
        self.columns = {column: (array, width) for column, array, width in columns}
        super().__init__(f"{name}({', '.join(f'{column} {width}: {array}' for column, array, width in columns)})")


def room_type(name: str, columns: list[tuple[Column, bool]]) -> RoomType:
    """Type of a room of that name; with each column goes whether it may be written."""
    kinds = []
    for column, writable in columns:
        element = numpy_support.from_dtype(column.dtype)
        array = types.Array(element, 2 if column.width else 1, "C", readonly=not writable)
        kinds.append((column.name, array, column.width))
    return RoomType(name, tuple(kinds))


@register_model(RoomType)
class RoomModel(models.StructModel):
    """Rows, then the address of each column."""

    def __init__(self, manager: Any, kind: RoomType) -> None:
        addresses = [(name, types.CPointer(array.dtype)) for name, (array, _) in kind.columns.items()]
        super().__init__(manager, kind, [("rows of the table", types.intp), *addresses])


@unbox(RoomType)
def unbox_room(kind: RoomType, given: Any, c: Any) -> Any:
    """Read the words that `sim.mechanism.Room` keeps in that order."""
    number = c.pyapi.object_getattr_string(given, "address")
    words = c.builder.bitcast(c.pyapi.long_as_voidptr(number), c.context.get_value_type(types.intp).as_pointer())
    c.pyapi.decref(number)
    room = cgutils.create_struct_proxy(kind)(c.context, c.builder)
    room[0] = c.builder.load(words)
    for k, (array, _) in enumerate(kind.columns.values(), start=1):
        word = c.builder.load(cgutils.gep_inbounds(c.builder, words, k))
        room[k] = c.builder.inttoptr(word, c.context.get_value_type(array.dtype).as_pointer())
    return NativeValue(room._getvalue())


@infer_getattr
class RoomColumns(AttributeTemplate):
    """A room has the columns that were declared, and no others."""

    key = RoomType

    def generic_resolve(self, room: RoomType, name: str) -> Any:  # type: ignore[override]
        return room.columns[name][0] if name in room.columns else None


@lower_getattr_generic(RoomType)
def column_of_room(context: Any, builder: Any, kind: RoomType, value: Any, name: str) -> Any:
    """The column as an array that nobody counts references of: the table outlives the loop."""
    array, width = kind.columns[name]
    room = cgutils.create_struct_proxy(kind)(context, builder, value=value)
    size = context.get_abi_sizeof(context.get_data_type(array.dtype))
    shape, strides = [room[0]], [size]
    if width:
        shape, strides = [room[0], context.get_constant(types.intp, width)], [size * width, size]
    made = arrayobj.make_array(array)(context, builder)
    arrayobj.populate_array(
        made, getattr(room, name), shape, [context.get_constant(types.intp, s) for s in strides],
        context.get_constant(types.intp, size), meminfo=None,
    )  # fmt: skip
    return made._getvalue()
