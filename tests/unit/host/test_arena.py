"""The shared memory by itself."""

from __future__ import annotations

import errno
import mmap
import os

import pytest

from cmock_py.host.arena import BASE, MAGIC, SIZE, TEXT_SIZE, WORD, WORDS, Arena


@pytest.fixture
def arena() -> Arena:
    """A fresh arena, closed at the end."""
    made = Arena()
    yield made
    made.close()


def test_a_new_arena_is_signed_and_empty(arena: Arena) -> None:
    """The first word says what it is; all others are zero."""
    assert arena.words[WORD["magic"]] == MAGIC
    assert not any(arena.words[1:])


def test_words_do_not_overlap() -> None:
    """Each member of the header begins where the one before it ends."""
    assert [WORD[name] for name, _ in WORDS] == [sum(count for _, count in WORDS[:i]) for i in range(len(WORDS))]
    assert WORD["text"] == sum(count for _, count in WORDS)


def test_the_size_is_sealed(arena: Arena) -> None:
    """Nobody can shrink the memory under the feet of the other side, nor grow it."""
    for size in (SIZE // 2, SIZE * 2):
        with pytest.raises(PermissionError):
            os.ftruncate(arena.fd, size)


def test_it_costs_only_what_is_used(arena: Arena) -> None:
    """Four GiB of addresses are no memory."""
    assert os.fstat(arena.fd).st_blocks * 512 <= 4 * mmap.PAGESIZE


def test_text_round_trip(arena: Arena) -> None:
    """A text comes back as it was written, bytes that are no UTF-8 included."""
    for text in ("", "dev.push", "caf\u00e9", "\udcff raw"):
        arena.set_text(text)
        assert arena.text() == text


def test_a_shorter_text_hides_a_longer_one(arena: Arena) -> None:
    """What is left of an older text is not read."""
    arena.set_text("a long text")
    arena.set_text("short")
    assert arena.text() == "short"


def test_text_that_does_not_fit(arena: Arena) -> None:
    """A text longer than its room is refused with both numbers, and nothing is written."""
    arena.set_text("before")
    with pytest.raises(ValueError, match=f"{TEXT_SIZE + 1} bytes is longer than {TEXT_SIZE}"):
        arena.set_text("x" * TEXT_SIZE)
    assert arena.text() == "before"
    arena.set_text("x" * (TEXT_SIZE - 1))
    assert len(arena.text()) == TEXT_SIZE - 1


@pytest.mark.parametrize(
    ("address", "size", "inside"),
    [
        (BASE, 1, True),
        (BASE + SIZE - 1, 1, True),
        (BASE + SIZE - 1, 2, False),
        (BASE - 1, 1, False),
        (BASE - 1, SIZE, False),
        (BASE, SIZE, True),
        (BASE, SIZE + 1, False),
        (0, 8, False),
    ],
)
def test_contains(arena: Arena, address: int, size: int, inside: bool) -> None:
    """A span lies in the arena when its first and its last byte do."""
    assert arena.contains(address, size) is inside


def test_close_twice(arena: Arena) -> None:
    """Closing gives the descriptor back, once."""
    fd = arena.fd
    arena.close()
    arena.close()
    with pytest.raises(OSError, match=os.strerror(errno.EBADF)):
        os.fstat(fd)
