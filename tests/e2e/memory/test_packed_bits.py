"""Packed structs whose bit-fields straddle bytes, as protocols and registers have them, from Python, C and events."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cmock_py import (
    ApiArg,
    ApiFunction,
    ApiModule,
    ApiSpec,
    ArgumentValueError,
    Mocking,
    check_callouts,
    get_trace,
    init_lang,
    start_mocking,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

HEADER = """
#include <stdint.h>
struct __attribute__((packed)) header { uint8_t type; uint16_t length : 12, flags : 4; };
struct frame { struct header headers[2]; int x; };
struct plain { int x; };
typedef struct __attribute__((packed)) { uint32_t kind : 4; int32_t offset : 20; } entry;
void use(const struct plain *p); void see(const struct header *h); void by_value(struct header h);
struct header answer(void); void fill(struct header *h);
int length_of(const struct header *h); int length_by_value(struct header h); struct header make(int length, int flags);
int offset_of(const entry *e); int go(void);
"""
SOURCE = """
#include "packed.h"
int length_of(const struct header *h) { return h->length * 100 + h->flags; }
int length_by_value(struct header h) { return h.length * 100 + h.flags; }
struct header make(int length, int flags) { struct header h = {3, length, flags}; return h; }
int offset_of(const entry *e) { return e->offset; }
int go(void) { struct header h = answer(); see(&h); by_value(h); fill(&h); return h.length; }
"""
HEADERS = ApiArg("const struct header *", "h", view="*h")
SPEC = ApiSpec([
    ApiModule("m", [
        ApiFunction("use", args=[ApiArg("const struct plain *", "p", view="*p")]),
        ApiFunction("see", args=[HEADERS]),
        ApiFunction("by_value", args=[ApiArg("struct header", "h")]),
        ApiFunction("answer", "struct header"),
        ApiFunction("fill", args=[ApiArg("struct header *", "h", dir="out")]),
    ])
])  # fmt: skip


@pytest.fixture(scope="module", params=["gcc", pytest.param("clang", marks=pytest.mark.needs_clang)])
def mocking(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mocking]:
    """Start with one compiler and the other, since both must place them alike."""
    folder = tmp_path_factory.mktemp("packed")
    (folder / "packed.h").write_text(HEADER)
    (folder / "packed.c").write_text(SOURCE)
    with start_mocking(SPEC, headers=[folder / "packed.h"], objs=[folder / "packed.c"], cc=request.param) as mocking:
        yield mocking


def test_other_structs_of_the_header_are_not_concerned(mocking: Mocking) -> None:
    """A struct of a header that also holds a packed one is made as ever."""
    init_lang("m.use({x: 1})")
    mocking.lib.use(mocking.new("struct plain", {"x": 1}))
    assert check_callouts()


def test_bit_fields_that_straddle_bytes_are_read_and_written(mocking: Mocking) -> None:
    """Python and C see the same, in a struct alone, in an array of another, signed or not."""
    header = mocking.new("struct header", {"type": 3, "length": 5, "flags": 9})
    assert mocking.lib.length_of(header) == 509
    header.length = 4095
    assert (header.type, header.length, header.flags, mocking.lib.length_of(header)) == (3, 4095, 9, 409509)
    assert header == {"type": 3, "length": 4095, "flags": 9}
    assert "type=3, length=4095, flags=9" in repr(header)
    frame = mocking.new("struct frame", {"headers": [{"length": 1}, {"flags": 2}], "x": 7})
    frame.headers[1].length = 8
    assert mocking.value(frame)["headers"] == [
        {"type": 0, "length": 1, "flags": 0}, {"type": 0, "length": 8, "flags": 2}
    ]  # fmt: skip
    entry = mocking.new("entry", {"kind": 15, "offset": -3})
    assert (mocking.lib.offset_of(entry), entry.offset, entry.kind) == (-3, -3, 15)
    with pytest.raises(ArgumentValueError, match=r"entry\.offset: 524288 is outside -524288\.\.524287"):
        entry.offset = 524288


def test_such_structs_are_passed_and_returned_by_value(mocking: Mocking) -> None:
    """From a dict, from a pointer, and as a result."""
    made = mocking.lib.make(4095, 15)
    assert made == {"type": 3, "length": 4095, "flags": 15}
    assert mocking.lib.length_by_value(made) == 409515
    assert mocking.lib.length_by_value({"length": 2}) == 200


def test_such_structs_are_seen_and_answered(mocking: Mocking) -> None:
    """Events name their members, and answers too."""
    init_lang("""
        m.answer() -> {type: 1, length: 3000, flags: 5}
        m.see({length: 3000, flags: 5})  m.by_value({length: > 2999})  m.fill() -> {{length: 77}}
    """)
    assert mocking.lib.go() == 77
    assert check_callouts()
    assert get_trace()[1].args[0] == {"type": 1, "length": 3000, "flags": 5}
