"""Ten mistakes in C and what is said of each: the reports of docs/failures.md, letter by letter.

The SUT is that of tests/peers, where other tools find the same mistakes. ``CMOCK_PY_UPDATE_GOLDEN=1`` writes the files and
the page anew; read the difference before you keep it.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cmock_py import ApiArg, ApiFunction, ApiModule, ApiSpec, Mocking, start_mocking
from cmock_py.errors import CmockError

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[3]
PEERS = ROOT / "tests" / "peers"
GOLDEN = ROOT / "tests" / "golden" / "failures"
PAGE = ROOT / "docs" / "failures.md"
SHOWN = re.compile(r"<!-- file: (?P<path>\S+) -->\n```text\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)
UPDATE = os.environ.get("CMOCK_PY_UPDATE_GOLDEN") == "1"

PROTOTYPE = re.compile(r"^(?P<result>\w+) (?P<module>[a-z]+)_(?P<name>\w+)\((?P<args>.*)\);$", re.MULTILINE)
LANGUAGES = {
    "unexpected_call": """\
s = stack.new()
stack.push(s, 4)
stack.push(s, 6)
stack.pop(s) -> 6
""",
    "missing_calls_in_par": """\
PAR[
  uart.enable(7)
  SEQ[ can.filter(0x100..0x1FF)  can.start() ]
  SEQ[ led.set(0, 1)  led.set(1, 1) ]
]
""",
    "wrong_arguments": """\
h = net.connect("example.org", 443)
net.send(h, "GET /index.html HTTP/1.1", 24) -> 24
net.recv(h, <= 4096) -> 512
net.close(h)
""",
    "wrong_order": """\
gpio.set(5, 0)
spi.write(0x9F)
gpio.set(5, 1)
irq.unmask(5)
""",
    "one_too_many": """\
REPEAT(1..3)[ modem.dial(_) -> -1 ]
ui.show("no carrier")
""",
    "closest_alternative": """\
card.authorize(100) -> 0
XALT[
  SEQ[ card.capture(1)  mail.receipt(_)  audit.log("paid", 100) ]
  SEQ[ card.cancel(1)  mail.sorry(_)  audit.log("cancelled", 100) ]
]
""",
    "unknown_function": """\
s = stack.new()
stack.push(s, 4)
""",
    "long_trace_two_differences": "\n".join(f"chan.put({x})" for x in range(300)),
    "ambiguous_language": """\
PAR[
  sensor.read() -> 10
  SEQ[ clock.tick()  sensor.read() -> 99 ]
]
""",
    "too_few_repetitions": """\
REPEAT(3..5)[ adc.read() -> 7 ]
adc.stop()
""",
}

AFTERWARDS = {"long_trace_two_differences": "REPLICATE[ XALT[ chan.put(_)  chan.flush(_) ] ]"}
"""Under what the SUT makes its calls, where the language judges them afterwards and so stops nothing."""


def spec() -> ApiSpec:
    """Mock all functions of mocked.h."""
    modules: dict[str, list[ApiFunction]] = {}
    for found in PROTOTYPE.finditer((PEERS / "mocked.h").read_text(encoding="utf-8")):
        args = [] if found[4] == "void" else [ApiArg(*re.split(r" (?=\w+$)| (?<=\*)", one)) for one in split(found[4])]
        function = ApiFunction(found[3], found[1], args, symbol=f"{found[2]}_{found[3]}")
        modules.setdefault(found[2], []).append(function)
    return ApiSpec([ApiModule(name, functions) for name, functions in modules.items()])


def split(args: str) -> list[str]:
    """Separate the parameters of a prototype; a star belongs to the type."""
    return [one.strip().replace("*", "* ") for one in args.split(",")]


@pytest.fixture(scope="module")
def mocking(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mocking]:
    """Run the SUT with the ten mistakes; it is compiled where it is read, so that reports name no folder."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(PEERS)
        with start_mocking(spec(), headers=["mistakes.h"], objs=["mistakes.c"], cflags=["-g"]) as started:
            yield started


def told(mocking: Mocking, mistake: str) -> str:
    """Let the SUT make a mistake, and return what the test would end with; where in this file a text stands is left out."""
    mocking.restart()
    with pytest.raises(CmockError) as raised:
        judge(mocking, mistake)
    return re.sub(r" \([^() ]*\.py:\d+\)", "", str(raised.value))


def judge(mocking: Mocking, mistake: str) -> None:
    """Do what a test does: say what is expected, let the SUT run, check."""
    mocking.init_lang(AFTERWARDS.get(mistake, LANGUAGES[mistake]))
    mocking.lib[mistake]()
    mocking.check_callouts(LANGUAGES[mistake])


@pytest.mark.parametrize("mistake", LANGUAGES)
def test_each_mistake_is_told_as_the_page_shows(mistake: str, mocking: Mocking) -> None:
    """The report is the same letter by letter each time, and has at most thirty lines."""
    file = GOLDEN / f"{mistake}.txt"
    report = told(mocking, mistake) + "\n"
    if UPDATE:
        file.write_text(report, encoding="utf-8")
    assert report == file.read_text(encoding="utf-8")
    assert len(report.splitlines()) <= 30


def test_the_page_shows_the_files() -> None:
    """What the page shows stands in the files that the tests and the peers write."""
    page = PAGE.read_text(encoding="utf-8")
    if UPDATE:
        page = SHOWN.sub(lambda found: f"<!-- file: {found['path']} -->\n```text\n{whole(found['path'])}```", page)
        PAGE.write_text(page, encoding="utf-8")
    shown = {found["path"]: found["body"] for found in SHOWN.finditer(page)}
    assert [path for path, body in shown.items() if body != whole(path)] == []
    assert {f"tests/golden/failures/{mistake}.txt" for mistake in LANGUAGES} <= set(shown)


def whole(path: str) -> str:
    """Read a file that the page shows."""
    return (ROOT / path).read_text(encoding="utf-8")
