"""Declarations through JSON and back."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from cmock_py.cdecl.model import Declarations, Layout, Member
from cmock_py.cdecl.store import from_json, to_json
from tests.work import work_of

if TYPE_CHECKING:
    from collections.abc import Callable

LAYOUT = Layout("struct s", 8, 4, (Member("a", 0, 4), Member("b", None, None, b"\0\xff"), Member("f", 8, None)))


def test_everything_survives(gcc_headers: Callable[..., object]) -> None:
    """A big real slice, with every kind of type, is equal after the round trip."""
    made = gcc_headers(
        "#define _GNU_SOURCE\n#include <stdio.h>\n#include <math.h>\n#include <signal.h>\n#include <complex.h>\n"
        "enum e { A = -1 }; typedef int fn(int); void odd(enum e, fn *, __int128, int a[2][3]); extern int table[4];"
    )
    names = list(made.unit.functions)
    found = made.declare(*names, types=("FILE *", "int[3]"), variables=("table",))
    found = replace(found, layouts=(LAYOUT,))
    assert len(found.functions) > 800
    assert from_json(json.loads(json.dumps(to_json(found)))) == found


def test_another_version_is_refused() -> None:
    """A cache of an older program is not misread."""
    data = to_json(Declarations()) | {"version": 0}
    with pytest.raises(ValueError, match="version 0"):
        from_json(data)


def test_two_hundred_functions_load_with_little_work(gcc_headers: Callable[..., object]) -> None:
    """Loading is on the path of every warm start."""
    made = gcc_headers("#include <stdio.h>\n#include <stdlib.h>\n#include <unistd.h>\n")
    data = to_json(made.declare(*list(made.unit.functions)[:200]))
    assert len(from_json(data).functions) == 200
    assert work_of(lambda: from_json(data)) < 20 * 200
