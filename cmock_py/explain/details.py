"""Says where exactly two values differ: the offset in a text, the index in an array, the bit in a number."""

from __future__ import annotations

import unicodedata
from errno import errorcode
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from cmock_py.explain.values import readable, show_value
from cmock_py.lang.names import errno_number, everything_in
from cmock_py.lang.nodes import WILDCARD, Bits, Both, Compare, OneOf, Regex
from cmock_py.lang.patterns import element_fits, fits
from cmock_py.lang.render import render_value
from cmock_py.lang.searching import may_have
from cmock_py.trace import Address, Enumerator, Handle, Near, Truncated

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cmock_py.explain.report import WrongAnswer, WrongArgument
    from cmock_py.trace import Call

_SHOWN: dict[type, tuple[int, int]] = {str: (24, 60), bytes: (12, 30)}
"""Of a long text and of long bytes: how many are shown before the first difference, and in all."""
_SMALL = 9
"""Numbers up to this one read the same in hexadecimal."""
_VALUE_WIDTH = 100
_MEMBERS = 4
"""Members of a struct that are told."""
_ABSENT = object()


def argument_details(wrong: WrongArgument, written: Any = None) -> list[str]:
    r"""Show what was expected of an argument, what it was, and where the two part; not indented.

    Args:
        wrong: the argument.
        written: the pattern as the language has it, if that is known.

    >>> from cmock_py.explain.report import WrongArgument
    >>> print(*argument_details(WrongArgument("data", "GET /index.html", "GET /index.htm")), sep="\n")
    data:  expected "GET /index.html"
           but was  "GET /index.htm"
                                   ^ first difference at offset 14: the text ends, "l" is missing
    """
    head = f"{wrong.name}:  "
    return [*_two_lines(head, wrong.expected, wrong.actual, written), *_cut(len(head), wrong.expected, wrong.actual)]


def answer_details(wrong: WrongAnswer) -> list[str]:
    """Show the answer that the language of the check gives, and the one that the call got.

    >>> from cmock_py.explain.report import WrongAnswer
    >>> answer_details(WrongAnswer(0, 0, -1, -1, errno=("EIO", 4)))
    ['errno:  expected EIO (5) but was EINTR (4)']
    """
    errno = (
        [] if wrong.errno is None else [f"errno:  expected {show_errno(wrong.errno[0])} but {_left(wrong.errno[1])}"]
    )
    if (errno and wrong.expected is None) or fits(wrong.expected, wrong.actual):
        return errno or ["answer:  the decoded answers show no difference; errno or bytes that are not shown do"]
    return [*_two_lines("answer:  ", wrong.expected, wrong.actual), *errno]


def show_errno(value: int | str) -> str:
    """Show a value of ``errno`` by its name, if it has one.

    >>> show_errno("EWOULDBLOCK"), show_errno(4), show_errno(0), show_errno(9999)
    ('EWOULDBLOCK (11)', 'EINTR (4)', '0', '9999')
    """
    number = errno_number(value)
    name = value if isinstance(value, str) else errorcode.get(number)
    return str(int(number)) if name is None else f"{name} ({int(number)})"


def _left(errno: Any) -> str:
    return "it was left alone" if errno is None else f"was {show_errno(errno)}"


def _two_lines(head: str, expected: Any, actual: Any, written: Any = None) -> list[str]:
    """Show both values below each other, and what can be said about their difference."""
    kept = actual.value if isinstance(actual, Truncated) else actual
    if all(isinstance(readable(value), str) for value in (expected, kept)):
        expected, kept = readable(expected), readable(kept)
        actual = Truncated(kept, actual.size) if isinstance(actual, Truncated) else kept
    if _kind(expected) is not None and _kind(expected) is _kind(kept):
        return _texts(head, expected, kept, actual)
    if isinstance(expected, list) and _kind(kept) is bytes:  # elements of one byte, of which the event says patterns
        return _nested(head, expected, [*kept], actual)
    if isinstance(kept, (list, dict)) and (isinstance(expected, Both) or type(expected) is type(kept)):
        return _nested(head, expected, kept, actual)
    said = show_expected(expected, written, _VALUE_WIDTH)
    return _lines(head, said, show_value(actual, _VALUE_WIDTH) + _note(expected, actual))


def _cut(indent: int, expected: Any, actual: Any) -> list[str]:
    """Say that a value was cut before it could be told whether it is what was expected, and how to keep all of it."""
    cut = _truncated(actual)
    if not cut or fits(Compare("!=", expected), actual) or _differ_before_cut(expected, cut[0].value):
        return []
    return [" " * indent + _keep_all(cut)]


def cut_arguments(call: Call) -> list[str]:
    """Say which arguments of a call were cut, so that a function of Python was not asked, and how to keep all."""
    cut = [(name, parts) for name, arg in zip(call.names, call.args, strict=False) if (parts := _truncated(arg))]
    return [f"{name}:  {_keep_all(parts)}" for name, parts in cut]


def _truncated(value: Any) -> list[Truncated]:
    return [part for part in everything_in(value) if isinstance(part, Truncated)]


def _keep_all(cut: list[Truncated]) -> str:
    size = max(part.size for part in cut)
    return f"only a part of {size} bytes was kept, so nobody knows; start_mocking(capture_bytes={size})"


def _differ_before_cut(expected: Any, kept: Any) -> bool:
    match expected:
        case Regex(pattern=pattern) if _kind(kept) is not None:
            return not may_have(pattern, kept)
        case Both(patterns=patterns):
            return any(_differ_before_cut(inner, kept) for inner in patterns)
        case OneOf(values=inners):
            return all(_differ_before_cut(inner, kept) for inner in inners)
    same_kind = _kind(expected) is not None and _kind(expected) is _kind(kept)
    return same_kind and _first_difference(expected, kept) < len(kept)


def show_expected(expected: Any, written: Any, width: int) -> str:
    """Show what was expected, after the words of the language for it, if these are others: ``RESTART (2)``."""
    shown = show_value(expected, width)
    if written is None or isinstance(expected, Handle):
        return shown
    said = show_value(written, width)
    return shown if said == shown else f"{said} ({shown})"


def _lines(head: str, expected: str, actual: str) -> list[str]:
    return [f"{head}expected {expected}", f"{' ' * len(head)}but was  {actual}"]


def _kind(value: Any) -> type | None:
    """Tell texts from bytes from everything else; an enumerator is a value with a name."""
    if isinstance(value, str) and not isinstance(value, Enumerator):
        return str
    return bytes if isinstance(value, (bytes, bytearray)) else None


# --- numbers --------------------------------------------------------------------------------------------------------


def _note(expected: Any, actual: Any) -> str:
    """Say what two numbers show in hexadecimal, or what kinds two values of different kinds have."""
    if isinstance(expected, Handle) and isinstance(actual, Handle) and expected.name == actual.name:
        return f"      (another {expected.name}: {int(actual)} instead of {int(expected)})"
    if isinstance(expected, Handle) and not isinstance(actual, Handle):
        return f"      ({expected.name} is {Address(expected) if isinstance(actual, Address) else int(expected)!r})"
    if isinstance(actual, Handle):
        return f"      ({actual.name} is {int(actual)})"
    named = {part.name: int(part) for part in everything_in(expected) if isinstance(part, Handle)}
    if named:
        return f"      ({', '.join(f'{name} is {value}' for name, value in named.items())})"
    if isinstance(actual, Near) and isinstance(expected, (int, float)):
        return "      (every bit counts)" if actual.tolerance is None else f"      (more than {actual.tolerance} away)"
    if {float, int} == {type(expected), type(actual)} and expected == actual:
        return "      (whole numbers and floating ones are passed in different ways)"
    if _is_number(expected) and _is_number(actual):
        return _number_note(int(expected), int(actual))
    if isinstance(expected, Bits) and all(map(_is_number, (expected.mask, expected.value, actual))):
        return _bits_note((int(actual) ^ expected.value) & expected.mask, int(actual))
    if _is_number(actual) and actual > _SMALL and not isinstance(actual, Address):
        return f"      ({actual:#x})"
    return ""


def _is_number(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _number_note(expected: int, actual: int) -> str:
    """Show two different numbers in hexadecimal, and what kind of slip may have made one of the other.

    >>> _number_note(100, 101), _number_note(0x1234, 0x3412), _number_note(-5, 5)
    ('      (0x65 instead of 0x64, differs in bit 0)', '      (0x3412 instead of 0x1234, bytes reversed)', '')
    """
    if expected < 0 or actual < 0 or max(expected, actual) <= _SMALL:
        return ""
    difference = expected ^ actual
    slip = ""
    if difference & (difference - 1) == 0:
        slip = f", differs in bit {difference.bit_length() - 1}"
    elif any(_is_reversed(expected, actual, size) for size in (2, 4, 8)):
        slip = ", bytes reversed"
    return f"      ({actual:#x} instead of {expected:#x}{slip})"


def _bits_note(wrong: int, actual: int) -> str:
    """Show a number in hexadecimal, and which of the bits that an event tests are otherwise.

    >>> _bits_note(0x70, 0x41), _bits_note(0x80, -1)
    ('      (0x41, differs in bits 4, 5, 6)', '      (differs in bit 7)')
    """
    bits = [str(bit) for bit in range(max(wrong, 0).bit_length()) if wrong >> bit & 1]
    said = [f"{actual:#x}"] if actual > _SMALL else []
    said += [f"differs in bit{'s' * (len(bits) > 1)} {', '.join(bits)}"] if bits else []
    return f"      ({', '.join(said)})" if said else ""


def _is_reversed(expected: int, actual: int, size: int) -> bool:
    """Whether both numbers take *size* bytes, in opposite orders."""
    if max(expected, actual) >> 8 * size:
        return False
    return expected.to_bytes(size, "big") == actual.to_bytes(size, "little")


# --- texts and bytes ------------------------------------------------------------------------------------------------


def _texts(head: str, expected: Any, kept: Any, actual: Any) -> list[str]:
    """Show two texts around their first difference, with a caret below it."""
    offset = _first_difference(expected, kept)
    before, whole = _SHOWN[_kind(kept) or str]
    begin = 0 if max(len(expected), len(kept)) <= whole else max(0, offset - before)
    lines = _lines(head, _excerpt(expected, begin, begin + whole), _excerpt(kept, begin, begin + whole))
    if isinstance(actual, Truncated):
        lines[1] += f"   (the first {len(kept)} of {actual.size} bytes)"
    caret = len(f"{head}but was  ") + _width_until(kept, begin, offset)
    return [*lines, f"{' ' * caret}^ {_at_offset(expected, kept, offset, actual)}"]


def _first_difference(expected: Any, actual: Any) -> int:
    """Find the first offset at which two texts differ, by halving: they may be long."""
    low, high = 0, min(len(expected), len(actual))
    while low < high:
        middle = (low + high + 1) // 2
        if expected[low:middle] == actual[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def _excerpt(text: Any, begin: int, end: int) -> str:
    """Render the part of a text that is shown; dots stand for what is left out."""
    before = "..." if begin else ""
    return before + render_value(text[begin:end]) + ("..." if len(text) > end else "")


def _width_until(text: Any, begin: int, offset: int) -> int:
    """Count the columns from the first of an excerpt to the character at an offset."""
    shown = render_value(text[begin:offset])[:-1]
    return (3 if begin else 0) + sum(map(_columns, shown))


def _columns(character: str) -> int:
    """Columns that a terminal gives a character."""
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def _at_offset(expected: Any, kept: Any, offset: int, actual: Any) -> str:
    """Say what stands on both sides of the first difference."""
    if offset == len(kept) == len(expected):
        return f"equal so far, but the call has {actual.size} bytes" if isinstance(actual, Truncated) else "equal"
    place = f"first difference at offset {offset}"
    if offset == len(kept):
        rest = "what follows was not captured" if isinstance(actual, Truncated) else _ends(kept, expected[offset:])
        return f"{place}: {rest}"
    if offset == len(expected):
        return f"{place}: {len(kept) - offset} more than expected"
    if _kind(expected) is bytes:
        return f"{place}: 0x{kept[offset]:02x} instead of 0x{expected[offset]:02x}"
    return place


def _ends(kept: Any, missing: Any) -> str:
    """Say that a text stops before its expected end."""
    noun = "text" if _kind(kept) is str else "buffer"
    return f"the {noun} ends, {show_value(missing, 24)} {'is' if len(missing) == 1 else 'are'} missing"


# --- arrays and structs ---------------------------------------------------------------------------------------------


def _nested(head: str, expected: Any, kept: Any, actual: Any) -> list[str]:
    """Show two arrays or structs, and below them the first element, or the members, that differ."""
    lines = _lines(head, show_value(expected, _VALUE_WIDTH), show_value(actual, _VALUE_WIDTH))
    indent = " " * len(head)
    if isinstance(expected, list) and len(expected) != len(kept):
        lines.append(f"{indent}{len(kept)} elements instead of {len(expected)}")
    found = [place for place in inside(expected, kept) if place[0]]
    for number, (path, inner, value) in enumerate(found[:_MEMBERS]):
        said = f"expected {_side(inner)}, but was {_side(value)}"
        lines.append(f"{indent}{'and' if number else 'first difference'} at {path}: {said}{_note(inner, value)}")
    if len(found) > _MEMBERS:
        lines.append(f"{indent}and at {len(found) - _MEMBERS} more")
    return lines


def inside(expected: Any, actual: Any) -> Iterator[tuple[str, Any, Any]]:
    """Find all members of a struct that differ, and of each array in it the first element that does.

    Yields:
        The path such as ``.ids[3]``, empty for a value without members, and what stands there on both sides.
    """
    if isinstance(expected, Both) and isinstance(actual, (dict, list)):
        for pattern in expected.patterns:
            if not fits(pattern, actual):
                yield from inside(pattern, actual)
    elif isinstance(expected, dict) and isinstance(actual, dict):
        for name, inner, value in _members(expected, actual):
            if inner is not WILDCARD and (value is _ABSENT or not fits(inner, value)):
                yield from ((name + path, *both) for path, *both in inside(inner, value))
    else:
        yield _first_inside(expected, actual)


def _side(value: Any) -> str:
    return "nothing" if value is _ABSENT else show_value(value, 40)


def _first_inside(expected: Any, actual: Any) -> tuple[str, Any, Any]:
    """Find the innermost first difference: its path such as ``[3].id``, and what stands there on both sides."""
    path = ""
    while isinstance(expected, (list, dict)) and isinstance(actual, dict if isinstance(expected, dict) else list):
        is_so = fits if isinstance(expected, dict) else element_fits(actual)
        for name, inner, value in _members(expected, actual):
            if inner is not WILDCARD and (inner is _ABSENT or value is _ABSENT or not is_so(inner, value)):
                path, expected, actual = path + name, inner, value
                break
        else:
            break
    return path, expected, actual


def _members(expected: Any, actual: Any) -> Iterator[tuple[str, Any, Any]]:
    """Pair the elements or fields of two values; a field that the pattern does not name takes no part."""
    if isinstance(expected, dict):
        for name, inner in expected.items():
            yield f".{name}", inner, actual.get(name, _ABSENT)
        return
    for index, (inner, value) in enumerate(zip_longest(expected, actual, fillvalue=_ABSENT)):
        yield f"[{index}]", inner, value
