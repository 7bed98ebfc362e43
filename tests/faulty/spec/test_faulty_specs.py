"""Each wrong spec of this folder is answered with the words of its own first lines."""

from __future__ import annotations

from pathlib import Path

import pytest

from cmock_py.errors import SpecError
from cmock_py.spec.load import load

FILES = Path(__file__).parent / "files"


@pytest.mark.parametrize("file", sorted(FILES.glob("*.py")), ids=lambda file: file.stem)
def test_the_message_is_the_one_in_the_file(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The message of a wrong spec begins with the comment at the top of the file."""
    monkeypatch.chdir(FILES)
    lines = file.read_text().splitlines()
    comment = [line for line in lines if line.startswith("#")]
    assert comment == lines[: len(comment)]
    with pytest.raises(SpecError) as caught:
        load(file.name)
    expected = "\n".join(["the API spec has 1 fault", *(line.removeprefix("# ").removeprefix("#") for line in comment)])
    assert str(caught.value)[: len(expected)] == expected
