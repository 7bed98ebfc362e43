"""Counts of elements that cannot be: more valid ones than there is room for, fewer than none."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cmock_py import (
    ApiArg,
    ApiFunction,
    ApiModule,
    ApiSpec,
    Mocking,
    SutCrashed,
    check_callouts,
    get_trace,
    init_lang,
    start_mocking,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

COUNTS = [ApiArg("int", "used"), ApiArg("int", "room")]
SPEC = ApiSpec([
    ApiModule("m", [
        ApiFunction("see", args=[ApiArg("const int *", "xs", buffer="room", length="used"), *COUNTS]),
        ApiFunction("sort", args=[ApiArg("int *", "xs", dir="inout", buffer="room", length="used"), *COUNTS]),
        ApiFunction("say", args=[ApiArg("const char *", "xs", buffer="room", length="used", string=True), *COUNTS]),
    ])
])  # fmt: skip


@pytest.fixture(scope="module")
def mocking() -> Iterator[Mocking]:
    """Start the mocks alone."""
    with start_mocking(SPEC) as mocking:
        yield mocking


@pytest.mark.parametrize("name", ["see", "sort"])
def test_more_valid_elements_than_there_is_room_for_stop_the_sut(mocking: Mocking, name: str) -> None:
    """What lies behind a buffer is not read as if it were in it; both counts are told."""
    init_lang(f"m.{name}(_, 5, 4)" + (" -> {_}" if name == "sort" else ""))
    with pytest.raises(SutCrashed) as raised:
        mocking.lib[name](mocking.new("int[8]", [1, 2, 3, 4, 5, 6, 7, 8]), 5, 4)
    text = str(raised.value)
    assert f"m.{name}: the SUT says that 5 elements of argument xs are valid, in a buffer that takes 4" in text
    assert "see what the caller passes for `length` and `buffer` of xs" in text


def test_text_that_ends_within_its_room_may_have_any_length(mocking: Mocking) -> None:
    """A length is where text ends at the latest; what counts is where it does."""
    init_lang('m.say("abc", 100, 4)')
    mocking.lib.say("abc", 100, 4)
    assert check_callouts()
    init_lang("m.say(_, 100, 4)")
    with pytest.raises(SutCrashed, match="6 elements of argument xs are valid, in a buffer that takes 4"):
        mocking.lib.say("abcdef", 100, 4)


def test_null_has_no_elements_whatever_the_counts_say(mocking: Mocking) -> None:
    """NULL is the value that it always is."""
    init_lang("m.see(NULL, 5, 4)")
    mocking.lib.see(None, 5, 4)
    assert check_callouts()


@pytest.mark.parametrize(("used", "room"), [(-1, 4), (0, 0), (-1, -1)])
def test_a_negative_count_is_none(mocking: Mocking, used: int, room: int) -> None:
    """C passes counts as signed numbers; fewer than none are none."""
    init_lang(f"m.see([], {used}, {room})")
    mocking.lib.see([1, 2], used, room)
    assert check_callouts()
    assert get_trace()[0].args == ([], used, room)
