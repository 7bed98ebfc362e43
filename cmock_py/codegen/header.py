"""A header with the prototypes of the mocked functions, to build the SUT with."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from cmock_py.codegen.names import CPP_KEYWORDS, guard
from cmock_py.codegen.unit import BANNER
from cmock_py.codegen.writer import includes, prototype

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cmock_py.spec.model import ApiFunction, ApiSpec


def gen_headers(spec: ApiSpec, headers: Sequence[str] = ()) -> str:
    """Write one prototype per function of the spec, in spec order.

    Args:
        spec: a checked spec.
        headers: headers that declare the types, to be included first; ``<name.h>`` keeps its brackets.

    Returns:
        The text of a header with an include guard and a C++ guard; a function whose name C++ keeps is left out there.

    >>> from cmock_py.spec.model import ApiFunction, ApiModule, ApiSpec
    >>> "int pop(void);" in gen_headers(ApiSpec([ApiModule("stack", [ApiFunction("pop", "int")])]))
    True
    """
    name = guard(tuple(module.name for module in spec.modules))
    lines = [*BANNER, f"#ifndef {name}", f"#define {name}", ""]
    if headers:
        lines += [*includes(headers), ""]
    lines += ["#ifdef __cplusplus", 'extern "C" {', "#endif", ""]
    for module in spec.modules:
        lines.append(f"/* {module.name} */")
        for function in module.functions:
            lines += _declaration(function)
        lines.append("")
    lines += ["#ifdef __cplusplus", "}", "#endif", "", "#endif"]
    return "\n".join(lines) + "\n"


def _declaration(function: ApiFunction) -> list[str]:
    args = [replace(arg, name=f"{arg.name}_") if arg.name in CPP_KEYWORDS else arg for arg in function.args]
    function = replace(function, args=tuple(args))
    text = f"{prototype(function, function.c_name)};"
    if function.c_name not in CPP_KEYWORDS:
        return [text]
    return [f"#ifndef __cplusplus /* {function.c_name} is a keyword of C++ */", text, "#endif"]
