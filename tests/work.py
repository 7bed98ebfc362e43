"""Measures work by what is called, the same on every machine and however busy it is: tests bound it, and no time."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable


def work_of(run: Callable[[], Any]) -> int:
    """Count the functions of Python and C that are called.

    Args:
        run: what is measured; what it raises is raised.
    """
    count, before = 0, sys.getprofile()

    def note(_frame: object, event: str, _function: object) -> None:
        nonlocal count
        count += event in {"call", "c_call"}

    sys.setprofile(note)
    try:
        run()
    finally:
        sys.setprofile(before)
    return count
