"""Says in words why calls and language differ: from the verdict of the check and the reason of a stop to a report.

Pure: no file, clock, process or environment is touched. The sequences of calls and events may be a million long and
decode an item each time it is asked for, so everything here looks only at what lies near a difference.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cmock_py.explain.html import to_html

__all__ = ["to_html"]


def __getattr__(name: str) -> Any:
    """Import the one public function when it is first asked for."""
    if name != "to_html":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from cmock_py.explain.html import to_html

    return to_html
