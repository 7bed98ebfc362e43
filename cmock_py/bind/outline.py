"""What is wrong with events as far as the spec tells without headers: functions, arguments, the shape of answers."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from cmock_py.bind.shape import ShapeError, shape_answer, shape_args
from cmock_py.cdecl.model import CType, Pointer, Void
from cmock_py.errors import Fault
from cmock_py.lang.nodes import REAL, AnswerFrom, Event, Rest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from cmock_py.mocked import Mocked
    from cmock_py.spec.model import ApiFunction, ApiSpec


_NO_POINTER = re.compile(
    r"((const|volatile|signed|unsigned|short|long|char|int|float|double|bool|u?int[0-9]+_t|size_t)\b\s*)+|(struct|union|enum)[^*]*"
)
"""Spellings of types that no `typedef` can make a pointer."""


@dataclass(frozen=True, slots=True)
class _Result:
    type: CType


@dataclass(frozen=True, slots=True)
class Outline:
    """A mocked function before the headers say what its types are; as much of `Mocked` as the shape of events needs."""

    name: str
    spec: ApiFunction

    @property
    def ins(self) -> Sequence[Any]:
        """The arguments that events list."""
        return self.spec.ins

    @property
    def outs(self) -> Sequence[Any]:
        """The arguments that answers write."""
        return self.spec.outs

    @property
    def result(self) -> _Result | None:
        """The result, as far as its spelling tells; the name of a type may stand for a pointer."""
        text = self.spec.result_type.strip()
        return None if text == "void" else _Result(Void() if _NO_POINTER.fullmatch(text) else Pointer(Void()))


def faults_of(events: Iterable[Event], spec: ApiSpec) -> Iterator[Fault]:
    """Yield the faults of events, in their order."""
    outlines = {
        (module.name, function.name): Outline(f"{module.name}.{function.name}", function)
        for module, function in spec.functions
    }
    for event in events:
        found = outline_of(event, outlines)
        if isinstance(found, Fault):
            yield found
        else:
            yield from (Fault(str(event.place), text) for text in _shape_faults(event, found))


def outline_of(event: Event, outlines: Mapping[tuple[str, str], Outline]) -> Outline | Fault:
    """Find the function of an event, or say why there is none; a text may leave the module out."""
    module, function = event.module, event.function
    found = [outline for key, outline in outlines.items() if key[1] == function and module in {key[0], ""}]
    if len(found) == 1 and found[0].spec.silent is not None:
        text = f"{found[0].name} is silent: always callable, never checked, so no event can name it"
        return Fault(str(event.place), text, "take `silent` out of the spec, or the event out of the language")
    if len(found) == 1:
        return found[0]
    modules = sorted({key[0] for key in outlines})
    if len(found) > 1:
        names = " or ".join(outline.name for outline in found)
        return Fault(str(event.place), f"several modules have a function {function!r}", f"write {names}")
    if module and module not in modules:
        text, near = f"there is no module {module!r} in the spec", difflib.get_close_matches(module, modules, 1)
    else:
        known = [key[1] for key in outlines if module in {key[0], ""}]
        where = f"module {module!r}" if module else "the spec"
        text, near = f"{where} has no function {function!r}", difflib.get_close_matches(function, known, 1)
    return Fault(str(event.place), text, f"did you mean {near[0]!r}?" if near else None)


def _shape_faults(event: Event, outline: Outline) -> Iterator[str]:
    mocked = cast("Mocked", outline)
    args = tuple(arg for arg in event.args if not isinstance(arg, Rest))
    if len(args) == len(event.args):
        try:
            shape_args(event, mocked)
        except ShapeError as error:
            yield str(error)
    if event.answer == REAL or isinstance(event.answer, AnswerFrom) or callable(event.answer):
        return
    try:
        shape_answer(event, mocked)
    except ShapeError as error:
        yield str(error)
