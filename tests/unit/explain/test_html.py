"""Pages of calls and language: one golden file, and what holds for every page: valid, linked both ways, escaped, bounded."""

from __future__ import annotations

import os
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from cmock_py.errors import ArgumentTypeError
from cmock_py.explain.html import to_html
from cmock_py.explain.report import Difference, Missing, Moved, Unexpected, Verdict, Wrong, WrongAnswer, WrongArgument
from cmock_py.lang.nodes import REAL, Event, Par, Prefix, Seq
from cmock_py.trace import Call, Handle, Place, Stop, Truncated
from tests.work import work_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

GOLDEN = Path(__file__).parents[2] / "golden" / "pages"
VOID = {"meta"}
LANGUAGE = """s = stack.new()
PAR[
  SEQ[ can.start()  can.send(_) -> 1 ]
  PERM[ led.set(1, true)  led.set(2, true)  SEQ[ uart.open()  uart.write("AT") ] ]
]
REPEAT(2..5)[ XALT[ adc.read() -> 7  adc.fail() -> -1  EMPTY ] ]
SEQ[ ANY[ log.info(...) ]  stack.push(s, 4)  stack.push(s, 6)  stack.free(s) ]
"""
DRAIN = Place("drain", "queue.c", 42)
S = Handle(1, "s")
CALLS = [
    Call(0, "stack", "new", (), (), S, 0),
    Call(1, "led", "set", ("n", "on"), (2, True), None, 4),
    Call(2, "can", "start", (), (), None, 1),
    Call(3, "can", "send", ("frame",), ({"id": 256, "data": bytes(range(200))},), 1, 2, place=DRAIN),
    Call(4, "uart", "open", (), (), None, 5),
    Call(5, "uart", "write", ("text",), ("AZ",), None, 6),
    Call(6, "adc", "read", (), (), 7, 7),
    Call(7, "adc", "fail", (), (), -1, 8, thread=2),
    Call(8, "log", "info", ("text",), ("half < whole & done",), None, 12),
    Call(9, "stack", "push", ("s", "val"), (S, 6), None, 10),
    Call(10, "stack", "pop", ("s",), (S,), None, None, place=DRAIN),
]
FAILED = Verdict(
    ok=False,
    differences=(Missing(3), Wrong(5, 6, (WrongArgument("text", "AT", "AZ"),)), Moved(9, 10, "early"), Unexpected(10)),
    stop=Stop("unexpected", (DRAIN,), call=10),
    report="FAILED  unexpected call #11: stack.pop(s=s) at queue.c:42 in drain()\n\n  two lines\n  more",
)


class Page(HTMLParser):
    """Reads a page and insists that what is opened is closed, and that everything that it needs is in it."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.rows: list[dict[str, str | None]] = []
        self.texts: list[str] = []
        self.feed(text)
        self.close()
        assert self.open == []
        assert len(self.ids) == len(set(self.ids))
        assert {link.removeprefix("#") for link in self.links} <= set(self.ids)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what the tag names, and where it leads."""
        told = dict(attrs)
        assert len(told) == len(attrs), "an attribute is given twice"
        assert not {"src", "srcset", "action", "onclick"} & set(told)
        if tag not in VOID:
            self.open.append(tag)
        if "id" in told:
            self.ids.append(str(told["id"]))
        if "href" in told:
            assert str(told["href"]).startswith("#")
            self.links.append(str(told["href"]))
        if str(told.get("class")).startswith("row"):
            self.rows.append(told)

    def handle_endtag(self, tag: str) -> None:
        """Close the last tag that is open."""
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        """Keep what a reader sees."""
        if self.open and self.open[-1] not in {"style", "script"}:
            self.texts.append(data)

    @property
    def text(self) -> str:
        """All that a reader sees."""
        return "\n".join(self.texts)


def verdict(*differences: Difference) -> Verdict:
    """A check that failed for these differences."""
    return Verdict(ok=False, differences=differences, stop=None, report="FAILED  it differs")


def calls(count: int) -> list[Call]:
    """Calls of one function, each the next event of a sequence."""
    return [Call(n, "m", "f", ("x",), (n,), None, n) for n in range(count)]


def events(count: int) -> Seq:
    """The sequence that these calls are right for, an event a line."""
    return Seq(tuple(Event("m", "f", (n,), line=n + 1) for n in range(count)))


def test_a_page_of_all_operators_and_differences_is_what_it_was() -> None:
    """The page is the same letter by letter each time."""
    file = GOLDEN / "operators.html"
    page = to_html(CALLS, LANGUAGE, FAILED, name="boot.mock")
    Page(page)
    if os.environ.get("CMOCK_PY_UPDATE_GOLDEN") == "1":
        file.write_text(page, encoding="utf-8")
    assert page == file.read_text(encoding="utf-8")


def test_calls_and_lines_lead_to_each_other() -> None:
    """Every call that belongs to an event leads to its line, and the line back to it."""
    page = to_html(CALLS, LANGUAGE, FAILED)
    lines = {match[1]: match[0] for match in re.finditer(r'<div class="l [^>]*id="e(\d+)".*', page)}
    for call in CALLS:
        (row,) = re.findall(rf'<li class="row[^>]*id="c{call.index}".*', page)
        if call.event is None:
            assert "#e" not in row
        else:
            assert f'href="#e{call.event}"' in row
            assert f'href="#c{call.index}"' in lines[str(call.event)]
    assert len(lines) == 13


def test_each_difference_has_a_sign_a_word_and_a_shape() -> None:
    """What is wrong does not depend on seeing colours: the mark, its meaning, and the line of the arrow say it."""
    page = to_html(CALLS, LANGUAGE, FAILED)
    seen = Page(page)
    kinds = [str(row["class"]) for row in seen.rows]
    for kind in ("row plus", "row minus", "row bang", "row tilde", "row stop"):
        assert kinds.count(kind) == 1
    for words in ("not expected", "never called", "argument differs", "too early", "belongs here", "stopped"):
        assert words in seen.text
    assert "first difference at offset 1" in seen.text
    shapes = [re.findall(rf"\.{kind} \.go {{[^}}]*style: (\w+)", page) for kind in ("plus", "minus", "tilde")]
    assert shapes == [["double"], ["dotted"], ["dashed"]]


def test_a_missing_call_stands_behind_what_comes_before_it() -> None:
    """A call that never came is drawn where it would have been made."""
    page = to_html([one for one in calls(5) if one.event != 3], events(5), verdict(Missing(3)))
    order = re.findall(r'<li class="row[^>]*data-e="(\d)"', page)
    assert order == ["0", "1", "2", "3", "4"]
    assert re.findall(r'data-e="(\d)"', to_html([], events(2), verdict(Missing(0), Missing(1))))[:2] == ["0", "1"]


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        "</pre></details><b>",
        '"><img src=x onerror=y>',
        "&lt;&amp;",
        "\x00\x1b[31m\x7f",
        "\udcff\u202e",
    ],
    ids=["script", "end tags", "attribute", "entities", "control", "surrogate"],
)
def test_nothing_of_a_trace_or_a_language_becomes_markup(hostile: str) -> None:
    """Whatever arguments, answers, names and reports hold is shown, and never interpreted."""
    place = Place(hostile, hostile, 1)
    one = Call(0, "m", "f", (hostile,), (hostile * 60,), hostile, 0, place=place)
    lang = Event("m", "f", (hostile, [hostile * 60]), hostile, line=1)
    wrong = WrongArgument(hostile, hostile, hostile + "!")
    told = Verdict(
        ok=False,
        differences=(Wrong(0, 0, (wrong,)),),
        stop=Stop("assert", (place,), text=hostile),
        report=f"FAILED\n{hostile}",
    )
    page = to_html([one], lang, told, name=hostile)
    seen = Page(page)
    assert page.count("<script>") == 1
    assert {character for character in page if not character.isprintable()} == {"\n"}
    page.encode()
    if hostile.isprintable():
        assert hostile in seen.text


def test_long_arguments_are_folded_and_whole_inside() -> None:
    """A call that does not fit on its line can be opened, and shows each argument by its name; cut values say so."""
    data = bytes(range(256)) * 4
    one = Call(0, "flash", "write", ("address", "data", "rest"), (8, data, Truncated(b"\x01" * 64, 5000)), 7, 0)
    page = Page(to_html([one], Seq(())))
    assert f'data=x"{data.hex()}"' in page.text
    assert "(5000 bytes in all)" in page.text


def test_long_stretches_that_agree_are_folded_around_a_difference() -> None:
    """What is right and long is folded; a difference, and what never came, is never inside a fold."""
    trace = [call for call in calls(300) if call.event != 200]
    trace = [Call(index, *list_of(call)[1:]) for index, call in enumerate(trace)]
    page = to_html(trace, events(300), verdict(Unexpected(100), Missing(200)))
    folds = re.findall(r"<summary>#(\d+) to #(\d+): (\d+) calls as expected</summary>", page)
    assert [(int(first), int(last)) for first, last, _ in folds] == [(4, 97), (105, 196), (204, 296)]
    assert all(int(last) - int(first) + 1 == int(count) for first, last, count in folds)
    assert len(Page(page).rows) == 1 + 299 + 1


def list_of(call: Call) -> Sequence[Any]:
    """The fields of a call."""
    return [getattr(call, name) for name in Call.__slots__]


def test_ten_thousand_calls_are_linear_work() -> None:
    """A page of all that it draws without cutting is little work for each call."""
    trace = [
        Call(n, f"m{n % 20}", "f", ("x", "text"), (n, "a text of some length"), n, n, place=DRAIN)
        for n in range(10_000)
    ]
    lang = Seq(tuple(Event(f"m{n % 20}", "f", (n, "a text of some length"), n, line=n + 1) for n in range(10_000)))
    assert work_of(lambda: to_html(trace, lang, verdict(Unexpected(5_000)), most=10_000)) < 600 * 10_000
    page = to_html(trace, lang, verdict(Unexpected(5_000)), most=10_000)
    assert page.count('<li class="row') == 10_000
    assert "8 more modules" in page


class Long(list[Call]):
    """A long trace that counts how many of its calls are decoded."""

    looked_at = 0

    def __len__(self) -> int:
        return 100_000

    def __getitem__(self, index: Any) -> Any:
        Long.looked_at += 1
        return Call(index, "m", "f", ("x",), (index,), None, index + (index >= 70_000))

    def __iter__(self) -> Iterator[Call]:
        raise AssertionError("all calls are decoded")


def test_of_very_many_calls_those_near_differences_are_drawn_and_the_others_counted() -> None:
    """A long trace gives a page of bounded size that says what is left out, and decodes little of the trace."""
    page = to_html(Long(), events(100_001), verdict(Unexpected(30_000), Missing(70_000)))
    seen = Page(page)
    assert len(seen.rows) < 500
    assert Long.looked_at < 2_000
    assert "calls are not drawn; drawn are those around differences, and at both ends." in seen.text
    assert "... 29880 calls as expected, not drawn" in seen.text
    order = re.findall(r'data-e="(\d+)"', page[: page.index("Language (")])
    assert order[order.index("70000") - 1 : order.index("70000") + 2] == ["69999", "70000", "70001"]


def test_without_a_verdict_only_refused_calls_are_marked() -> None:
    """Calls of the real function are no fault, and one that no event took is."""
    trace = [Call(0, "m", "f", (), (), REAL), Call(1, "m", "g", (), (), 3, 0), Call(2, "m", "h", (), ())]
    page = to_html(trace, "g() -> 3")
    assert [row["class"] for row in Page(page).rows][1:] == ["row", "row", "row plus"]
    assert "(the real function answered)" in page


def test_wrong_answers_and_prefixes_are_named() -> None:
    """An answer that differs shows both; answers that are used up one by one say how many must come."""
    lang = Par((Prefix(tuple(Event("m", "f", (), n, line=3) for n in range(3)), 1), Event("m", "g", line=4)))
    page = Page(to_html([Call(0, "m", "f", (), (), 5, 0)], lang, verdict(WrongAnswer(0, 0, 0, 5))))
    assert "the first 1 to 3 of [" in page.text
    assert "answer differs" in page.text


def test_a_search_that_was_cut_short_is_told() -> None:
    """A page does not pretend that what it marks is all."""
    told = "Not all differences are marked"
    assert told in to_html(calls(3), events(3), replace(verdict(Unexpected(2)), complete=False))
    assert told not in to_html(calls(3), events(3), verdict(Unexpected(2)))


def test_no_calls_and_no_language_are_a_page_too() -> None:
    """Nothing is drawn, and nothing breaks."""
    seen = Page(
        to_html([], "", Verdict(ok=True, differences=(), stop=None, report="OK  no call, as the language says"))
    )
    assert "OK  no call, as the language says" in seen.text


def test_it_is_imported_from_the_package_of_explaining() -> None:
    """The short name leads to the function, and costs nothing before it is used."""
    import cmock_py.explain

    assert cmock_py.explain.to_html is to_html
    with pytest.raises(AttributeError, match="to_htm'"):
        _ = cmock_py.explain.to_htm


def test_what_is_no_trace_or_no_verdict_is_told() -> None:
    """A text is no recorded trace, and True no verdict."""
    with pytest.raises(ArgumentTypeError, match=r"draws the calls that get_trace\(\) returns, not 'a\.f\(\)' \(str\)"):
        to_html("a.f()", "a.f()")  # type: ignore[arg-type]
    with pytest.raises(ArgumentTypeError, match=r"verdict= is what verdict\(\) returns, not True \(bool\)"):
        to_html([], "a.f()", verdict=True)  # type: ignore[arg-type]
