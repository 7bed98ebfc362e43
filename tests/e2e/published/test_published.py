"""Published examples on the engines: a real host whose mocks answer, and the check of its trace.

All examples are one spec, with a module for each; Python calls the mocks itself.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from cmock_py import (
    AmbiguousCall,
    AmbiguousLanguage,
    ApiArg,
    ApiFunction,
    ApiModule,
    ApiSpec,
    Mocking,
    UnexpectedCall,
    get_trace,
    init_lang,
    start_mocking,
    verdict,
    verify,
)
from tests.oracle.published import AMBIGUOUS, EXAMPLES, UNEXPECTED, Example

if TYPE_CHECKING:
    from collections.abc import Iterator


def module_of(example: Example) -> ApiModule:
    """Describe the functions of an example; their symbols begin with its name."""
    functions = [
        ApiFunction(
            name,
            result,
            [ApiArg("int", f"x{i}", matched=matched) for i in range(count)],
            symbol=f"{example.name}_{name}",
        )
        for name, (count, result, matched) in example.signatures.items()
    ]
    return ApiModule(example.name, functions)


@pytest.fixture(scope="module")
def mocking(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mocking]:
    """One host with the functions of all examples."""
    header = tmp_path_factory.mktemp("published") / "published.h"
    lines = [
        f"{result} {example.name}_{name}({', '.join(['int'] * count) or 'void'});"
        for example in EXAMPLES
        for name, (count, result, _) in example.signatures.items()
    ]
    header.write_text("\n".join(lines) + "\n", encoding="utf-8")
    with start_mocking(ApiSpec([module_of(example) for example in EXAMPLES]), [header]) as started:
        yield started


def text_of(example: Example) -> str:
    """Write the language with the module of the example."""
    return re.sub(r"\bm\.", f"{example.name}.", example.lang)


def call(mocking: Mocking, example: Example, text: str) -> int | None:
    """Make a call: ``m.push(1, 4)``."""
    name, args = text.removeprefix("m.").rstrip(")").split("(")
    made: int | None = getattr(mocking.lib, f"{example.name}_{name}")(*map(int, filter(None, args.split(","))))
    return made


@pytest.mark.parametrize("example", [e for e in EXAMPLES if e.verdict is not None], ids=lambda example: example.name)
def test_published_run(mocking: Mocking, example: Example) -> None:
    """Every call gets the answer that the definition gives, and the check decides as `verify` does on the trace."""
    init_lang(text_of(example), strict=example.strict, ambiguous=example.ambiguous)
    assert [call(mocking, example, text) for text, _ in example.calls] == [wanted for _, wanted in example.calls]
    assert bool(verdict()) is example.verdict
    assert bool(verify(text_of(example), get_trace())) is example.verdict


@pytest.mark.parametrize("example", [e for e in EXAMPLES if e.verdict is None], ids=lambda example: example.name)
def test_published_refusal(mocking: Mocking, example: Example) -> None:
    """The last call is refused: nothing allows it, or two answers are possible, which may be known before."""
    *allowed, (last, wanted) = example.calls
    error = {UNEXPECTED: UnexpectedCall, AMBIGUOUS: (AmbiguousLanguage, AmbiguousCall)}[str(wanted)]
    with pytest.raises(error):  # noqa: PT012 - an ambiguous language may be refused before it runs
        init_lang(text_of(example), strict=example.strict, ambiguous=example.ambiguous)
        for text, answer in allowed:
            assert call(mocking, example, text) == answer
        call(mocking, example, last)
