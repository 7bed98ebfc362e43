"""Any combination of fields is refused with a path, or it runs: never a traceback, nor a compiler that blames our C."""

from __future__ import annotations

import random
import re
from typing import TYPE_CHECKING, Any

import pytest

from cmock_py import (
    EVENT,
    WILDCARD,
    ApiArg,
    ApiFunction,
    ApiModule,
    ApiSpec,
    SutCrashed,
    check_callouts,
    init_lang,
    start_mocking,
)
from cmock_py.errors import FaultyInputError, SpecError
from cmock_py.spec.check import check

if TYPE_CHECKING:
    from pathlib import Path

    from cmock_py import Mocking

HEADER = """
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
enum color { RED, GREEN = 5 };
struct point { char c; double x; int y; };
struct box { int n; int *numbers; char *text; struct point at; struct point *to; };
typedef int (*compare)(const void *, const void *);
typedef struct point point_t;
typedef int *numbers_t;
#define LIMIT 4
"""
TYPES = [
    *("int", "unsigned", "char", "const char *", "char *", "int *", "const int *", "void *", "const void *"),
    *("double", "double *", "float", "bool", "enum color", "enum color *", "struct point", "struct point *"),
    *("const struct point *", "struct box *", "point_t *", "compare", "compare *", "numbers_t", "uint8_t *"),
    *("const uint8_t *", "char **", "const int", "volatile int *", "int *const", "long double", "long double *"),
    *("struct point **", "unsigned char *", "...", "va_list", "size_t *", "bool *"),
]
VIEWS = {
    "struct box *": ["{}->n", "{}->numbers", "{}->text", "{}->at", "{}->to", "{}->to->y", "*{}", "{}->at.x"],
    "struct point *": ["*{}", "{}->y", "&{}->y"],
    "int *": ["*{}", "{}[1]"],
    "int": ["{}", "{} + 1"],
}
CHOICES: dict[str, tuple[float, list[Any]]] = {
    "buffer": (0.3, [True, 2, 3, "n", "LIMIT", "n * 2"]),
    "stored_type": (0.25, ["int", "double", "void", "const char *", "struct point", "int *", "const struct point *"]),
    "phantom": (0.2, [True]),
    "matched": (0.15, [True]),
    "default_val": (0.1, ["3", "{1, 2}", '"ab"', "NULL", "0.5", "{0}"]),
    "code": (0.2, ["_stored_->{} = 0;", "(void)_return_->{};", "*{0} = _return_->{0};", ";"]),
    "view": (0.2, []),
    "fill": (0.15, []),
    "length": (0.15, [1, 2, "n", "LIMIT"]),
    "string": (0.12, [True, 4]),
    "format": (0.08, ["format"]),
    "sentinel": (0.08, ["0", "-1", "NULL"]),
    "types": (0.08, [["int"], ["int", "char *"], ["double", "struct point *"], ["struct point"]]),
}
RESULTS = ["void", "int", "char *", "const char *", "double", "struct point", "struct point *", "enum color", "bool"]


def an_argument(chosen: random.Random, name: str) -> ApiArg:
    """Choose a type and some fields."""
    ctype = chosen.choice(TYPES)
    if ctype in {"...", "va_list"} and chosen.random() < 0.8:
        return ApiArg(ctype, name, format="format", matched=chosen.random() < 0.3)
    fields = {}
    for field, (share, values) in CHOICES.items():
        if chosen.random() < share:
            value = chosen.choice(values or VIEWS.get(ctype, ["{}", "*{}"]))
            fields[field] = value.format(name) if field in {"code", "view", "fill"} else value
    direction: Any = chosen.choice(["in", "in", "in", "out", "out", "inout"])
    return ApiArg(ctype, name, direction, **fields)


def a_function(chosen: random.Random, name: str) -> ApiFunction:
    """Choose a function of one or two such arguments."""
    args = [ApiArg("int", "n"), ApiArg("const char *", "format")]
    args += [an_argument(chosen, f"a{i}") for i in range(chosen.choice([1, 1, 2]))]
    ret: Any = chosen.choice(RESULTS)
    silent: Any = None
    if chosen.random() < 0.2:
        silent = {"void": True, "struct point": "(struct point){ 0 }"}.get(ret, "0")
    if chosen.random() < 0.15:
        code = chosen.choice(["made = 3;", "made = (int)_return_->made;"])
        ret, silent = ApiArg("int", "made", stored_type=chosen.choice(["double", "int"]), code=code), silent and "0"
    return ApiFunction(name, ret, args, silent)


def accepted(chosen: random.Random, count: int) -> list[ApiFunction]:
    """Choose functions until *count* of them are not refused at once; those that are have paths."""
    found: list[ApiFunction] = []
    paths: list[str] = []
    while len(found) < count:
        function = a_function(chosen, f"f{len(found)}")
        try:
            check(ApiSpec([ApiModule("m", [function])]))
        except SpecError as error:
            paths += [fault.path for fault in error.faults]
        else:
            found.append(function)
    assert [path for path in paths if not path.startswith("modules[0].functions[0].")] == []
    return found


def blamed(error: FaultyInputError) -> set[int]:
    """Read from the paths of all faults which functions they blame."""
    paths = [re.match(r"modules\[0\]\.functions\[(\d+)\]\.", fault.path) for fault in error.faults]
    assert all(paths), str(error)
    return {int(path[1]) for path in paths if path}


def passed(arg: ApiArg) -> Any:
    """A value to call with: NULL, or zero; None for what Python cannot pass here."""
    if "*" in arg.type or arg.type in {"compare", "numbers_t"}:
        return [None]
    return [] if arg.type in {"...", "va_list", "struct point"} else [0]


def an_event(function: ApiFunction) -> Any:
    """Expect anything, leave all outs untouched."""
    ins = [WILDCARD for arg in function.args if arg.is_visible]
    outs = [WILDCARD for arg in function.args if arg.is_out]
    ctype = str(function.ret.stored_type if isinstance(function.ret, ApiArg) else function.ret)
    result = None if ctype == "void" or "*" in ctype else {} if ctype == "struct point" else 0
    answer = (*outs, *([] if ctype == "void" else [result])) if outs else result
    return EVENT("m", function.name, ins, answer)


def crash_of(mocking: Mocking, name: str, args: list[Any]) -> str | None:
    """Make a call; return the message of a crash."""
    try:
        mocking.lib[name](*(value for [value] in args))
    except SutCrashed as crash:
        return str(crash)
    return None


@pytest.mark.parametrize(("seed", "compiler"), [(1, "gcc"), (2, "gcc"), (3, "clang")])
def test_random_specs(tmp_path: Path, seed: int, compiler: str) -> None:
    """What `check` accepts starts, or is refused by its path; each function that starts can be called and checked."""
    header = tmp_path / "random.h"
    header.write_text(HEADER)
    functions = accepted(random.Random(seed), 80)
    while True:
        try:
            mocking = start_mocking(ApiSpec([ApiModule("m", functions)]), [header], cc=compiler)
            break
        except FaultyInputError as error:
            wrong = blamed(error)
            functions = [function for number, function in enumerate(functions) if number not in wrong]
    with mocking:
        assert len(functions) > 30
        for function in functions:
            args = [passed(arg) for arg in function.args if not arg.phantom and arg.type != "..."]
            if [] in args:
                continue
            if function.silent is None:
                init_lang(an_event(function))
            if (crash := crash_of(mocking, function.name, args)) is None:
                assert function.silent is not None or check_callouts()
            else:  # a view or a snippet follows NULL, and says so
                assert re.match(rf"m\.{function.name}: .* argument \w+ cannot be accessed", crash)
                mocking.restart()
