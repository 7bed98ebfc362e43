"""Each wrong text of this folder is answered with the words of its own first lines."""

from __future__ import annotations

from pathlib import Path

import pytest

from cmock_py.errors import LanguageSyntaxError
from cmock_py.lang.parse import parse

FILES = Path(__file__).parent / "files"


@pytest.mark.parametrize("file", sorted(FILES.glob("*.mock")), ids=lambda file: file.stem)
def test_the_message_is_the_one_in_the_file(file: Path) -> None:
    """The message of a wrong text is the comment at its top, to the last word."""
    text = file.read_text(encoding="utf-8")
    comment = text.split("\n\n")[0].splitlines()
    with pytest.raises(LanguageSyntaxError) as caught:
        parse(text, file.name)
    assert str(caught.value).splitlines() == [line.removeprefix("#").removeprefix(" ") for line in comment]
