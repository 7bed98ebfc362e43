"""`mocking.free` and `mocking.address_of`: blocks that end, and what has a name in C, static or not."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from cmock_py import (
    ApiFunction,
    ApiModule,
    ApiSpec,
    ArgumentError,
    ArgumentTypeError,
    Mocking,
    StalePointer,
    UnknownNameError,
    UsageError,
    start_mocking,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# --- free -----------------------------------------------------------------------------------------------------------


def test_a_freed_object_cannot_be_used_in_any_way(mocking: Mocking) -> None:
    """Reading, writing, passing, storing, casting, and a pointer into the middle: each says that it was freed."""
    line = mocking.new("struct line", {"name": "x"})
    inside, other = line.to, mocking.new("struct line")
    mocking.free(line)
    for use in (
        lambda: line.name,
        lambda: inside.x,
        lambda: setattr(line, "name", None),
        lambda: mocking.lib.same(line),
        lambda: setattr(other, "next", line),
        lambda: mocking.cast("int", line),
        lambda: mocking.cast("int", int(line) + 8)[0],
        lambda: mocking.value(line),
        lambda: mocking.string(mocking.cast("char", int(line))),
    ):
        with pytest.raises(StalePointer, match=r"freed with mocking\.free"):
            use()
    assert other.next == None  # noqa: E711 - NULL


def test_freeing_twice_says_so(mocking: Mocking) -> None:
    """A double free is a StalePointer, also when another object was made meanwhile."""
    block = mocking.new("int")
    mocking.free(block)
    mocking.new("int")
    with pytest.raises(StalePointer, match="freed"):
        mocking.free(block)


def test_only_objects_of_new_are_freed(mocking: Mocking) -> None:
    """Middles of objects, memory of C, NULL and things that are no pointers are refused, each with the remedy."""
    array = mocking.new("int[4]")
    with pytest.raises(ArgumentError, match=f"into the block at {int(array):#x}"):
        mocking.free(mocking.cast("int", int(array) + 4))
    for other in (mocking.lib.calloc(1, 4), mocking.lib.grid, mocking.cast("int", None)):
        with pytest.raises(ArgumentError, match=r"not made by mocking\.new.*mocking\.lib\.free"):
            mocking.free(other)
    with pytest.raises(ArgumentTypeError, match="not a pointer"):
        mocking.free(5)  # type: ignore[arg-type]


def test_a_freed_object_is_poisoned_and_its_neighbours_are_not(mocking: Mocking) -> None:
    """C that still uses a freed object sees 0xDD; other objects keep their values."""
    first, block, last = (mocking.new("int", n) for n in (1, 2, 3))
    kept = mocking.lib.same(block)
    mocking.free(block)
    assert mocking.lib.follow(int(kept)) & 0xFFFFFFFF == 0xDDDDDDDD
    assert (first[0], last[0]) == (1, 3)


def test_a_fresh_child_forgets_what_was_freed(mocking: Mocking) -> None:
    """After restart new objects may lie where freed ones were; freeing an old one is stale."""
    block = mocking.new("int")
    other = mocking.new("int")
    mocking.free(block)
    mocking.restart()
    assert mocking.new("int", 7)[0] == 7
    with pytest.raises(StalePointer, match="earlier test child"):
        mocking.free(other)


# --- address_of -----------------------------------------------------------------------------------------------------


def test_a_declared_global_has_the_type_of_its_header(mocking: Mocking) -> None:
    """The pointer is followed, written and passed as any other."""
    counter = mocking.address_of("counter")
    assert counter[0] == 3
    counter[0] = 8
    assert mocking.lib.counter == 8
    assert mocking.lib.follow(counter) == 8
    assert list(mocking.address_of("grid")) == [1, 2, 3]
    assert mocking.address_of("segment").to == {"x": 3, "y": 4}
    assert mocking.string(mocking.address_of("title")[0]) == "untitled"


def test_a_function_has_an_address(mocking: Mocking) -> None:
    """It is the one that C sees, and C can call it; a mocked function's is its mock."""
    plus_one = mocking.address_of("plus_one")
    assert repr(plus_one) == f"<int (*)(int) at {int(plus_one):#x}>"
    assert mocking.lib.apply(plus_one, 4) == 5
    assert mocking.lib.callback == plus_one == mocking.lib.plus_one
    assert mocking.address_of("rand") == mocking.lib.rand != mocking.real.rand
    assert mocking.address_of("strlen") == mocking.lib.strlen


@pytest.fixture(scope="module")
def hidden(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mocking]:
    """Two sources with static variables that share a name."""
    folder = tmp_path_factory.mktemp("hidden")
    (folder / "sut.h").write_text("struct pair { int a, b; };\nint first(void);\nint second(void);\n")
    (folder / "first.c").write_text(
        '#include "sut.h"\nstatic int counter = 3;\nstatic struct pair both = { 1, 2 };\nint undeclared = 5;\n'
        "static int add(int n) { return n + counter + both.a; }\nint first(void) { return add(undeclared); }\n"
    )
    (folder / "second.c").write_text("static int counter = 7;\nint second(void) { return counter; }\n")
    spec = ApiSpec([ApiModule("m", [ApiFunction("mocked", "int")])])
    objs = [folder / "first.c", folder / "second.c"]
    with start_mocking(spec, headers=[folder / "sut.h"], objs=objs) as started:
        yield started


def test_a_static_global_is_reached_with_its_type(hidden: Mocking) -> None:
    """No header declares it, so the type is given; C sees what is written."""
    both = hidden.address_of("both", "struct pair")
    assert both == {"a": 1, "b": 2}
    both.a = 10
    hidden.address_of("undeclared", "int")[0] = 100
    assert hidden.lib.first() == 113
    assert hidden.address_of("add") != None  # noqa: E711 - NULL


def test_two_static_globals_of_one_name_are_told_apart(hidden: Mocking) -> None:
    """Both sources are named, and `file` chooses one."""
    with pytest.raises(UsageError, match=r"counter is static in first\.c and second\.c; .* file='first\.c'"):
        hidden.address_of("counter", "int")
    hidden.address_of("counter", "int", file="second.c")[0] = 70
    assert (hidden.lib.second(), hidden.address_of("counter", "int", file="first.c")[0]) == (70, 3)
    with pytest.raises(UnknownNameError, match=r"first\.c and second\.c, not in third\.c"):
        hidden.address_of("counter", "int", file="third.c")


def test_static_globals_in_files_called_alike_are_told_by_address(tmp_path: Path) -> None:
    """Where the file's name tells nothing, the message has the addresses, which a cast takes."""
    objs = []
    for folder, value in (("one", 1), ("two", 2)):
        (tmp_path / folder).mkdir()
        objs.append(tmp_path / folder / "part.c")
        objs[-1].write_text(f"static volatile int state = {value};\nint {folder}(void) {{ return state; }}\n")
    spec = ApiSpec([ApiModule("m", [ApiFunction("mocked", "int")])])
    with start_mocking(spec, objs=objs) as mocking:
        with pytest.raises(UsageError, match=r"static in part\.c and part\.c; their addresses are 0x") as raised:
            mocking.address_of("state", "int")
        addresses = [int(word, 16) for word in re.findall("0x[0-9a-f]+", str(raised.value))]
        assert [mocking.cast("int", address)[0] for address in addresses] == [1, 2]


@pytest.mark.parametrize(
    ("args", "error", "words"),
    [
        (("both",), UnknownNameError, ["no header declares both", "address_of('both', 'int')"]),
        (("bth", "int"), UnknownNameError, ["no object defines", "'bth'", "did you mean 'both'"]),
        (("both", "struct pair[2]"), ArgumentTypeError, ["struct pair[2] has 16 bytes", "both has 8"]),
        (("both", "struct nowhere"), UnknownNameError, ["nowhere"]),
        (("cmk_enter",), UnknownNameError, ["no object defines"]),
    ],
    ids=["no type", "misspelt", "too large", "unknown type", "ours"],
)
def test_a_name_that_cannot_be_reached_says_why(
    hidden: Mocking, args: tuple[str, ...], error: type[Exception], words: list[str]
) -> None:
    """Missing types, misspelt names and types that are larger than the object are errors."""
    with pytest.raises(error) as raised:
        hidden.address_of(*args)
    assert [word for word in words if word not in str(raised.value)] == []
