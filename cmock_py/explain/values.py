"""Shows calls, events and values in bounded room; how a value is written is decided by `lang.render`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cmock_py.lang.names import event_as_written
from cmock_py.lang.render import render_event, render_value
from cmock_py.trace import Enumerator, Truncated

if TYPE_CHECKING:
    from cmock_py.lang.nodes import Event
    from cmock_py.trace import Call

CALL_WIDTH = 66
"""Characters of a call in a report."""
EVENT_WIDTH = 72
"""Characters of an event in a report."""
_VALUE_WIDTHS = (CALL_WIDTH, 40, 24, 12)


def show_value(value: Any, width: int = CALL_WIDTH) -> str:
    """Show a value in at most *width* characters; of a long one only the beginning is looked at.

    >>> show_value(bytes(range(8)), 12), show_value(b"text"), show_value(Truncated("abc", 5000))
    ('x"0001020...', '"text"', '"abc"... (5000 bytes in all)')
    """
    if isinstance(value, Truncated):
        begin = cut(render_value(_head(value.value, width)), width).removesuffix("...")
        return f"{begin}... ({value.size} bytes in all)"
    return cut(render_value(_head(value, width)), width)


def show_call(call: Call, width: int = CALL_WIDTH) -> str:
    """Show a call with the names of its arguments, long values shortened first.

    >>> from cmock_py.trace import Call
    >>> show_call(Call(0, "stack", "push", ("s", "val"), (1, 4)))
    'stack.push(s=1, val=4)'
    """
    text = ""
    for value_width in _VALUE_WIDTHS:
        values = [show_value(value, value_width) for value in call.args]
        text = f"{function_name(call)}({', '.join(map(_named, call.names, values))})"
        if len(text) <= width:
            return text
    return cut(text, width)


def show_event(event: Event, width: int = EVENT_WIDTH) -> str:
    """Show an event as the language writes it, long values shortened.

    >>> from cmock_py.lang.nodes import Event
    >>> show_event(Event("net", "send", ("x" * 5000,), 7), 32)
    'net.send("xxxxxxxxxxxxxxxxxxx...'
    """
    event = event_as_written(event)
    args = tuple(_head(arg, width) for arg in event.args)
    return cut(render_event(event._replace(args=args, answer=_head(event.answer, width))), width)


def function_name(item: Call | Event) -> str:
    """Show the function of a call or an event, with its module if it has one."""
    return f"{item.module}.{item.function}" if item.module else item.function


def cut(text: str, width: int) -> str:
    """Cut a text to *width* characters; dots at its end say so."""
    return text if len(text) <= width else text[: max(0, width - 3)] + "..."


def counted(number: int, noun: str) -> str:
    """Write a number with its noun.

    >>> counted(1, "call"), counted(3, "call")
    ('1 call', '3 calls')
    """
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def times(count: int) -> str:
    """Say how often.

    >>> times(1), times(2), times(3)
    ('once', 'twice', '3 times')
    """
    return {1: "once", 2: "twice"}.get(count, f"{count} times")


def _named(name: str, value: str) -> str:
    return f"{name}={value}"


def readable(value: Any) -> Any:
    r"""Make a text of bytes that people read as one, as protocols of lines are; the language accepts either.

    >>> readable(b"PING\r\n"), readable(b"\x01\x02")
    ('PING\r\n', b'\x01\x02')
    """
    is_text = isinstance(value, (bytes, bytearray)) and value.strip() and value.isascii()
    return value.decode() if is_text and value.translate(None, b"\r\n\t").decode().isprintable() else value


def _head(value: Any, length: int) -> Any:
    """Take enough of a long value to fill *length* characters."""
    match value:
        case bytes() | bytearray():
            return readable(value[: length + 1])
        case str() if not isinstance(value, Enumerator):
            return value[: length + 1]
        case list():
            return [_head(item, length) for item in value[: length + 1]]
        case tuple():
            return tuple(_head(item, length) for item in value[: length + 1])
        case dict():
            return {name: _head(inner, length) for name, inner in value.items()}
    return value
