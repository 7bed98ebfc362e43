"""What a call has passed is answered as it is: text, bytes, arrays and structs, wherever such a value fits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from cmock_py import (
    EVENT,
    OUT,
    SEQ,
    VAR,
    AmbiguousCall,
    AnswerTooLong,
    ApiArg,
    ApiFunction,
    ApiModule,
    ApiSpec,
    CalloutsFailed,
    LanguageError,
    Mocking,
    TraceFull,
    UnfitAnswer,
    check_callouts,
    get_trace,
    init_lang,
    start_mocking,
    step,
    verify,
)
from cmock_py.lang.nodes import Bind
from cmock_py.lang.render_tree import render

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

HEADER = """
#include <stddef.h>
#include <stdint.h>
struct rec { char tag; double x; int y : 5; char name[8]; int16_t xs[2]; };
struct nest { int n; struct rec in; };
struct point { char c; double x; };
struct board { int id; double hot[2]; struct point at[2]; char names[2][4]; };
struct __attribute__((aligned(32))) wide { char c[32]; };
struct bag { uint8_t raw[4]; const char *text; };
void write_to(const void *data, size_t n);
size_t read_from(void *buf, size_t cap);
int open_at(const char *path);
const char *name_of(int fd);
char *copy_of(int fd);
const uint8_t *bytes_of(int fd);
int path_of(int fd, char *buf, size_t cap);
void put(struct rec r);
void store(const struct rec *r);
void store_all(const struct rec *all, size_t n);
void get(struct rec *out);
size_t get_all(struct rec *all, size_t cap);
struct rec value(void);
struct rec *find(void);
struct nest nested(void);
struct bag bag(void);
struct wide *wide(struct wide w);
void tx(const int16_t *xs, size_t n);
size_t rx(int16_t *xs, size_t cap);
int16_t *all(void);
void show(struct board b);
void draw(const struct board *all, size_t n);
void values(const double *xs, size_t n);
void pin(struct point p);
void put_rec(int y, double x, const char *name);
void show_board(double hot, double x, const char *name);
int own_name(void);
const char *echo(const char *text);
int race(int rounds);
"""
SOURCE = """
#include "sut.h"
#include <pthread.h>
#include <stdio.h>
#include <string.h>
static int rounds_of_each, wrong;
static void *ask(void *name)
{
    char text[64];
    for (int i = 0; i < rounds_of_each; i++) {
        snprintf(text, sizeof text, "%*d of %s", i % 40, i, (const char *)name);
        if (strcmp(echo(text), text) != 0)
            __atomic_add_fetch(&wrong, 1, __ATOMIC_RELAXED);
    }
    return NULL;
}
int race(int rounds)
{
    pthread_t threads[2];
    rounds_of_each = rounds;
    pthread_create(&threads[0], NULL, ask, "one");
    pthread_create(&threads[1], NULL, ask, "other");
    pthread_join(threads[0], NULL);
    pthread_join(threads[1], NULL);
    return wrong;
}
static struct rec made(int y, double x, const char *name, int garbage)
{
    struct rec r;
    memset(&r, garbage, sizeof r);
    r.tag = 't'; r.x = x; r.y = y;
    strcpy(r.name, name);
    r.xs[0] = 1; r.xs[1] = -2;
    return r;
}
void put_rec(int y, double x, const char *name)
{
    struct rec both[2] = { made(y, x, name, 0xCC), made(y + 1, -x, name, 0x33) };
    put(both[0]);
    store(&both[1]);
    store_all(both, 2);
}
void show_board(double hot, double x, const char *name)
{
    struct board b;
    memset(&b, 0xCC, sizeof b);
    b.id = 1; b.hot[0] = hot; b.hot[1] = 1; b.at[0].c = b.at[1].c = 'p'; b.at[0].x = 0; b.at[1].x = x;
    strcpy(b.names[0], "a"); strcpy(b.names[1], name);
    show(b);
    draw(&b, 1);
    values(b.hot, 2);
    pin(b.at[1]);
}
int own_name(void)
{
    char *mine = copy_of(1), *other;
    mine[0] = 'X';
    other = copy_of(1);
    return other[0];
}
"""


def arg(text: str, name: str, **said: Any) -> ApiArg:
    """Say what an argument is."""
    return ApiArg(text, name, **said)


def spec() -> ApiSpec:
    """Make the spec of the SUT."""
    room: dict[str, Any] = {"dir": "out", "buffer": "cap"}
    cap, fd = arg("size_t", "cap"), arg("int", "fd")
    return ApiSpec(
        [
            ApiModule(
                "m",
                [
                    ApiFunction("write_to", args=[arg("const void *", "data", buffer="n"), arg("size_t", "n")]),
                    ApiFunction("read_from", "size_t", [arg("void *", "buf", **room), cap]),
                    ApiFunction("open_at", "int", [arg("const char *", "path")]),
                    ApiFunction("name_of", "const char *", [fd]),
                    ApiFunction("copy_of", "char *", [fd]),
                    ApiFunction("bytes_of", "const uint8_t *", [fd]),
                    ApiFunction("path_of", "int", [fd, arg("char *", "buf", string=True, **room), cap]),
                    ApiFunction("put", args=[arg("struct rec", "r")]),
                    ApiFunction("store", args=[arg("const struct rec *", "r", view="*r", stored_type="struct rec")]),
                    ApiFunction("store_all", args=[arg("const struct rec *", "all", buffer="n"), arg("size_t", "n")]),
                    ApiFunction("get", args=[arg("struct rec *", "out", dir="out")]),
                    ApiFunction("get_all", "size_t", [arg("struct rec *", "all", **room), cap]),
                    ApiFunction("value", "struct rec"),
                    ApiFunction("find", "struct rec *"),
                    ApiFunction("nested", "struct nest"),
                    ApiFunction("bag", "struct bag"),
                    ApiFunction("wide", "struct wide *", [arg("struct wide", "w")]),
                    ApiFunction("tx", args=[arg("const int16_t *", "xs", buffer="n"), arg("size_t", "n")]),
                    ApiFunction("rx", "size_t", [arg("int16_t *", "xs", **room), cap]),
                    ApiFunction("all", "int16_t *"),
                    ApiFunction("echo", "const char *", [arg("const char *", "text")]),
                    ApiFunction("show", args=[arg("struct board", "b")]),
                    ApiFunction("draw", args=[arg("const struct board *", "all", buffer="n"), arg("size_t", "n")]),
                    ApiFunction("values", args=[arg("const double *", "xs", buffer="n"), arg("size_t", "n")]),
                    ApiFunction("pin", args=[arg("struct point", "p")]),
                ],
            )
        ]
    )


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mocking]:
    """Start all mocks once."""
    folder = tmp_path_factory.mktemp("echoes")
    with begin(folder) as mocking:
        yield mocking


def begin(folder: Path, **options: Any) -> Mocking:
    """Start the SUT."""
    (folder / "sut.h").write_text(HEADER)
    (folder / "sut.c").write_text(SOURCE)
    return start_mocking(spec(), [folder / "sut.h"], [folder / "sut.c"], **options)


@pytest.fixture
def mocking(started: Mocking) -> Mocking:
    """Give a fresh child."""
    started.restart()
    return started


def rx(mocking: Mocking, capacity: int) -> list[int]:
    """Read numbers into a buffer."""
    buffer = mocking.new("int16_t[8]")
    count = mocking.lib.rx(buffer, capacity)
    return [buffer[i] for i in range(count)]


def tx(mocking: Mocking, *numbers: int) -> None:
    """Pass numbers."""
    mocking.lib.tx(mocking.new(f"int16_t[{len(numbers)}]", list(numbers)) if numbers else None, len(numbers))


REC = {"tag": 116, "x": 0.5, "y": 5, "name": "ab", "xs": [1, -2]}
OTHER = {**REC, "x": -0.5, "y": 6}


def test_an_echo(mocking: Mocking) -> None:
    """What was written is read; the trace shows it, and a check of any language compares it."""
    init_lang("(m.write_to(?data, ?n)  m.read_from(*buf = data, _) -> n)*")
    for data in (b"hello", b"", b"\0binary\xff\0", b"x" * 300):
        buffer = mocking.new("uint8_t[300]")
        mocking.lib.write_to(data, len(data))
        assert mocking.lib.read_from(buffer, 300) == len(data)
        assert bytes(buffer[i] for i in range(len(data))) == data
        assert get_trace()[-1].answer == (data, len(data))
    assert check_callouts() is True
    same = "m.write_to(_, _)  m.read_from(*buf = {}, _) -> 5  (m.write_to(?d, ?n)  m.read_from(*buf = d, _) -> n)*"
    assert check_callouts(same.format('x"68656c6c6f"')) is True
    with pytest.raises(CalloutsFailed) as wrong:
        check_callouts(same.format('x"68656c6c"'))
    assert 'answer:  expected {"hell", 5}\n                 but was  {"hello", 5}' in str(wrong.value)
    with pytest.raises(CalloutsFailed):
        check_callouts(
            "(m.write_to(?d, ?n)  m.read_from(*buf = d, _) -> n  m.write_to(_, ?m)  m.read_from(*buf = d, _) -> m)*"
        )


def test_text_as_result_and_in_buffers(mocking: Mocking) -> None:
    """A text is answered as a pointer to a copy of it, or into a buffer, with its NUL; bytes go without one."""
    init_lang(
        "m.open_at(?path) -> 3  m.name_of(3) -> path  m.copy_of(3) -> path  m.path_of(3, *buf = path, _) -> 0"
        "  m.bytes_of(3) -> path  m.read_from(*buf = path, _) -> 4"
    )
    lib, buffer = mocking.lib, mocking.new("char[8]")
    assert lib.open_at("/tmp") == 3
    assert [mocking.string(lib.name_of(3)), mocking.string(lib.copy_of(3))] == ["/tmp", "/tmp"]
    lib.path_of(3, buffer, 8)
    assert mocking.string(buffer) == "/tmp"
    raw = lib.bytes_of(3)
    assert bytes(raw[i] for i in range(4)) == b"/tmp"
    assert lib.read_from(buffer, 8) == 4
    assert [call.answer for call in get_trace()] == [3, "/tmp", "/tmp", ("/tmp", 0), b"/tmp", (b"/tmp", 4)]
    assert check_callouts() is True
    assert (
        check_callouts(
            'm.open_at(?p) -> 3  m.name_of(_) -> "/tmp"  (m.copy_of(_) -> p  m.path_of(_, *buf = p, _) -> 0'
            '  m.bytes_of(_) -> x"2f746d70"  m.read_from(*buf = x"2f746d70", _) -> 4)'
        )
        is True
    )


def test_bytes_as_text(mocking: Mocking) -> None:
    """Bytes that hold no NUL are a text."""
    init_lang("m.write_to(?data, _)  m.name_of(_) -> data  m.path_of(_, *buf = data, _) -> 0")
    mocking.lib.write_to(b"abcdefgh", 8)
    assert mocking.string(mocking.lib.name_of(1)) == "abcdefgh"
    mocking.lib.path_of(1, mocking.new("char[9]"), 9)
    assert get_trace()[2].answer == ("abcdefgh", 0)
    assert check_callouts() is True


def test_each_call_has_a_text_of_its_own(mocking: Mocking) -> None:
    """What the SUT writes into an answered text is seen by no other call, and changes what was passed nowhere."""
    init_lang("m.open_at(?path) -> 1  m.copy_of(_) -> path  m.copy_of(_) -> path")
    mocking.lib.open_at("name")
    assert mocking.lib.own_name() == ord("n")
    assert get_trace()[0].args == ("name",)


def test_null_as_result(mocking: Mocking) -> None:
    """A pointer that was NULL is answered as NULL."""
    init_lang("m.open_at(?path) -> 3  m.name_of(3) -> path  m.bytes_of(3) -> path")
    mocking.lib.open_at(None)
    assert not mocking.lib.name_of(3)
    assert not mocking.lib.bytes_of(3)
    assert [call.answer for call in get_trace()][1:] == [None, None]
    assert check_callouts() is True
    assert check_callouts("m.open_at(_) -> 3  m.name_of(3) -> NULL  m.bytes_of(3) -> NULL") is True


def test_structs(mocking: Mocking) -> None:
    """A struct is answered by value, through an out argument, behind a pointer and inside of others, without padding."""
    init_lang("""
        m.put(?a)  m.store(?b)  m.store_all(?rows, _)
        m.get(*out = a)  m.value() -> b  m.find() -> a  m.nested() -> {n: 4, in: b}
        m.get_all(*all = rows, _) -> 2  m.get_all(*all = [b, a], _) -> 2  m.find() -> [a, b]
    """)
    lib, one, rows = mocking.lib, mocking.new("struct rec"), mocking.new("struct rec[2]")
    lib.put_rec(5, 0.5, "ab")
    lib.get(one)
    assert (one.y, one.x, mocking.string(one.name), one.xs[1]) == (5, 0.5, "ab", -2)
    assert lib.value().y == 6
    assert mocking.string(lib.find().name) == "ab"
    assert getattr(lib.nested(), "in").x == -0.5
    for first in (5, 6):
        assert lib.get_all(rows, 2) == 2
        assert rows[0].y == first
    assert lib.find()[1].y == 6
    answers = [call.answer for call in get_trace()][3:]
    assert answers[:4] == [(REC,), OTHER, REC, {"n": 4, "in": OTHER}]
    assert answers[4:] == [([REC, OTHER], 2), ([OTHER, REC], 2), [REC, OTHER]]
    assert check_callouts() is True
    written = '{tag: 116, x: 0.5, y: 5, name: "ab", xs: [1, -2]}'
    other = '{tag: 116, x: -0.5, y: 6, name: "ab", xs: [1, -2]}'
    rest = f"m.get_all(*all = [{written}, {other}], _) -> 2  m.get_all(*all = [{other}, {written}], _) -> 2  m.find() -> [a, b]"
    start = "m.put(?a)  m.store(?b)  m.store_all(_, _)  m.get(*out = {})  m.value() -> b  m.find() -> {}  m.nested() -> {{n: 4, in: b}}"
    assert check_callouts(f"{start.format(written, written)}  {rest}") is True
    with pytest.raises(CalloutsFailed):
        check_callouts(f"{start.format(written, other)}  {rest}")


def test_arrays(mocking: Mocking) -> None:
    """An array is answered into a buffer, as what a pointer points to, and as a member of its size."""
    init_lang("(m.tx(?xs, ?n)  m.rx(*xs = xs, _) -> n  m.all() -> xs)*")
    for numbers in ([], [1], [1, -2, 3]):
        mocking.lib.tx(mocking.new("int16_t[4]", [*numbers, 0][:4] + [0] * (3 - len(numbers))), len(numbers))
        assert rx(mocking, 8) == numbers
        mocking.lib.all()
        assert [call.answer for call in get_trace()][-2:] == [(numbers, len(numbers)), numbers]
    assert check_callouts() is True
    init_lang(
        "m.tx(?xs, _)  m.write_to(?raw, _)  m.open_at(?name) -> 1  m.value() -> {xs: xs, name: name}  m.bag() -> {raw: raw}"
    )
    tx(mocking, 7, 8)
    mocking.lib.write_to(b"\0\1\2\3", 4)
    mocking.lib.open_at("abc")
    assert (mocking.lib.value().xs[1], mocking.lib.bag().raw[3]) == (8, 3)
    assert get_trace()[3].answer == {"tag": 0, "x": 0.0, "y": 0, "name": "abc", "xs": [7, 8]}
    assert check_callouts() is True


UNFIT: list[tuple[str, Callable[[Mocking], Any], str]] = [
    (
        "m.write_to(?d, _)  m.read_from(*buf = d, _) -> 0",
        lambda m: (m.lib.write_to(None, 0), m.lib.read_from(m.new("char[4]"), 4)),
        "m.read_from: the answer on line 1 has what m.write_to was passed for data: NULL, which has no content to write",
    ),
    (
        "m.write_to(?d, _)  m.read_from(*buf = d, _) -> 0",
        lambda m: (m.lib.write_to(bytes(5000), 5000), m.lib.read_from(m.new("char[4]"), 4)),
        "m.read_from: the answer on line 1 has what m.write_to was passed for data: 5000 bytes, of which 4096 were kept",
    ),
    (
        "m.write_to(?d, _)  m.name_of(_) -> d",
        lambda m: (m.lib.write_to(b"a\0b", 3), m.lib.name_of(1)),
        "m.write_to was passed for data: bytes with a NUL among them, where C ends a text",
    ),
    (
        "m.open_at(?d) -> 1  m.value() -> {name: d}",
        lambda m: (m.lib.open_at("123456789"), m.lib.value()),
        "m.value: the answer on line 1 has what m.open_at was passed for path: 9 bytes, but what they go into takes 8",
    ),
    (
        "m.write_to(?d, _)  m.bag() -> {raw: d}",
        lambda m: (m.lib.write_to(b"123", 3), m.lib.bag()),
        "m.write_to was passed for data: 3 bytes, but what they go into takes 4",
    ),
    (
        "m.tx(?xs, _)  m.value() -> {xs: xs}",
        lambda m: (tx(m, 1, 2, 3), m.lib.value()),
        "m.tx was passed for xs: 6 bytes, but what they go into takes 4",
    ),
    (
        "m.store(?r)  m.value() -> r",
        lambda m: (m.lib.store(None), m.lib.value()),
        "m.store was passed for r: NULL, which has no content to write",
    ),
]


@pytest.mark.parametrize(("language", "calls", "message"), UNFIT, ids=[row[2] for row in UNFIT])
def test_what_cannot_be_answered(
    mocking: Mocking, language: str, calls: Callable[[Mocking], Any], message: str
) -> None:
    """A value that is no answer stops the SUT at the call: what was passed, to whom, and in which line it is answered."""
    init_lang(language)
    with pytest.raises(UnfitAnswer) as caught:
        calls(mocking)
    assert message in str(caught.value)
    assert "\n   next: " in str(caught.value)
    assert caught.value.stop.passed is not None
    with pytest.raises(CalloutsFailed) as failed:
        check_callouts()
    assert message in str(failed.value)


def test_what_the_message_advises(tmp_path: Path) -> None:
    """With as many capture_bytes as the message says, the value is answered."""
    init = "m.write_to(?d, ?n)  m.read_from(*buf = d, _) -> n"
    with begin(tmp_path, capture_bytes=99) as mocking:
        mocking.init_lang(init)
        mocking.lib.write_to(bytes(100), 100)
        with pytest.raises(UnfitAnswer, match="capture_bytes=100 of start_mocking"):
            mocking.lib.read_from(mocking.new("char[100]"), 100)
    with begin(tmp_path, capture_bytes=100) as mocking:
        mocking.init_lang(init)
        mocking.lib.write_to(bytes(100), 100)
        assert mocking.lib.read_from(mocking.new("char[100]"), 100) == 100
        assert mocking.check_callouts() is True


def test_buffers_that_are_too_small(mocking: Mocking) -> None:
    """An answer that the SUT's buffer does not take is refused as one that is written is."""
    init_lang("m.tx(?xs, _)  m.rx(*xs = xs, _) -> 3")
    tx(mocking, 1, 2, 3)
    with pytest.raises(AnswerTooLong, match="3 elements for out argument xs, but the SUT's buffer takes 2"):
        rx(mocking, 2)
    init_lang("m.open_at(?path) -> 3  m.path_of(_, *buf = path, _) -> 0")
    mocking.lib.open_at("four")
    with pytest.raises(
        AnswerTooLong, match="5 elements, its NUL among them, for out argument buf, but the SUT's buffer takes 4"
    ):
        mocking.lib.path_of(3, mocking.new("char[4]"), 4)


BOTH = "PAR[ (m.open_at(?a) -> 1  m.name_of(_) -> a) (m.open_at(?b) -> 1  m.name_of(_) -> b) ]"


def test_equal_texts_are_one_answer(mocking: Mocking) -> None:
    """Two ways to read a call are one where the texts that they answer are equal, and an ambiguity where they are not."""
    init_lang(BOTH)
    for _ in range(2):
        mocking.lib.open_at("same")
    for _ in range(2):
        assert mocking.string(mocking.lib.name_of(1)) == "same"
    assert check_callouts() is True
    init_lang(BOTH)
    for name in ("one", "other"):
        mocking.lib.open_at(name)
    with pytest.raises(AmbiguousCall) as caught:
        mocking.lib.name_of(1)
    assert 'a is "one", from call #1' in str(caught.value)


def test_a_cut_text_is_no_answer_of_another(mocking: Mocking) -> None:
    """What was kept of a text is not taken for the whole: neither where answers are compared, nor by a check."""
    init_lang(BOTH)
    mocking.lib.open_at("x" * 4096)
    mocking.lib.open_at("x" * 5000)
    with pytest.raises(AmbiguousCall):
        mocking.lib.name_of(1)
    init_lang(f'm.open_at(_) -> 1  m.name_of(_) -> "{"x" * 4096}"')
    mocking.lib.open_at("x" * 5000)
    mocking.lib.name_of(1)
    assert check_callouts() is True
    with pytest.raises(CalloutsFailed):
        check_callouts("m.open_at(?p) -> 1  m.name_of(_) -> p")


def test_without_c(mocking: Mocking) -> None:
    """The functions that need no C say the same of the trace, and step by step."""
    language = "m.write_to(?d, ?n)  m.read_from(*buf = d, _) -> n  m.name_of(_) -> d"
    init_lang(language)
    mocking.lib.write_to(b"abc", 3)
    mocking.lib.read_from(mocking.new("char[8]"), 8)
    mocking.lib.name_of(1)
    trace = tuple(get_trace())
    assert verify(language, trace)
    assert not verify(language.replace("n  m.name_of(_) -> d", 'n  m.name_of(_) -> "abd"'), trace)
    left = step(step(language, trace[0]).left, trace[1]).left
    assert step(left, trace[2]).answer == b"abc"


def test_terms(mocking: Mocking) -> None:
    """Python terms say the same, and render as text that does."""
    m = mocking.expect
    term = SEQ(m.m.write_to(Bind("d"), Bind("n")), m.m.read_from(OUT("buf", VAR("d")), 8).returns(VAR("n")))
    assert "*buf = d" in render(term)
    for lang in (term, render(term), SEQ(term, EVENT("m", "name_of", [1], VAR("d")))):
        init_lang(lang)
        mocking.lib.write_to(b"abc", 3)
        assert mocking.lib.read_from(mocking.new("char[8]"), 8) == 3
    assert mocking.string(mocking.lib.name_of(1)) == "abc"
    assert check_callouts() is True


def test_answers_fill_the_trace(mocking: Mocking) -> None:
    """Answers lie in the trace: when it has no room for one the run ends as when it has none for a call."""
    init_lang("m.write_to(?d, ?n)  (m.read_from(*buf = d, _) -> n)*")
    data = b"x" * 4096
    mocking.lib.write_to(data, 4096)
    host, buffer = mocking._host, mocking.new("char[4096]")
    limit = host.word("trace_limit")
    host.set_word("trace_limit", host.word("trace_used") + 6000)
    try:
        mocking.lib.read_from(buffer, 4096)
        with pytest.raises(TraceFull):
            mocking.lib.read_from(buffer, 4096)
    finally:
        host.set_word("trace_limit", limit)


def test_threads_are_answered_what_they_have_passed(mocking: Mocking) -> None:
    """Each call of two threads gets its own text, and who reads the trace meanwhile sees whole calls."""
    init_lang("m.echo(?text) -> text*")
    running = mocking.begin("race", 2000)
    while not running.done:
        for call in get_trace():
            assert call.answer in {None, *call.args}
    assert running.result() == 0
    assert len(get_trace()) == 4000
    assert check_callouts() is True


def shown(mocking: Mocking, hot: float, x: float, name: str) -> None:
    """Pass a board in all ways, with garbage in its padding and behind its texts."""
    mocking.lib.show_board(hot, x, name)


def board(mocking: Mocking, pattern: str, name: str = "b") -> bool:
    """Tell whether a check accepts two boards that differ in the signs of their zeros, after the first has bound names."""
    init_lang(
        f"m.show({{hot: ?hot, at: [_, ?at], names: [_, ?name]}})  m.draw(_, _)  m.values(_, _)  m.pin(_)  {pattern}"
    )
    shown(mocking, 0.0, -0.0, "b")
    shown(mocking, -0.0, 0.0, name)
    return mocking.verdict().ok


REST = "m.draw(_, _)  m.values(_, _)  m.pin(_)"


@pytest.mark.parametrize(
    ("pattern", "is_so"),
    [
        (f"m.show({{hot: hot, at: [_, at], names: [_, name]}})  {REST}", True),
        (f"m.show({{hot: != hot}})  {REST}", False),
        (f"m.show({{at: [_, != at]}})  {REST}", False),
        (f"m.show({{names: [name, _]}})  {REST}", False),
        (f"m.show({{names: [!= name, name]}})  {REST}", True),
        ("m.show(_)  m.draw([{hot: hot, at: [_, at], names: [_, name]}], _)  m.values(hot, _)  m.pin(at)", True),
        ("m.show(_)  m.draw([{names: [_, != name]}], _)  m.values(_, _)  m.pin(_)", False),
        ("m.show(_)  m.draw(_, _)  m.values(!= hot, _)  m.pin(_)", False),
        ("m.show(_)  m.draw(_, _)  m.values(_, _)  m.pin(!= at)", False),
    ],
)
def test_values_inside_of_others_are_bound(mocking: Mocking, pattern: str, is_so: bool) -> None:
    """Texts, arrays and structs inside of an argument are bound, and compared by value with others, wherever these are."""
    assert board(mocking, pattern) is is_so


def test_parts_that_are_not_there(mocking: Mocking) -> None:
    """An element that a call does not have equals no bound value, and differs from none."""
    language = (
        "m.show({names: [_, ?name]})  m.draw(_, _)  m.values(_, _)  m.pin(_)  m.draw([_, {names: [_, OP name]}], _)"
    )
    for op in ("", "!="):
        init_lang(language.replace("OP", op))
        shown(mocking, 0.0, 0.0, "b")
        mocking.lib.draw(None, 0)
        assert not mocking.verdict().ok


def test_parts_are_answered(mocking: Mocking) -> None:
    """What is bound inside of an argument is answered as any other value, whole or as a part of one."""
    init_lang(
        "m.show({names: [_, ?name]})  m.draw([{hot: ?hot}], _)  m.values(_, _)  m.pin(_)"
        "  m.name_of(_) -> name  m.value() -> {name: name, x: 2}  m.path_of(_, *buf = name, _) -> 0"
    )
    shown(mocking, 0.0, 0.0, "abc")
    assert mocking.string(mocking.lib.name_of(1)) == "abc"
    assert mocking.string(mocking.lib.value().name) == "abc"
    mocking.lib.path_of(1, mocking.new("char[4]"), 4)
    assert get_trace()[-1].answer == ("abc", 0)
    assert check_callouts() is True


FAULTS = [
    ("m.open_at(?p) -> p", "m.open_at: result (int): p is text, and this is a number; a Python function can answer it"),
    ("m.put(?r)  m.read_from(*buf = r, _) -> 0", "buf (void *): r is struct rec, and this is text"),
    ("m.put(?r)  m.rx(*xs = r, _) -> 0", "xs (int16_t *): r is struct rec, and this is an array of short"),
    ("m.put(?r)  m.rx(*xs = [r], _) -> 0", "xs (int16_t *): r is struct rec, and this is a number"),
    ("m.tx(?xs, _)  m.value() -> xs", "result (struct rec): xs is an array of short, and this is struct rec"),
    ("m.tx(?xs, _)  m.value() -> {name: xs}", "result (struct rec): xs is an array of short, and this is text"),
    ("m.tx(?xs, _)  m.name_of(1) -> xs", "result (const char *): xs is an array of short, and this is a pointer"),
    ("m.open_at(?p) -> 1  m.bag() -> {text: p}", "result (struct bag): p is text, and this is a pointer"),
    ("m.tx(_, ?n)  m.value() -> n", "result (struct rec): n is a number, and this is struct rec"),
    ("m.tx(_, ?n)  m.read_from(*buf = n, _) -> 0", "buf (void *): n is a number, and this is text"),
    ("m.put(?r)  m.value() -> {y: r}", "result (struct rec): r is struct rec, and this is a number"),
    ("m.wide(?w) -> w", "struct wide is aligned to 32 bytes, and what lies in an answer to 8"),
]


@pytest.mark.parametrize(("language", "fault"), FAULTS)
def test_faults(mocking: Mocking, language: str, fault: str) -> None:
    """What cannot be the answer because of its type is a fault before anything runs."""
    with pytest.raises(LanguageError) as caught:
        init_lang(language)
    assert fault in str(caught.value)
