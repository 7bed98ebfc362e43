"""C types for Python, in the compiler's layout: cffi types that are forced into it and then compared with it.

cffi parses no attributes and no ``#pragma pack``; left alone it would misread such types without a word. So its own
computation is replaced by the compiler's numbers, and every size, offset and bit-field is checked afterwards.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Final
from weakref import WeakKeyDictionary

from cmock_py.cdecl.members import nested_name
from cmock_py.cdecl.model import Array, Enumeration, Pointer
from cmock_py.errors import LayoutError, PlatformError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import cffi

    from cmock_py.cdecl.model import CType, Declarations, Layout, Member

_SMALL_ENUMS: Final = {1: ("uint8_t", "int8_t"), 2: ("uint16_t", "int16_t")}
"""By size: the base of an enum without negative values, and of one with some."""
_SPARE: Final = 16
"""Bytes behind a scratch object: the container of a misplaced bit-field may reach past its end."""

_known: WeakKeyDictionary[cffi.FFI, set[str]] = WeakKeyDictionary()


@dataclass(frozen=True, slots=True)
class _Scratch:
    """An object of zeros to try a type on.

    Attributes:
        ffi: that of the type.
        memory: the bytes of the object and some spare ones behind it.
        view: the aggregate in question, within `memory`.
        start: where `view` starts in `memory`.
    """

    ffi: cffi.FFI
    memory: Any
    view: Any
    start: int = 0


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
    for name, model in models.items():
        if model.fldnames is not None and not model.completed:
            _force_one(ffi, model, layouts[name])
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


def _force_one(ffi: cffi.FFI, model: Any, layout: Layout) -> None:
    """Force one aggregate.

    Anonymous members are opened, so that each leaf has its own offset; but not around a bit-field, whose place cffi
    must compute (-1) from what stands before it.
    """
    members = {member.name: member for member in layout.members}
    if any(member.image is not None for member in layout.members):
        if any(name == "" and bits < 0 for name, bits in zip(model.fldnames, model.fldbitsize, strict=True)):
            return
    else:
        model.force_flatten()
    rows = [
        (name, *_placed(ffi, name, inner, bits, members), bits, quals)
        for name, inner, bits, quals in zip(
            model.fldnames, model.fldtypes, model.fldbitsize, model.fldquals, strict=True
        )
    ]
    # GNU C gives an empty struct no byte, cffi gives it one: such a member is left out.
    rows = [row for row in rows if not (row[3] == 0 and hasattr(row[1], "fldtypes"))]
    model.fldnames, model.fldtypes, offsets, sizes, model.fldbitsize, model.fldquals = (
        zip(*rows, strict=True) if rows else ((), (), (), (), (), ())
    )
    model.fixedlayout = (offsets, sizes, layout.size, layout.align)


def _placed(ffi: cffi.FFI, name: str, inner: Any, bits: int, members: Mapping[str, Member]) -> tuple[Any, int, int]:
    """Return the type, offset and size of one field."""
    if bits >= 0:
        return inner, -1, ffi.sizeof(_ctype(ffi, inner))
    member = members[name]
    size = member.size or 0
    _shrink(inner, size)
    return inner, member.offset or 0, size


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
    from cffi.model import PointerType

    if "__typeof__" in layout.name or layout.size == 0:
        return
    if model is None:
        yield f"{layout.name}: cffi does not have this type"
        return
    try:
        ctype = _ctype(ffi, model)
    except (TypeError, NotImplementedError, AssertionError, VerificationError) as error:
        bits = ", ".join(member.name for member in layout.members if member.image is not None)
        yield f"{layout.name}: cffi cannot place {f'the bit-fields {bits}' if bits else 'its members'}: {error}"
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
    memory = ffi.new("char[]", layout.size + _SPARE)
    view = ffi.cast(_ctype(ffi, PointerType(model)), memory)[0]
    yield from _in_view(_Scratch(ffi, memory, view), layout, layouts)


def _in_view(scratch: _Scratch, layout: Layout, layouts: Mapping[str, Layout]) -> Iterator[str]:
    """Yield the differences in the members of one aggregate."""
    fields = dict(_fields(scratch.ffi.typeof(scratch.view), 0))
    for member in layout.members:
        if member.name not in fields:
            if member.size != 0:
                yield f"{layout.name}.{member.name}: cffi does not have this member"
        elif member.image is not None:
            yield from _in_image(scratch, layout, member)
        else:
            offset, ctype = fields[member.name]
            size = None if _is_flexible(ctype) else scratch.ffi.sizeof(ctype)
            if offset != member.offset or (member.size is not None and size != member.size):
                yield (
                    f"{layout.name}.{member.name}: {size} bytes at offset {offset} for cffi; "
                    f"{member.size} bytes at offset {member.offset} for the compiler"
                )
            else:
                yield from _below(scratch, layout, member, layouts)


def _below(scratch: _Scratch, layout: Layout, member: Member, layouts: Mapping[str, Layout]) -> Iterator[str]:
    """Yield the differences inside a member whose type has no name of its own."""
    ffi = scratch.ffi
    inner = getattr(scratch.view, member.name, None)
    dimensions = 0
    while isinstance(inner, ffi.CData) and ffi.typeof(inner).kind == "array" and member.size:
        inner, dimensions = inner[0], dimensions + 1
    below = layouts.get(nested_name(layout.name, member.name, dimensions))
    if below and below.size and isinstance(inner, ffi.CData):
        start = scratch.start + (member.offset or 0)
        yield from _in_view(_Scratch(ffi, scratch.memory, inner, start), below, layouts)


def _in_image(scratch: _Scratch, layout: Layout, member: Member) -> Iterator[str]:
    """Yield whether cffi sets other bits than the compiler when a bit-field is all ones."""
    ffi, memory, start = scratch.ffi, scratch.memory, scratch.start
    _set_all_bits(ffi, scratch.view, member.name)
    written = bytes(ffi.buffer(memory))
    ffi.memmove(memory, bytes(len(memory)), len(memory))
    image = member.image or b""
    if written != (bytes(start) + image).ljust(len(written), b"\0"):
        yield (
            f"{layout.name}.{member.name}: the bit-field is {written[start : start + layout.size].hex(' ')} for cffi "
            f"and {image.hex(' ')} for the compiler when all its bits are set"
        )


def _set_all_bits(ffi: cffi.FFI, view: Any, name: str) -> None:
    """Set a bit-field to -1 or, when it is unsigned, to its largest value."""
    bits = next(field.bitsize for found, field in _leaves(ffi.typeof(view)) if found == name)
    for value in (-1, (1 << bits) - 1):
        try:
            setattr(view, name, value)
        except OverflowError:
            continue
        return


def _fields(ctype: Any, base: int) -> Iterator[tuple[str, tuple[int, Any]]]:
    """Yield name, offset and type of the fields of an aggregate, through anonymous ones."""
    for name, field in ctype.fields or ():
        if name:
            yield name, (base + field.offset, field.type)
        else:
            yield from _fields(field.type, base + field.offset)


def _leaves(ctype: Any) -> Iterator[tuple[str, Any]]:
    """Yield name and field of an aggregate, through anonymous ones."""
    for name, field in ctype.fields or ():
        if name:
            yield name, field
        else:
            yield from _leaves(field.type)


def _is_flexible(ctype: Any) -> bool:
    """Decide whether a field is an array without a length."""
    return ctype.kind == "array" and ctype.length is None
