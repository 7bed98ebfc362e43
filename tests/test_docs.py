"""Documents do not lie: their Python runs, their C is that of the examples, and their links lead somewhere.

What a fence says decides what happens to it:

* ``python`` runs; the blocks of one page share their names, and the current folder is a copy of examples/stack. A test
  function is called after the block that defines it, its parameters are fixtures. Where the page shows a failing run, the
  report follows as a ``text`` block below the comment ``<!-- report -->``, word for word.
* ``c`` stands word for word in a file under examples/ or tests/, so that it is compiled somewhere.
* ``console`` begins each command with ``$``; a command of ours must be one that exists.
* ``text``, ``toml``, ``pycon`` and the like are shown only. A fence without a language is a mistake.
"""

from __future__ import annotations

import inspect
import re
import shlex
import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from sybil import Sybil
from sybil.parsers.myst import CodeBlockParser, PythonCodeBlockParser

from cmock_py.errors import CmockError

if TYPE_CHECKING:
    from collections.abc import Callable

    from sybil import Example

ROOT = Path(__file__).resolve().parent.parent
PAGES = sorted({*ROOT.glob("README.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("examples/**/*.md")})
IDS = [page.relative_to(ROOT).as_posix() for page in PAGES]
LANGUAGES = {"python", "c", "console", "text", "toml", "pycon", "diff", "bash", "ini"}
DIRECTIVE = re.compile(r"\{[\w:-]+\}")
FENCE = re.compile(
    r"^(?P<mark>```+|~~~+)[ ]*(?P<language>[^\n]*)\n(?P<body>.*?)^(?P=mark)[ ]*$", re.MULTILINE | re.DOTALL
)
REPORT = re.compile(r"^<!-- report -->\s*^```text\n(?P<body>.*?)^```[ ]*$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"(?<!!)\[[^\]]*\]\((?P<target>[^)\s]+)\)")


def fences(text: str) -> list[tuple[str, str, int]]:
    """List language, body and line of every fenced block of a page."""
    return [
        (found["language"].strip(), found["body"], text.count("\n", 0, found.start()) + 1)
        for found in FENCE.finditer(text)
    ]


def run_python(page: Path, getfixture: Callable[[str], Any]) -> int:
    """Run the Python blocks of a page in order, and the tests that they define; tell how many blocks ran."""
    text = page.read_text(encoding="utf-8")
    reports = [(text.count("\n", 0, found.start()), found["body"]) for found in REPORT.finditer(text)]
    document = Sybil(parsers=[PythonCodeBlockParser()], path=str(page.parent), filenames=[page.name]).parse(page)
    examples = list(document.examples())
    for example in examples:
        error = raised_by(example, document.namespace, getfixture)
        if error is None:
            continue
        shown = next((report for report in reports if report[0] > example.line), None)
        if shown is None:
            raise error
        assert str(error).strip() == shown[1].strip()
        reports.remove(shown)
    assert [line for line, _ in reports] == [], "a report is shown that no block produces"
    return len(examples)


def raised_by(example: Example, namespace: dict[str, Any], getfixture: Callable[[str], Any]) -> CmockError | None:
    """Run one block, and then each test function that it defines; hand out what we raised, let all else through."""
    before = dict(namespace)
    try:
        example.evaluate()
        for name, value in list(namespace.items()):
            if name.startswith("test_") and before.get(name) is not value:
                value(*(fixture(parameter, namespace, getfixture) for parameter in inspect.signature(value).parameters))
    except CmockError as error:
        return error
    return None


def fixture(name: str, namespace: dict[str, Any], getfixture: Callable[[str], Any]) -> Any:
    """Get a fixture by name: one that the page itself defines, else one of pytest's."""
    defined = namespace.get(name)
    if not hasattr(defined, "_get_wrapped_function"):
        return getfixture(name)
    function = defined._get_wrapped_function()
    made = function(*(fixture(needed, namespace, getfixture) for needed in inspect.signature(function).parameters))
    return next(made) if inspect.isgenerator(made) else made


@cache
def written_c() -> str:
    """Put together all C of the examples and the tests, without indentation."""
    files = [file for folder in ("examples", "tests") for file in (ROOT / folder).rglob("*.[ch]")]
    return "\n\n".join(flat(file.read_text(encoding="utf-8")) for file in sorted(files))


def flat(text: str) -> str:
    """Take blanks at both ends of each line away."""
    return "\n".join(line.strip() for line in text.strip().splitlines())


def commands(body: str) -> list[list[str]]:
    """List the commands of a console block as words."""
    return [shlex.split(line[2:], comments=True) for line in body.splitlines() if line.startswith("$ ")]


@pytest.mark.parametrize("page", PAGES, ids=IDS)
def test_python_blocks_run(page: Path, stack_example: Path, request: pytest.FixtureRequest) -> None:
    """Every Python block of a page runs as it stands there, one after the other."""
    before = set(sys.modules)
    try:
        ran = run_python(page, request.getfixturevalue)
    finally:
        for name in set(sys.modules) - before:
            if str(getattr(sys.modules[name], "__file__", "")).startswith(str(stack_example)):
                del sys.modules[name]
    assert ran == sum(language == "python" for language, _, _ in fences(page.read_text(encoding="utf-8")))


@pytest.mark.parametrize("page", PAGES, ids=IDS)
def test_fences_say_what_they_are(page: Path) -> None:
    """Every fenced block names a language that this module knows what to do with."""
    text = page.read_text(encoding="utf-8")
    assert text.count("\n```") % 2 == 0, "a fence is not closed"
    unknown = [
        f"{page.name}:{line}: {language!r}"
        for language, _, line in fences(text)
        if language not in LANGUAGES and not DIRECTIVE.match(language)
    ]
    assert unknown == []


@pytest.mark.parametrize("page", PAGES, ids=IDS)
def test_c_blocks_stand_in_a_file(page: Path) -> None:
    """C in a document is a piece of a file that some test compiles, so that it cannot go stale."""
    text = page.read_text(encoding="utf-8")
    loose = [
        f"{page.name}:{line}"
        for language, body, line in fences(text)
        if language == "c" and flat(body) not in written_c()
    ]
    assert loose == []


@pytest.mark.parametrize("page", PAGES, ids=IDS)
def test_console_blocks_show_commands(page: Path) -> None:
    """A console block begins with a command, and a `cmock-py` command that it shows exists."""
    for language, body, line in fences(page.read_text(encoding="utf-8")):
        if language != "console":
            continue
        assert body.startswith("$ "), f"{page.name}:{line}: a console block begins with '$ '"
        for words in commands(body):
            if words[:1] == ["cmock-py"]:
                assert_command_exists(words[1])


def assert_command_exists(name: str) -> None:
    """Ask the command line for the subcommand; an option is taken as it is."""
    from cmock_py.cli import main  # heavy, and few pages show it

    assert name.startswith("-") or name in main.commands, f"cmock-py has no command {name!r}"  # type: ignore[attr-defined]


@pytest.mark.parametrize("page", PAGES, ids=IDS)
def test_links_lead_to_files(page: Path) -> None:
    """A link inside the project leads to a file that is there; the outside world is not asked."""
    targets = [found["target"] for found in LINK.finditer(FENCE.sub("", page.read_text(encoding="utf-8")))]
    inside = [
        target.split("#", 1)[0] for target in targets if "://" not in target and not target.startswith(("#", "mailto:"))
    ]
    assert [target for target in inside if not (page.parent / target).exists()] == []


def test_pages_are_found() -> None:
    """The list of pages is not empty by a mistake in its patterns."""
    assert "docs/index.md" in IDS


def test_sybil_and_the_fences_see_the_same_blocks() -> None:
    """The two ways in which this module finds blocks agree, so that no block is passed over in silence."""
    for page in PAGES:
        parser = CodeBlockParser(language="python", evaluator=lambda _: None)
        document = Sybil(parsers=[parser], path=str(page.parent), filenames=[page.name]).parse(page)
        shown = [body for language, body, _ in fences(page.read_text(encoding="utf-8")) if language == "python"]
        assert [str(example.parsed) for example in document.examples()] == shown


def test_a_shown_report_must_be_produced(tmp_path: Path) -> None:
    """A report that differs from the real one, or that nothing produces, is a fault of the page."""
    block = "```python\nfrom cmock_py.errors import NoMocking\nraise NoMocking('start one')\n```\n"
    page = tmp_path / "page.md"
    page.write_text(f"{block}<!-- report -->\n```text\nstart one\n```\n")
    assert run_python(page, str) == 1
    page.write_text(f"{block}<!-- report -->\n```text\nstart two\n```\n")
    with pytest.raises(AssertionError, match="start one"):
        run_python(page, str)
    page.write_text("```python\npass\n```\n<!-- report -->\n```text\nstart one\n```\n")
    with pytest.raises(AssertionError, match="no block produces"):
        run_python(page, str)
    page.write_text(block)
    with pytest.raises(CmockError):
        run_python(page, str)


def test_a_test_in_a_page_is_called(tmp_path: Path) -> None:
    """A test function that a page defines runs with its fixtures, so that it can fail."""
    page = tmp_path / "page.md"
    page.write_text("```python\ndef test_it(fixture):\n    assert fixture == 'other'\n```\n")
    with pytest.raises(AssertionError):
        run_python(page, str)
