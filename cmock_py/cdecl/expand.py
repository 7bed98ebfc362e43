"""A user's C expressions through the preprocessor: put behind the headers, cut out again with their macros expanded.

``buffer="BUF_MAX"`` needs the macros of the headers, and only the one run of the preprocessor that reads the headers
has them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from cmock_py.cdecl.tokens import code, partners
from cmock_py.errors import Fault, HeaderError

if TYPE_CHECKING:
    from collections.abc import Mapping

_START: Final = "cmk_expression_start"
_END: Final = "cmk_expression_end"
_ALL: Final = "cmk_expressions_of_the_spec"
_CUT: Final = re.compile(rf"\b{_START}\s+\"([0-9a-f]*)\"(.*?)\b{_END}\b", re.DOTALL)
_OPEN_COMMENT: Final = re.compile(
    r"""//[^\n]*|/\*.*?\*/|("(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')|(/\*|"|'|\\$)""", re.DOTALL
)


def with_expressions(source: str, expressions: Mapping[str, tuple[str, str, int]]) -> str:
    r"""Append C expressions to the source of a unit, for one run of ``cc -E``.

    Args:
        source: C text, normally ``#include`` lines.
        expressions: by any key the C text, and the file and line where the user wrote it; messages of the
            preprocessor will name that place.

    Returns:
        The source to preprocess; `cut` takes the result apart.

    Raises:
        HeaderError: an expression holds what would swallow the text behind it: a directive, an open comment or
            string. All of them are named.

    >>> print(with_expressions("#include <a.h>\n", {"k": ("MAX", "spec.py", 12)}))
    #include <a.h>
    cmk_expressions_of_the_spec
    # 12 "spec.py"
    cmk_expression_start "6b"
    # 12 "spec.py"
    MAX
    cmk_expression_end
    <BLANKLINE>
    """
    faults = [fault for text, file, line in expressions.values() for fault in _faults(text, f"{file}:{line}")]
    if faults:
        raise HeaderError(faults)
    lines = [source.rstrip("\n"), _ALL] if expressions else [source.rstrip("\n")]
    for key, (text, file, line) in expressions.items():
        quoted = file.replace("\\", "\\\\").replace('"', '\\"')
        mark = f'# {line} "{quoted}"'
        # The key goes through as a string of hexadecimal digits, which no macro changes.
        lines += [mark, f'{_START} "{key.encode().hex()}"', mark, text, _END]
    return "\n".join([*lines, ""])


def cut(preprocessed: str) -> tuple[str, dict[str, str]]:
    r"""Take the preprocessed text of `with_expressions` apart.

    Returns:
        The text of the unit without the expressions, and each expression expanded, its tokens joined by blanks.

    >>> cut('int f(void);\ncmk_expressions_of_the_spec\ncmk_expression_start "6b"\n4096 +1\ncmk_expression_end\n')
    ('int f(void);\n', {'k': '4096 + 1'})
    """
    unit, _, rest = preprocessed.partition(f"\n{_ALL}\n")
    expanded = {bytes.fromhex(key).decode(): " ".join(code(text)) for key, text in _CUT.findall(rest)}
    return unit.rstrip("\n") + "\n", expanded


def _faults(text: str, place: str) -> list[Fault]:
    """Name what in an expression would break out of its place."""
    faults: list[Fault] = []
    if any(line.lstrip().startswith(("#", "%:", "??=")) for line in text.splitlines()):
        faults.append(Fault(place, f"the C expression {text!r} holds a preprocessor directive", "write it without '#'"))
    opened = next((found.group(2) for found in _OPEN_COMMENT.finditer(text) if found.group(2)), None)
    if opened:
        faults.append(Fault(place, f"the C expression {text!r} does not end: {opened!r} stays open", "close it"))
    elif partners(code(_OPEN_COMMENT.sub(lambda found: found[1] or " ", text)))[1]:
        faults.append(Fault(place, f"the brackets of the C expression {text!r} are not in pairs", "close each of them"))
    if _START in text or _END in text or _ALL in text:
        faults.append(Fault(place, f"the C expression {text!r} uses a name that cmock-py reserves", "use another name"))
    return faults
