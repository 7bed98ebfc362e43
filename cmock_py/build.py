"""Spec, headers and objects -> a host executable, made once for each content.

Only `gcc -E` runs on every start: its output, with the objects and all else that decides, is the key of the cache.
What to do when the key is new is known to `make`, which is imported only then.
"""

from __future__ import annotations

import json
import os
import warnings
from collections import deque
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING

from cmock_py._resources import runtime_dir
from cmock_py.cdecl import expand, store
from cmock_py.errors import Fault, HeaderError, MockBypassWarning, SpecError
from cmock_py.inputs import CHAR_UNSIGNED, Inputs
from cmock_py.mocked import Mocked, mocked_functions, type_texts
from cmock_py.spec.check import check
from cmock_py.spec.snippets import mentioned, snippets
from cmock_py.toolchain import cache, compiler, objects
from cmock_py.toolchain.components import find_components
from cmock_py.toolchain.symbols import Symbol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from cmock_py.cdecl.model import Declarations
    from cmock_py.spec.model import ApiSpec
    from cmock_py.toolchain.compiler import Compiler

SOURCE_SUFFIXES = (".c",)
NO_HEADERS = frozenset({*SOURCE_SUFFIXES, ".o", ".a", ".so"})


@dataclass(frozen=True, slots=True)
class Request:
    """What `start_mocking` is given, apart from what only the running host needs."""

    spec: ApiSpec
    headers: tuple[str, ...]
    objs: tuple[str, ...]
    cppflags: tuple[str, ...]
    cflags: tuple[str, ...]
    ldflags: tuple[str, ...]
    cc: str | None
    components: tuple[str, ...] = ()

    @property
    def includes(self) -> str:
        """The headers as ``#include`` lines."""
        quoted = (name if name.startswith("<") else f'"{name}"' for name in self.headers)
        return "".join(f"#include {name}\n" for name in quoted)


@dataclass(frozen=True, slots=True)
class Program:
    """A built host and all that Python must know of it.

    Attributes:
        executable: the host.
        compiler: what built it.
        headers: the preprocessed headers, for declarations that are wanted later.
        declarations: of the spec, and of the functions and globals that the objects define.
        mocked: the mocked functions, by number.
        addresses: functions and globals of the objects, and the stubs.
        archived: linker symbols of mocked functions that archives define.
        served: C symbols of functions of the spec that a component serves; all calls of them are real.
    """

    executable: Path
    compiler: Compiler
    headers: str
    declarations: Declarations
    mocked: tuple[Mocked, ...]
    addresses: Mapping[str, Symbol]
    archived: frozenset[str]
    served: frozenset[str]


def preprocessed(request: Request) -> tuple[Compiler, str, Mapping[str, str]]:
    """Check the spec, find the compiler, and preprocess the headers and the spec's C expressions in one unit.

    Returns:
        The compiler, the unit's text, and the spec's C text with its macros expanded: snippets by
        their keys, types and the arguments that snippets mention by themselves.

    Raises:
        SpecError: the spec is wrong.
        HeaderError: a header does not compile.
        PlatformError: something is missing on this machine.
    """
    chosen = _compiler(request)
    with _preprocessing(request, chosen) as unit:
        return chosen, *unit()


def _compiler(request: Request) -> Compiler:
    """Find the compiler, for a spec that is right."""
    check(request.spec)
    _refuse_sources(request.headers)
    return compiler.find_compiler(request.cc, request.cppflags, request.cflags, request.ldflags)


@contextmanager
def _preprocessing(request: Request, chosen: Compiler) -> Iterator[Callable[[], tuple[str, Mapping[str, str]]]]:
    """Start to preprocess the headers and the spec's C expressions; yield what waits for both."""
    includes = f'#include "{runtime_dir() / "cmk.h"}"\n{request.includes}'
    source = expand.with_expressions(includes, _expressions(request.spec))
    with compiler.preprocessing(chosen, source, directory=Path()) as end:

        def unit() -> tuple[str, Mapping[str, str]]:
            text, expressions = expand.cut(end())
            _refuse_macros(request.spec, expressions)
            return text, expressions

        yield unit


def _refuse_sources(headers: Sequence[str]) -> None:
    """Refuse sources and objects among the headers: what a source defines would be compiled into the mocks as well."""
    faults = [
        Fault(
            "headers",
            f"{name!r} is no header",
            "give it in objs=[...], and the header of its functions here",
        )
        for name in headers
        if Path(name).suffix in NO_HEADERS
    ]
    if faults:
        raise HeaderError(faults)


def _refuse_macros(spec: ApiSpec, expressions: Mapping[str, str]) -> None:
    """Refuse arguments that snippets cannot mention, since a macro of the headers has their name."""
    faults = [
        Fault(
            f"{snippet.path} ({snippet.origin})",
            f"{snippet.text!r} means argument {name!r}, but a macro of the headers makes `{expressions[name]}` of it",
            "give the argument another name in the spec; C does not mind",
        )
        for snippet, name in mentioned(spec)
        if expressions[name] != name
    ]
    if faults:
        raise SpecError(faults)


def _expressions(spec: ApiSpec) -> dict[str, tuple[str, str, int]]:
    """The spec's C text in which macros may stand, with its place: snippets, and types (``bool`` is a macro)."""
    code = {snippet.key: (snippet.text, snippet.origin.file, snippet.origin.line) for snippet in snippets(spec)}
    types = {text: (text, origin.file, origin.line) for _, origin, text in type_texts(spec)}
    names = {name: (name, snippet.origin.file, snippet.origin.line) for snippet, name in mentioned(spec)}
    return {**code, **types, **names, CHAR_UNSIGNED: (CHAR_UNSIGNED, "cmock-py", 1)}


@contextmanager
def building(request: Request) -> Iterator[Callable[[], Program]]:
    """Start to make the host, and yield what waits for it: until then the preprocessor is at work, beside the caller.

    Raises:
        SpecError, HeaderError: what the user wrote is wrong.
        BuildError: it does not compile or link; `MissingSymbols` lists what nobody answers.
        PlatformError: something is missing on this machine.
    """
    chosen = _compiler(request)
    with ExitStack() as running:
        unit = running.enter_context(_preprocessing(request, chosen))
        paths = [objects.resolve(name, chosen) for name in request.objs]
        sources = list(dict.fromkeys(path for path in paths if path.suffix in SOURCE_SUFFIXES))
        texts = running.enter_context(_preprocessing_sources(chosen, sources))
        yield lambda: _program(_inputs(request, chosen, paths, unit(), texts()), request.objs)


@contextmanager
def _preprocessing_sources(chosen: Compiler, sources: Sequence[Path]) -> Iterator[Callable[[], dict[Path, str]]]:
    """Start to preprocess the user's C sources, some at a time; yield what waits for all of them."""
    at_once = os.cpu_count() or 1
    with ExitStack() as running:

        def begin(path: Path) -> Callable[[], str]:
            return running.enter_context(compiler.preprocessing_file(chosen, path))

        begun = deque(map(begin, sources[:at_once]))

        def texts() -> dict[Path, str]:
            found = {}
            for path, later in zip_longest(sources, sources[at_once:]):
                found[path] = begun.popleft()()
                if later is not None:
                    begun.append(begin(later))
            return found

        yield texts


def _program(inputs: Inputs, order: tuple[str, ...]) -> Program:
    """Make the host, or find it in the cache."""
    with cache.entry(_key(order, inputs)) as entry:
        if not entry.complete:
            from cmock_py.make import make

            make(inputs, entry.directory)
        facts = json.loads((entry.directory / "facts.json").read_text(encoding="utf-8"))
    for text in facts["warnings"]:
        warnings.warn(text, MockBypassWarning, stacklevel=4)
    declarations = store.from_json(facts["declarations"])
    return Program(
        executable=entry.final / "host",
        compiler=inputs.compiler,
        headers=inputs.headers,
        declarations=declarations,
        mocked=mocked_functions(inputs.spec, declarations),
        addresses={name: Symbol(*row) for name, row in facts["addresses"].items()},
        archived=frozenset(facts["archived"]),
        served=inputs.served,
    )


def _inputs(
    request: Request,
    chosen: Compiler,
    paths: Sequence[Path],
    unit: tuple[str, Mapping[str, str]],
    sources: Mapping[Path, str],
) -> Inputs:
    given = tuple(path for path in paths if path not in sources)
    components = find_components(request.components, dict(zip(request.objs, paths, strict=True)))
    served = frozenset(
        function.c_name
        for _, function in request.spec.functions
        if any(function.classify in names for names in components.values())
    )
    texts = (unit[0], request.includes, unit[1])
    return Inputs(request.spec, chosen, *texts, given, sources, frozenset(components), served)


def _key(order: tuple[str, ...], inputs: Inputs) -> str:
    """Hash all that decides what is built: this package's code among it, so that a new version builds anew."""
    ours = b"".join(path.read_bytes() for path in sorted(runtime_dir().glob("*.[ch]")))
    spec = repr((inputs.spec, [str(arg.origin) for _, f in inputs.spec.functions for arg in f.args]))
    flags = repr((inputs.compiler.cppflags, inputs.compiler.cflags, inputs.compiler.ldflags, order))
    files = [part for path in inputs.given for part in (str(path), path.read_bytes())]
    texts = [part for path, text in inputs.sources.items() for part in (str(path), text)]
    libraries = repr(list(_library_states(inputs.compiler.ldflags)))
    components = repr((sorted(map(str, inputs.components)), sorted(inputs.served)))
    decisive = (inputs.compiler.identity, components, flags, libraries, inputs.headers, repr(inputs.expressions), spec)
    return cache.key(version(), ours, *decisive, *files, *texts)


def _library_states(ldflags: Sequence[str]) -> Iterator[tuple[str, int, int]]:
    """Tell the files that the linker flags name as they are now: given by name, or by ``-l`` in a folder of ``-L``."""
    folders = [Path(flag[2:]) for flag in ldflags if flag.startswith("-L") and flag != "-L"]
    named = [Path(flag) for flag in ldflags if not flag.startswith("-")]
    for flag in ldflags:
        if flag.startswith("-l"):
            name = flag[2:].removeprefix(":")
            files = [name] if flag.startswith("-l:") else [f"lib{name}.so", f"lib{name}.a"]
            named += [folder / file for folder in folders for file in files]
    for path in named:
        if path.is_file():
            told = path.stat()
            yield str(path.absolute()), told.st_size, told.st_mtime_ns


def version() -> str:
    """What tells the code of this package from another version of it: sizes and times of its Python files.

    Reading them all would cost more than it tells.
    """
    files = sorted(Path(__file__).parent.rglob("*.py"))
    return repr([(path.name, (told := path.stat()).st_size, told.st_mtime_ns) for path in files])
