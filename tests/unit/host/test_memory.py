"""The bytes of the SUT's memory: which reads and writes are allowed, and where they end."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cmock_py import ApiFunction, ApiModule, ApiSpec, MemoryAccessError, Mocking, NullPointer, UsageError, start_mocking
from cmock_py.host.arena import BASE, SIZE
from cmock_py.host.signature import pointer_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cmock_py.host.memory import Memory

PAGE = 4096


@pytest.fixture(scope="module")
def mocking(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mocking]:
    """A SUT that hands out pages, with nothing mapped behind them."""
    folder = tmp_path_factory.mktemp("memory")
    (folder / "pages.h").write_text(
        "#include <stddef.h>\nextern const char text[6];\nvoid *map(size_t size, int writable);\n"
    )
    (folder / "pages.c").write_text(
        '#include "pages.h"\n#include <sys/mman.h>\nconst char text[6] = "const";\n'
        "void *map(size_t size, int writable)\n{\n"
        "    char *found = mmap(NULL, size + 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);\n"
        "    munmap(found + size, 4096);\n    if (!writable)\n        mprotect(found, size, PROT_READ);\n"
        "    return found;\n}\n"
    )
    spec = ApiSpec([ApiModule("m", [ApiFunction("mocked", "int")])])
    with start_mocking(spec, headers=[folder / "pages.h"], objs=[folder / "pages.c"]) as started:
        yield started


@pytest.fixture
def memory(mocking: Mocking) -> Memory:
    """The memory of a fresh child."""
    mocking.restart()
    return mocking._memory


@pytest.mark.parametrize("size", [1, PAGE, PAGE + 1, 3 * PAGE])
def test_the_last_byte_of_a_mapping_is_the_last_that_reads(mocking: Mocking, memory: Memory, size: int) -> None:
    """A read may end where memory ends, and not one byte behind; the same holds for a write."""
    end = int(mocking.lib.map(3 * PAGE, 1)) + 3 * PAGE
    memory.write(end - size, b"x" * size)
    assert memory.read(end - size, size) == b"x" * size
    with pytest.raises(MemoryAccessError, match=f"{size + 1} bytes at {end - size:#x} cannot be read"):
        memory.read(end - size, size + 1)
    with pytest.raises(MemoryAccessError, match="cannot be written"):
        memory.write(end - size, b"y" * (size + 1))


def test_a_string_may_end_with_its_page(mocking: Mocking, memory: Memory) -> None:
    """Looking for the NUL does not touch the next page, which may not exist; a string without NUL there is an error."""
    end = int(mocking.lib.map(2 * PAGE, 1)) + 2 * PAGE
    memory.write(end - PAGE - 3, b"a" * (PAGE + 2) + b"\0")
    assert memory.string(end - PAGE - 3) == b"a" * (PAGE + 2)
    memory.write(end - 1, b"a")
    assert memory.string(end - 5, 5) == b"aaaaa"
    with pytest.raises(MemoryAccessError):
        memory.string(end - 5)


def test_memory_that_the_sut_may_only_read_is_not_written(mocking: Mocking, memory: Memory) -> None:
    """Constants and protected pages are refused, though the kernel would let Python write them."""
    page = int(mocking.lib.map(PAGE, 0))
    with pytest.raises(MemoryAccessError, match=f"{page:#x} is const"):
        memory.write(page, b"x")
    with pytest.raises(UsageError, match="const"):
        mocking.lib.text = "other"
    assert mocking.string(mocking.lib.text) == "const"


def test_null_and_what_lies_close_to_it_is_told_as_null(memory: Memory) -> None:
    """A member of a NULL struct has a small address."""
    for address, words in ((0, "NULL;"), (16, "NULL plus 16;")):
        with pytest.raises(NullPointer, match=words):
            memory.read(address, 4)
        with pytest.raises(NullPointer, match=words):
            memory.write(address, b"1234")


def test_blocks_are_zero_apart_and_again_there_after_a_restart(mocking: Mocking, memory: Memory) -> None:
    """A block of the arena is zero, also where an earlier test wrote, and ends before the next."""
    first = memory.allocate(10)
    memory.write(first, b"x" * 10)
    assert memory.allocate(1) >= first + 16
    mocking.restart()
    again = memory.allocate(10)
    assert again == first
    assert memory.read(again, 10) == bytes(10)


def test_a_full_heap_says_how_to_empty_it(memory: Memory) -> None:
    """A block that does not fit is refused, and smaller ones still fit afterwards."""
    with pytest.raises(MemoryAccessError, match=r"restart\(\) empties it"):
        memory.allocate(SIZE)
    assert memory.allocate(8) < BASE + SIZE


@pytest.mark.parametrize(
    ("text", "name", "pointer"),
    [
        ("char *f(void)", "f", "char *"),
        ("const struct point *const *f(int f)", "f", "const struct point *const *"),
        ("list f(int value, list f)", "f", "list"),
        ("unsigned long int *get_f(void)", "get_f", "unsigned long int *"),
        ("void (*signal(int sig, void (*func)(int)))(int)", "signal", "void *"),
    ],
    ids=["plain", "two stars", "typedef", "words", "function pointer"],
)
def test_the_type_of_a_returned_pointer_is_read_from_the_prototype(text: str, name: str, pointer: str) -> None:
    """What stands before the name is the type; a function pointer is an untyped address."""
    assert pointer_text(text, name) == pointer
