"""Python functions as function pointers of C, and function pointers of C that Python calls."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from cmock_py import (
    EVENT,
    SEQ,
    WILDCARD,
    ArgumentError,
    ArgumentTypeError,
    ChildStopped,
    NullPointer,
    Pointer,
    StalePointer,
    SutError,
    UsageError,
)

if TYPE_CHECKING:
    from cmock_py import Mocking


# --- Python functions in C ------------------------------------------------------------------------------------------


def test_a_python_function_is_a_callback(mocking: Mocking) -> None:
    """C calls it with typed arguments as often as it likes, also long after it was passed."""
    heard: list[Any] = []

    def listener(text: Pointer, data: Any) -> int:
        heard.append((mocking.string(text), data))
        return len(heard)

    item = mocking.new("struct item", {"id": 3})
    mocking.lib.add_listener(listener, item)
    assert [mocking.lib.tell("one"), mocking.lib.tell("two")] == [1, 2]
    assert heard == [("one", item), ("two", item)]
    mocking.lib.add_listener(listener, None)
    mocking.lib.tell("three")
    assert heard[-1] == ("three", None)


def test_no_language_is_needed(mocking: Mocking) -> None:
    """A callback is no callout: it is not recorded, and no language has to allow it."""
    mocking.init_lang("")
    mocking.lib.set_visitor(lambda id_: id_ + 1)
    assert mocking.lib.call_visitor(4) == 5
    assert mocking.check_callouts()
    assert not mocking.get_trace()


def test_a_function_of_libc_takes_one(mocking: Mocking) -> None:
    """Its qsort sorts by a Python function, which sees its void pointers as it casts them."""

    def compare(a: Pointer, b: Pointer) -> int:
        return int(mocking.cast("int", a)[0] - mocking.cast("int", b)[0])

    numbers = mocking.new("int[]", [5, -3, 9, 0, 7])
    mocking.lib.qsort(numbers, 5, 4, compare)
    assert list(numbers) == [-3, 0, 5, 7, 9]


def test_integers_of_all_sizes_and_the_stack(mocking: Mocking) -> None:
    """Six integers come in registers, the rest on the stack, each with its size and sign."""
    seen: list[Any] = []

    def take(*args: Any) -> int:
        seen.extend([*args[:8], mocking.string(args[8])])
        return -9

    assert mocking.lib.sum9(take) == -9
    assert seen == [1, -2, -3, 200, -5, 6, -7, -8, "nine"]


def test_floating_values_of_all_sizes(mocking: Mocking) -> None:
    """Eight of them come in registers of their own, the others and every long double on the stack."""
    seen: list[Any] = []

    def take(*args: Any) -> float:
        seen.extend(args)
        return 0.25

    assert mocking.lib.mixed(take) == 0.25
    assert seen == [1.5, 2, 3.5, 4.25, ord("x"), 5.0, 6.0, 7.0, 8.0, 9.0, 10.5, 11.5]


def test_results_of_all_kinds(mocking: Mocking) -> None:
    """Each kind of result comes back in the register where C looks for it."""
    lib = mocking.lib
    assert lib.precise(lambda x: x * 2) == 6.0
    assert lib.small(lambda: -100) == -100
    assert lib.paint(lambda color: "RED" if color == "GREEN" else "GREEN") == "RED"
    assert mocking.string(lib.words(lambda item: f"{mocking.string(item.name)}!")) == "four!"
    assert lib.yes(lambda value: not value) is False


def test_structs_by_value(mocking: Mocking) -> None:
    """A struct comes as a copy that the function may keep, and goes back from a dict or a pointer."""
    kept: list[Pointer] = []
    assert mocking.lib.by_value(lambda item: kept.append(item) or item.id + 1) == 8
    assert kept[0].id == 7
    assert mocking.lib.made(lambda id_: {"id": id_, "name": "x"}) == 5
    assert mocking.lib.made(lambda _: kept[0]) == 7


@pytest.mark.parametrize(
    ("result", "words"),
    [(1 << 31, "outside"), ("x", "not a whole number"), (None, "not a whole number"), (1.0, "1.0 is a float")],
    ids=["range", "text", "none", "float"],
)
def test_a_wrong_result_names_the_function(mocking: Mocking, result: Any, words: str) -> None:
    """The error says which Python function gave what, and how C calls it."""

    def wrong(_: int) -> Any:
        return result

    mocking.lib.set_visitor(wrong)
    with pytest.raises(
        ArgumentError, match=rf"wrong\(\) at .*test_callbacks.py:\d+ was called as int\(\*\)\(int\).*{words}"
    ):
        mocking.lib.call_visitor(1)
    with pytest.raises(ChildStopped, match=r"wrong\(\)"):
        mocking.lib.twice(1)


def test_its_exception_reaches_the_test(mocking: Mocking) -> None:
    """As that of an answer does, and the SUT is stopped where it called."""
    mocking.lib.set_visitor(lambda id_: 1 // id_)
    with pytest.raises(ZeroDivisionError):
        mocking.lib.call_visitor(0)
    mocking.init_lang("")
    assert mocking.lib.twice(1) == 2


def test_a_callback_may_call_back(mocking: Mocking) -> None:
    """C to Python to C to Python, as deep as it goes."""

    def down(left: int) -> int:
        return 1 + mocking.lib.call_visitor(left - 1) if left else 0

    mocking.lib.set_visitor(down)
    assert mocking.lib.call_visitor(30) == 30


@pytest.mark.parametrize(
    ("function", "words"),
    [
        ("variadic", "nobody tells it what stands behind the dots"),
        ("opaque", "is a Python function, and the parameter is no pointer to a function"),
        ("twice", "is a Python function, and the parameter is no pointer to a function"),
    ],
)
def test_what_cannot_be_a_callback(mocking: Mocking, function: str, words: str) -> None:
    """It is refused before C is entered, and the argument is named."""
    with pytest.raises(ArgumentError, match=words) as raised:
        getattr(mocking.lib, function)(lambda *_: 1)
    assert function in str(raised.value)
    assert "argument" in str(raised.value)


def test_a_wrong_number_of_parameters_is_refused(mocking: Mocking) -> None:
    """A Python function that could not be called is refused when it is passed, and not when C calls it."""
    with pytest.raises(ArgumentTypeError, match=r"cannot be called as int\(\*\)\(int\): missing.*'b'"):
        mocking.lib.set_visitor(lambda a, b: a + b)


def test_an_answer_is_a_python_function(mocking: Mocking) -> None:
    """Where a mock returns a function pointer, the function that answers may return a Python function."""
    mocking.init_lang(EVENT("m", "choose", [WILDCARD], lambda number: lambda id_: id_ * number))
    assert mocking.lib.chosen(3, 5) == 15
    assert mocking.check_callouts()


def test_a_void_pointer_takes_one_that_was_made_typed(mocking: Mocking) -> None:
    """Where C forgets the type, ``new`` of the pointer's type says it."""
    cell = mocking.new("visitor", lambda id_: id_ * 2)
    assert mocking.lib.opaque(cell[0]) == 1
    assert cell[0](4) == 8


def test_the_same_function_takes_one_slot(mocking: Mocking) -> None:
    """A function that is passed again, also a bound method, is the same pointer; another type is another one."""

    class Counter:
        def visit(self, number: int) -> int:
            return number

    counter = Counter()
    for _ in range(300):
        mocking.lib.set_visitor(counter.visit)
    first = mocking.lib.global_visitor
    mocking.lib.set_visitor(counter.visit)
    assert mocking.lib.global_visitor == first


def test_all_slots_used_up(mocking: Mocking) -> None:
    """The 257th function is refused with the number, its place and the remedy; restart() empties the slots."""
    for number in range(256):
        mocking.lib.set_visitor(lambda _, number=number: number)
    assert mocking.lib.call_visitor(0) == 255
    with pytest.raises(UsageError, match=r"<lambda>\(\) at .*: 256 Python functions have been passed.*restart"):
        mocking.lib.set_visitor(lambda _: 1)
    mocking.restart()
    mocking.lib.set_visitor(lambda _: 1)
    assert mocking.lib.call_visitor(0) == 1


def test_slots_are_freed_with_the_child(mocking: Mocking) -> None:
    """A pointer of an earlier child is stale."""
    mocking.lib.set_visitor(abs)
    pointer = mocking.lib.global_visitor
    mocking.restart()
    with pytest.raises(StalePointer):
        pointer(1)


# --- tables of functions --------------------------------------------------------------------------------------------


def test_a_table_of_python_functions(mocking: Mocking) -> None:
    """Members of a struct take Python functions, in ``new`` and when they are assigned."""
    closed: list[int] = []

    def read(buffer: Any, size: int) -> int:
        mocking.cast("char[4]", buffer)[0] = 65
        return size

    ops = mocking.new("struct ops", {"open": lambda path: len(mocking.string(path)), "read": read})
    ops.close = lambda fd: closed.append(fd) or 0
    assert mocking.lib.run_ops(ops) == 4
    assert closed == [len("/dev/thing")]
    assert ops.read(mocking.new("char[8]"), 7) == 7


def test_a_table_of_mocks(mocking: Mocking) -> None:
    """A driver's operations are mocks: what the SUT calls through its table is expected and recorded as any call."""
    lib = mocking.lib
    ops = mocking.new("struct ops", {"open": lib.dev_open, "read": lib.dev_read, "close": lib.dev_close})
    mocking.init_lang('fd = dev.dev_open("/dev/thing") -> 5  dev.dev_read(4) -> {"abc", 3}  dev.dev_close(fd) -> 0')
    assert lib.run_ops(ops) == 3
    assert mocking.check_callouts()
    assert ops.open == lib.dev_open
    assert ops.open != lib.dev_close
    assert str(mocking.get_trace()[0].place).endswith("in run_ops()")


def test_globals_and_arrays(mocking: Mocking) -> None:
    """A global of the SUT, a global table and an array of function pointers take them, too."""
    mocking.lib.global_visitor = lambda id_: -id_
    assert mocking.lib.call_visitor(3) == -3
    mocking.lib.driver.close = lambda _: 9
    assert mocking.lib.driver.close(1) == 9
    table = mocking.new("visitor[3]", [lambda id_: id_ + 1, mocking.lib.twice, None])
    assert (table[0](5), table[1](5), table[2] == None) == (6, 10, True)  # noqa: E711 - NULL


# --- function pointers of C in Python -------------------------------------------------------------------------------


def test_a_stored_function_pointer_can_be_called(mocking: Mocking) -> None:
    """What C has stored is called with the checks of any call; NULL is no crash."""
    mocking.lib.set_visitor(mocking.lib.twice)
    assert mocking.lib.global_visitor(21) == 42
    assert mocking.lib.get_visitor()(4) == 8
    assert mocking.lib.global_visitor == mocking.lib.twice
    with pytest.raises(ArgumentError, match="outside"):
        mocking.lib.global_visitor(1 << 40)
    mocking.lib.set_visitor(None)
    assert not mocking.lib.global_visitor
    with pytest.raises(NullPointer, match="called"):
        mocking.lib.global_visitor(1)


def test_a_static_function_can_be_called(mocking: Mocking) -> None:
    """What no header declares is called through its address, when its type is given."""
    assert mocking.address_of("hidden_half", "int (*)(int)")(42) == 21
    assert mocking.address_of("twice")(4) == 8


def test_an_answer_calls_a_captured_callback(mocking: Mocking) -> None:
    """A function pointer that a mock gets is a callable in the Python function that answers; NULL is None."""

    def visit(visitor: Any, count: int) -> int:
        return -1 if visitor is None else sum(visitor(i) for i in range(count))

    mocking.init_lang(SEQ(EVENT("m", "visit_mock", [WILDCARD, 4], visit) for _ in range(2)))
    assert mocking.lib.visit_all(4) == 2 * (0 + 1 + 2 + 3) - 1
    assert mocking.check_callouts()


def test_a_python_function_comes_back_as_a_pointer(mocking: Mocking) -> None:
    """A Python function that went through C is called through C again."""
    calls: list[int] = []
    mocking.lib.set_visitor(lambda id_: calls.append(id_) or 3)
    assert mocking.lib.get_visitor()(7) == 3
    assert calls == [7]
    assert "int (*)(int) at 0x" in repr(mocking.lib.get_visitor())


def test_a_crash_behind_a_pointer_is_one_of_the_sut(mocking: Mocking) -> None:
    """A wild function pointer crashes the child, as a call of C does."""
    cell = mocking.new("visitor", 0x123456)
    with pytest.raises(SutError, match="SIGSEGV"):
        cell[0](1)


def test_a_pointer_to_a_function_has_no_elements(mocking: Mocking) -> None:
    """Code is not data."""
    with pytest.raises(ArgumentTypeError, match="points to a function"):
        mocking.new("visitor", abs)[0][0]
