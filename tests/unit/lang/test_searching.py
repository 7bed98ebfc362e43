"""Expressions that no automaton finds are asked of `re` in a process of its own, which cannot keep anybody waiting."""

from __future__ import annotations

import os
import random
import re
import signal
import subprocess
import sys
import threading

import pytest

from cmock_py.errors import ArgumentValueError, UndecidedCheck
from cmock_py.lang.searching import _searcher, for_bytes, has, searched, searching
from cmock_py.pure import step, verify

SLOW = r"(x+x+)+\1y"
LONG = "x" * 60


@pytest.mark.parametrize("pattern", [r"(.)\1", r"(?P<a>b|é)x*(?P=a)", r"(a)?b(?(1)c|d)", r"(?i)(k)\1"])
def test_what_re_finds(pattern: str) -> None:
    """Text and bytes have an expression that refers to groups where `re` says so."""
    chance = random.Random(1)
    texts = ["".join(chance.choices("abcdéxkK", k=chance.randrange(8))) for _ in range(500)]
    assert searched(pattern, texts) == ([re.search(pattern, text) is not None for text in texts], "")
    of = for_bytes(pattern)
    raws = [text.encode() for text in texts]
    assert searched(of, raws) == ([re.search(of, raw) is not None for raw in raws], "")
    with searching():
        for text, raw in zip(texts[:50], raws, strict=False):
            assert has(pattern, text) == (re.search(pattern, text) is not None)
            assert has(pattern, raw) == (re.search(of, raw) is not None)


def test_what_takes_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    """It ends after the time that it may compute, with what was found before, and the next search starts anew."""
    monkeypatch.setattr("cmock_py.lang.searching._SECONDS", 0.2)
    found, why = searched(SLOW, ["xxxxy", "a", LONG, "xxxxy"])
    assert found == [True, False]
    assert f'~"{SLOW}" takes longer than the 0.2 s that it may compute: it was looked for in \'xxx' in why
    assert "(60 long)\n  help: leave out what refers to groups" in why
    with pytest.raises(UndecidedCheck, match=r"takes longer than the 0.2 s"):
        has(SLOW, LONG)
    assert has(SLOW, "xxxxy")


def test_who_starts_it_may_ignore_its_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a process ignores and blocks its children ignore and block, too, but this one ends all the same."""
    monkeypatch.setattr("cmock_py.lang.searching._SECONDS", 0.1)
    before = signal.signal(signal.SIGVTALRM, signal.SIG_IGN)
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGVTALRM])
    try:
        assert searched(SLOW, ["x" * 26])[0] == []
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        signal.signal(signal.SIGVTALRM, before)


@pytest.mark.parametrize("size", [2, 300_000])
def test_a_process_that_ends_is_no_slow_one(monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    """Where the process ends that searches it is told how, and not that the search takes long."""
    monkeypatch.setattr("sys.executable", "/bin/false")
    found, why = searched(SLOW, ["x" * size])
    assert found == []
    assert "/bin/false, which looked for it, has ended with status 1: it was looked for in 'xx" in why


def test_what_re_cannot_do() -> None:
    """Where `re` itself fails nobody knows what it would have found; it is told, and searching goes on."""
    pattern = r"((?:((b))|(a)*))*+\1"
    try:
        re.search(pattern, "bbaa")
    except SystemError:
        found, why = searched(pattern, ["c", "bbaa", "c"])
        assert found == [True]
        assert "is too much for Python's re: it was looked for in 'bbaa'" in why
    assert searched(pattern, ["c"]) == ([True], "")


def test_languages_without_c(monkeypatch: pytest.MonkeyPatch) -> None:
    """`verify` and `step` give up, too, and automata never do."""
    monkeypatch.setattr("cmock_py.lang.searching._SECONDS", 0.1)
    event = f'm.f(~"{SLOW}")'
    with pytest.raises(UndecidedCheck, match="takes longer than"):
        verify(event, f'm.f("{LONG}")')
    assert step(event, f'm.f("{LONG}")')  # while the SUT runs nobody asks Python
    assert not verify('m.f(~"(x+x+)+y")', f'm.f("{LONG}")')
    with pytest.raises(ArgumentValueError, match=r'~"\[é\]" is no regular expression for bytes: \[é\] lists'):
        verify('m.f(~"[é]")', 'm.f(x"c3")')


def test_a_process_that_is_gone() -> None:
    """Who ends the process that searches gets another one; nobody leaves one behind."""
    with searching():
        assert searched(r"(.)\1", ["abba"]) == ([True], "")
        process = _searcher.process
        assert process is not None
        assert searched(r"(.)\1", ["abba"]) == ([True], "")
        assert _searcher.process is process
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        assert searched(r"(.)\1", ["abba", "ab"]) == ([True, False], "")
    assert _searcher.process is None
    verify(r'm.f(~"(.)\1")', 'm.f("abba")')
    assert _searcher.process is None


def test_many_threads() -> None:
    """Each thread gets its own answers."""
    wrong: list[str] = []

    def search(letter: str) -> None:
        for count in range(20):
            texts = [letter * (number % 3) for number in range(count)]
            if searched(f"({letter})\\1", texts) != ([len(text) > 1 for text in texts], ""):
                wrong.append(letter)

    threads = [threading.Thread(target=search, args=(letter,)) for letter in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_a_child_has_its_own() -> None:
    """After a fork both processes can ask, and each gets its own answers."""
    program = (
        "import os\n"
        "from cmock_py.lang.searching import searched, searching\n"
        "searching().__enter__()\n"
        "for _ in range(2):\n"
        "    assert searched(r'(a)\\1', ['aa', 'a']) == ([True, False], '')\n"
        "    child = os.fork()\n"
        "    assert searched(r'(b)\\1', ['b', 'bb'] * 500) == ([False, True] * 500, '')\n"
        "    if not child:\n"
        "        break\n"
        "    assert os.waitpid(child, 0)[1] == 0\n"
    )
    done = subprocess.run([sys.executable, "-W", "error", "-c", program], capture_output=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.parametrize(
    ("pattern", "wanted"),
    [
        ("é+", b"(?:\xc3\xa9)+"),
        (r"\é[a]", b"(?:\xc3\xa9)[a]"),
        (r"\xff[\x80-\xff]", rb"\xff[\x80-\xff]"),
        (r"[]\]]é", b"[]\\]](?:\xc3\xa9)"),
        (r"\[é\]", b"\\[(?:\xc3\xa9)\\]"),
        ("\udcff", b"(?:\xff)"),
    ],
)
def test_expressions_of_bytes(pattern: str, wanted: bytes) -> None:
    """What is beyond ASCII stands for its bytes in UTF-8, all of them."""
    assert for_bytes(pattern) == wanted


@pytest.mark.parametrize(("pattern", "why"), [("[aé]", "lists characters of several bytes"), (r"\u00e9", "bad escape")])
def test_what_bytes_have_not(pattern: str, why: str) -> None:
    """A set of bytes has no characters of two, and bytes no escapes of characters."""
    with pytest.raises(re.error, match=why):
        for_bytes(pattern)
