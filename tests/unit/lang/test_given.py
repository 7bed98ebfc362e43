"""Languages as users give them: where they come from, and where in Python a fault of a literal stands."""

from __future__ import annotations

import inspect
import textwrap
from typing import TYPE_CHECKING, Any

import pytest

from cmock_py.errors import ArgumentTypeError, ArgumentValueError, LanguageError
from cmock_py.lang.arguments import GT
from cmock_py.lang.expand import expand
from cmock_py.lang.given import tells_python_lines, tree_of
from cmock_py.lang.nodes import Seq
from cmock_py.lang.parse import parse
from tests.work import work_of

if TYPE_CHECKING:
    from pathlib import Path


class Taker:
    """Takes a language as `init_lang` does."""

    @tells_python_lines
    def take(self, lang: Any, *, again: bool = True) -> Any:
        """Expand it."""
        return again and expand(tree_of(lang))


def places(lang: Any) -> list[str]:
    """List the places of the faults of a language, relative to the line that asks."""
    with pytest.raises(LanguageError) as caught:
        Taker().take(lang)
    return [fault.path for fault in caught.value.faults]


def here() -> int:
    """Return the line of the caller."""
    frame = inspect.currentframe()
    assert frame is not None
    assert frame.f_back is not None
    return frame.f_back.f_lineno


ASSIGNED = """
    do nothing()
    a(1 2)
"""
ASSIGNED_AT = here() - 4
FILE = "tests/unit/lang/test_given.py"


@pytest.fixture(autouse=True)
def from_the_root(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Show files relative to the folder of the project."""
    monkeypatch.chdir(root)


def test_a_literal_of_the_call_is_found() -> None:
    """The place in the text stays, the line of the Python file stands beside it."""
    line = here() + 2
    with pytest.raises(LanguageError) as caught:
        Taker().take("""a()
            do nothing()
            do more()
        """)
    assert [fault.path for fault in caught.value.faults] == [
        f"language:2:13 ({FILE}:{line + 1})",
        f"language:3:13 ({FILE}:{line + 2})",
    ]


def test_an_assigned_literal_is_found() -> None:
    """Also when another line of the same file gives the text its name."""
    assert places(ASSIGNED) == [f"language:3:9 ({FILE}:{ASSIGNED_AT + 2})"]


def test_literals_side_by_side_are_found() -> None:
    """Each piece has a line of its own, with or without a newline in it."""
    line = here() + 2
    text = (
        "a()\n"
        "b() do nothing()\n"
        """c()
        do more()"""
    )
    assert places(text) == [f"language:2:5 ({FILE}:{line + 1})", f"language:4:9 ({FILE}:{line + 3})"]


def test_of_equal_literals_the_nearest_counts() -> None:
    """That of the call, wherever else the file says the same."""
    first = "do nowhere()"
    assert places("do nowhere()") == [f"language:1:1 ({FILE}:{here()})"]
    assert places(first) == [f"language:1:1 ({FILE}:{here() - 1})"]


def test_a_literal_on_lines_of_its_own_is_found() -> None:
    """The call begins a line before its text."""
    line = here() + 1
    assert places(
        """
        do nothing()
        """
    ) == [f"language:2:9 ({FILE}:{line + 2})"]


def test_an_f_string_of_the_call_is_found() -> None:
    """What stands in its braces may be longer than a line; the lines of the file are told nevertheless."""
    line = here() + 1
    assert places(f"do n{here()}()") == [f"language:1:1 ({FILE}:{line})"]
    two = "a()\nb()"
    line = here() + 1
    assert places(f"""
        {two}  {two} do nothing()
        do {two[0]}{two[0]}()
    """) == [f"language:4:5 ({FILE}:{line + 1})", f"language:5:9 ({FILE}:{line + 2})"]


def test_a_literal_that_is_dedented_in_the_call_is_found() -> None:
    """Blanks before and behind its lines make no difference."""
    line = here() + 1
    assert places(textwrap.dedent("""
        a()
          do nothing()
    """).strip()) == [f"language:2:3 ({FILE}:{line + 2})"]  # fmt: skip


def test_a_text_that_is_made_stays_as_it_is() -> None:
    """Nothing is guessed about a text that no literal is, or that an f-string was before the call."""
    number = 4
    made = f"do n{number}()"
    assert places(made) == ["language:1:1"]
    assert places("do " + "nothing" + str(number) + "()") == ["language:1:1"]


def test_no_source_is_no_fault() -> None:
    """Code without a file, as of a prompt, gets the fault as it is."""
    space: dict[str, Any] = {"Taker": Taker}
    with pytest.raises(LanguageError) as caught:
        exec("Taker().take('do nothing()')", space)
    assert [fault.path for fault in caught.value.faults] == ["language:1:1"]


def test_a_path_is_read_and_names_its_places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file is what messages call it; what it includes lies beside it."""
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "mocks"
    folder.mkdir()
    (folder / "main.mock").write_text('include "other.mock"\ndo nothing()')
    (folder / "other.mock").write_text("a()")
    assert places(folder.relative_to(tmp_path) / "main.mock") == ["mocks/main.mock:2:1"]
    (folder / "main.mock").write_text('include "other.mock"')
    tree = Taker().take(folder / "main.mock")
    assert isinstance(tree, Seq)
    assert tree == parse("a()")


def test_a_path_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    """The nearest file of the folder is named."""
    (tmp_path / "main.mock").touch()
    with pytest.raises(ArgumentValueError, match=r"there is no file .*man\.mock'; did you mean 'main\.mock'\?"):
        Taker().take(tmp_path / "man.mock")


def test_what_is_no_language_is_refused() -> None:
    """A list is wrapped, anything else is named."""
    with pytest.raises(ArgumentTypeError, match=r"the language is list \[\], not text or a term .*; wrap it"):
        Taker().take([])
    with pytest.raises(ArgumentTypeError, match="the language is int 4, not text or a term of SEQ and EVENT"):
        Taker().take(4)
    with pytest.raises(ArgumentTypeError, match="the language is the pattern > 3, not text or a term of SEQ and EVENT"):
        Taker().take(GT(3))


def test_an_include_is_beside_the_python_file_that_writes_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Wherever the test is started; a fault of the file is told with a path from there."""
    folder, elsewhere = tmp_path / "tests", tmp_path / "elsewhere"
    folder.mkdir()
    elsewhere.mkdir()
    (folder / "stack.mock").write_text("lang both(x) [ a(x) b(x) ]\ndo both()")
    (folder / "writer.py").write_text(
        "TEXT = 'include \"stack.mock\"  do both(1)'\n\ndef take(taker):\n    return taker(TEXT)\n"
    )
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(folder))
    import writer  # type: ignore[import-not-found]

    with pytest.raises(LanguageError) as caught:
        writer.take(Taker().take)
    assert [fault.path for fault in caught.value.faults] == ["tests/stack.mock:2:1"]
    (folder / "stack.mock").write_text("lang both(x) [ a(x) b(x) ]")
    monkeypatch.chdir(elsewhere)
    assert writer.take(Taker().take) == Seq((parse("a(1) b(1)"),))
    (folder / "stack.mock").unlink()
    with pytest.raises(LanguageError, match=r"there is no file '.*/tests/stack\.mock'"):
        writer.take(Taker().take)


def test_a_million_lines_are_compared_with_no_short_literal() -> None:
    """To find the line of Python that wrote a text costs little, also where a literal is most of what the text says."""
    text = "\n" * 1_000_000 + "nor.an("

    def taken() -> None:
        with pytest.raises(LanguageError):
            Taker().take(text)

    assert work_of(taken) < 1_000_000
