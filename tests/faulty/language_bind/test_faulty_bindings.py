"""Each language of this folder parses and does not fit its spec: the answer is the words of its own first lines."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cmock_py import ApiArg, ApiFunction, ApiModule, ApiSpec, LanguageError, Mocking, start_mocking

if TYPE_CHECKING:
    from collections.abc import Iterator

FILES = Path(__file__).parent / "files"
S = ApiArg("Stack", "s")
API_SPEC = ApiSpec(
    [
        ApiModule(
            "stack",
            [
                ApiFunction("new", "Stack"),
                ApiFunction("push", args=[S, ApiArg("int", "val")]),
                ApiFunction("pop", "int", [S]),
            ],
        ),
        ApiModule(
            "car",
            [
                ApiFunction("shift", "int", [ApiArg("enum gear", "gear"), ApiArg("uint8_t", "force")]),
                ApiFunction("speeds", "int", [ApiArg("int", "n"), ApiArg("int *", "speeds", "out", buffer="n")]),
                ApiFunction("log_text", "int", [ApiArg("const char *", "text")]),
                ApiFunction("ratio", "double", [ApiArg("double", "of")]),
                ApiFunction("send", "int", [ApiArg("const void *", "data", buffer="n"), ApiArg("int", "n")]),
            ],
        ),
    ]
)


@pytest.fixture(scope="module")
def mocking() -> Iterator[Mocking]:
    """Start the mocks of the folder's header."""
    with start_mocking(API_SPEC, [FILES / "api.h"]) as mocking:
        yield mocking


@pytest.mark.parametrize("file", sorted(FILES.glob("*.mock")), ids=lambda file: file.stem)
def test_the_message_is_the_one_in_the_file(file: Path, mocking: Mocking) -> None:
    """The message of a language that does not fit is the comment at its top, to the last word."""
    text = file.read_text(encoding="utf-8")
    comment = text.split("\n\n")[0].splitlines()
    with pytest.raises(LanguageError) as caught:
        mocking.init_lang(text)
    assert str(caught.value).splitlines() == [line.removeprefix("#").removeprefix(" ") for line in comment]
