"""C types for Python, in the compiler's layout: cffi types that are forced into it and then compared with it.

cffi parses no attributes and no ``#pragma pack``; left alone it would misread such types without a word. So its own
computation is replaced by the compiler's numbers, and every size and offset is checked afterwards. Bit-fields it does
not get to see: `fields` knows them, as the compiler places them.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, Final
from weakref import WeakKeyDictionary

from cmock_py.cdecl.members import nested_name
from cmock_py.cdecl.model import Array, Enumeration, Pointer
from cmock_py.errors import LayoutError, PlatformError
from cmock_py.host import fields

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import cffi

    from cmock_py.cdecl.model import CType, Declarations, Layout, Member

_SMALL_ENUMS: Final = {1: ("uint8_t", "int8_t"), 2: ("uint16_t", "int16_t")}
"""By size: the base of an enum without negative values, and of one with some."""
_known: WeakKeyDictionary[cffi.FFI, set[str]] = WeakKeyDictionary()


def typed(declarations: Declarations) -> cffi.FFI:
    """Make an FFI that knows every type of the slice in the compiler's layout.

    Args:
        declarations: with `layouts` filled by `cdecl.layout.read`.

    Returns:
        An FFI in ABI mode; it opens no library.

    Raises:
        LayoutError: a type cannot be brought into the compiler's layout; struct, member and both numbers are named.
        PlatformError: the installed cffi lacks what forcing a layout needs.

    >>> from cmock_py.cdecl.model import Declarations, Layout, Member
    >>> members = (Member("c", 0, 1), Member("i", 1, 4))
    >>> packed = Declarations(cdef="struct s { char c; int i; };", layouts=(Layout("struct s", 5, 1, members),))
    >>> typed(packed).sizeof("struct s")
    5
    """
    import cffi

    _check_cffi()
    ffi = cffi.FFI()
    extend(ffi, declarations)
    return ffi


def extend(ffi: cffi.FFI, declarations: Declarations) -> None:
    """Add a later slice of the same unit to an FFI that `typed` made; what it knows already is left alone.

    Args:
        ffi: made by `typed`.
        declarations: with layouts. A type that `ffi` has used while it was incomplete stays as it is.

    Raises:
        LayoutError: as `typed`.
    """
    import cffi

    known = _known.setdefault(ffi, set())
    lines = [line for line in declarations.cdef.splitlines() if line.strip() and line not in known]
    layouts = {layout.name: layout for layout in declarations.layouts if layout.name not in known}
    try:
        ffi.cdef("\n".join(lines))
    except (cffi.CDefError, cffi.FFIError, NotImplementedError, AssertionError) as error:
        raise LayoutError(f"cffi cannot hold the types that the headers declare: {error}") from None
    known.update(lines, layouts)
    _shrink_enums(ffi, declarations)
    models = _force(ffi, layouts)
    wrong = [
        reason for name, layout in layouts.items() for reason in _differences(ffi, models.get(name), layout, layouts)
    ]
    if wrong:
        raise LayoutError("cffi and the compiler disagree about the layout of C types:\n  " + "\n  ".join(wrong))


# --- forcing --------------------------------------------------------------------------------------------------------


@cache
def _check_cffi() -> None:
    """Try out the private attribute that this module relies on, once a process."""
    import cffi

    ffi = cffi.FFI()
    ffi.cdef("struct cmk_try { char c; int i; };")
    try:
        ffi._parser._declarations["struct cmk_try"][0].fixedlayout = ([0, 1], [1, 4], 5, 1)  # noqa: SLF001
        works = ffi.sizeof("struct cmk_try") == 5 and ffi.offsetof("struct cmk_try", "i") == 1  # noqa: PLR2004
    except Exception:  # noqa: BLE001 - whatever a future cffi does with it, the answer is the same
        works = False
    if not works:
        raise PlatformError(
            f"cffi {cffi.__version__} does not let a compiler's layout be forced into its types (the attribute "
            "'fixedlayout' of its model); install cffi 2.x, and report this version"
        )


def _force(ffi: cffi.FFI, layouts: Mapping[str, Layout]) -> dict[str, Any]:
    """Give cffi's types the layouts of the compiler, before it computes its own; return its models of them."""
    declared = ffi._parser._declarations  # noqa: SLF001 - the model behind the public names
    models: dict[str, Any] = {}
    for name in layouts:
        found = declared.get(name) or declared.get(f"typedef {name}")
        if found:
            models |= _nested(name, found[0], layouts)
    new = {name: model for name, model in models.items() if model.fldnames is not None and not model.completed}
    taken = {name: _force_one(model, layouts[name]) for name, model in new.items()}
    for name, types in taken.items():  # only now may a type be made, since it makes those that it holds
        if types:
            _place_bits(ffi, new[name], layouts[name], types)
    return models


def _nested(name: str, model: Any, layouts: Mapping[str, Layout]) -> dict[str, Any]:
    """Collect the model of an aggregate and of those that only its members name."""
    found = {name: model}
    for member, inner, _, _ in model.enumfields() if model.fldtypes is not None else ():
        dimensions = 0
        while hasattr(inner, "item"):
            inner, dimensions = inner.item, dimensions + 1  # noqa: PLW2901 - unwrapped step by step
        below = nested_name(name, member, dimensions)
        if below in layouts:
            found |= _nested(below, inner, layouts)
    return found


def _force_one(model: Any, layout: Layout) -> dict[str, Any]:
    """Force one aggregate; return the types of its bit-fields, which are taken out.

    Anonymous members are opened, so that each leaf has its own offset.
    """
    members = {member.name: member for member in layout.members}
    model.force_flatten()
    leaves = list(zip(model.fldnames, model.fldtypes, model.fldbitsize, model.fldquals, strict=True))
    rows = [
        (name, inner, *_placed(inner, members[name]), bits, quals) for name, inner, bits, quals in leaves if bits < 0
    ]
    # GNU C gives an empty struct no byte, cffi gives it one: such a member is left out.
    rows = [row for row in rows if not (row[3] == 0 and hasattr(row[1], "fldtypes"))]
    model.fldnames, model.fldtypes, offsets, sizes, model.fldbitsize, model.fldquals = (
        zip(*rows, strict=True) if rows else ((), (), (), (), (), ())
    )
    model.fixedlayout = (offsets, sizes, layout.size, layout.align)
    return {name: inner for name, inner, bits, _ in leaves if name and bits >= 0}


def _place_bits(ffi: cffi.FFI, model: Any, layout: Layout, types: Mapping[str, Any]) -> None:
    """Note where the bit-fields of an aggregate are: where the image has ones in which all their bits are set."""
    found = {}
    for member in layout.members:
        if member.image is not None:
            bits = int.from_bytes(member.image, "little")
            first = (bits & -bits).bit_length() - 1
            found[member.name] = fields.BitField(_ctype(ffi, types[member.name]), first, bits.bit_count())
    fields.place(_ctype(ffi, model), [member.name for member in layout.members], found)


def _placed(inner: Any, member: Member) -> tuple[int, int]:
    """Return the offset and size of one field."""
    size = member.size or 0
    _shrink(inner, size)
    return member.offset or 0, size


def _shrink(model: Any, size: int) -> None:
    """Give an enum, or one in an array of *size* bytes, the size that the compiler has: cffi knows no packed ones."""
    count = 1
    while hasattr(model, "item") and isinstance(model.length, int):
        model, count = model.item, count * model.length
    if hasattr(model, "enumvalues") and count and size // count in _SMALL_ENUMS:
        from cffi.model import PrimitiveType

        model.baseinttype = PrimitiveType(_SMALL_ENUMS[size // count][min(model.enumvalues, default=0) < 0])


def _shrink_enums(ffi: cffi.FFI, declarations: Declarations) -> None:
    """Give the enums that functions, globals and asked types are made of the compiler's sizes, before cffi sizes them.

    An enum may have no name at all, so it is found by its first enumerator.
    """
    functions = declarations.functions.values()
    used = [
        *declarations.types.values(),
        *(variable.type for variable in declarations.variables.values()),
        *(ctype for function in functions for ctype in (function.ret, *(p.type for p in function.params))),
    ]
    sizes = {enum.values[0][0]: enum.size for ctype in used for enum in _enumerations(ctype) if enum.values}
    for model, _ in ffi._parser._declarations.values():  # noqa: SLF001 - the model behind the public names
        if getattr(model, "enumerators", None):
            _shrink(model, sizes.get(model.enumerators[0], 0))


def _enumerations(ctype: CType) -> Iterator[Enumeration]:
    """Yield the enum that a type is made of."""
    match ctype:
        case Enumeration():
            yield ctype
        case Pointer(to=target) | Array(of=target):
            yield from _enumerations(target)


def _ctype(ffi: cffi.FFI, model: Any) -> Any:
    """Return the cffi type of a model; `typeof` would parse its name with every typedef known, in milliseconds."""
    with ffi._lock:  # noqa: SLF001
        return ffi._get_cached_btype(model)  # noqa: SLF001


# --- comparing ------------------------------------------------------------------------------------------------------


def _differences(ffi: cffi.FFI, model: Any, layout: Layout, layouts: Mapping[str, Layout]) -> Iterator[str]:
    """Yield what is different in one aggregate that has a name, and in those inside that have none."""
    from cffi import VerificationError

    if "__typeof__" in layout.name or layout.size == 0:
        return
    if model is None:
        yield f"{layout.name}: cffi does not have this type"
        return
    try:
        ctype = _ctype(ffi, model)
    except (TypeError, NotImplementedError, AssertionError, VerificationError) as error:
        yield f"{layout.name}: cffi cannot place its members: {error}"
        return
    if ctype.fields is None:
        yield f"{layout.name}: cffi has no members for it, the compiler {len(layout.members)}"
        return
    if (ffi.sizeof(ctype), ffi.alignof(ctype)) != (layout.size, layout.align):
        yield (
            f"{layout.name}: {ffi.sizeof(ctype)} bytes, aligned to {ffi.alignof(ctype)}, for cffi; "
            f"{layout.size} bytes, aligned to {layout.align}, for the compiler"
        )
        return
    yield from _in_type(ffi, ctype, layout, layouts)


def _in_type(ffi: cffi.FFI, ctype: Any, layout: Layout, layouts: Mapping[str, Layout]) -> Iterator[str]:
    """Yield the differences in the members of one aggregate."""
    known = dict(_fields(ctype, 0))
    for member in layout.members:
        if member.image is not None:
            continue  # known from the compiler alone
        if member.name not in known:
            if member.size != 0:
                yield f"{layout.name}.{member.name}: cffi does not have this member"
            continue
        offset, inner = known[member.name]
        size = None if _is_flexible(inner) else ffi.sizeof(inner)
        if offset != member.offset or (member.size is not None and size != member.size):
            yield (
                f"{layout.name}.{member.name}: {size} bytes at offset {offset} for cffi; "
                f"{member.size} bytes at offset {member.offset} for the compiler"
            )
        else:
            yield from _below(ffi, inner, layout, member, layouts)


def _below(ffi: cffi.FFI, inner: Any, layout: Layout, member: Member, layouts: Mapping[str, Layout]) -> Iterator[str]:
    """Yield the differences inside a member whose type has no name of its own."""
    dimensions = 0
    while inner.kind == "array" and member.size:
        inner, dimensions = inner.item, dimensions + 1
    below = layouts.get(nested_name(layout.name, member.name, dimensions))
    if below and below.size and inner.kind in {"struct", "union"}:
        yield from _in_type(ffi, inner, below, layouts)


def _fields(ctype: Any, base: int) -> Iterator[tuple[str, tuple[int, Any]]]:
    """Yield name, offset and type of the fields of an aggregate, through anonymous ones."""
    for name, field in ctype.fields or ():
        if name:
            yield name, (base + field.offset, field.type)
        else:
            yield from _fields(field.type, base + field.offset)


def _is_flexible(ctype: Any) -> bool:
    """Decide whether a field is an array without a length."""
    return ctype.kind == "array" and ctype.length is None
