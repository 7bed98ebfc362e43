"""The functions that tests use: start a mocking, and speak to the current one.

Light to import: what builds and runs a mocking is imported when the first one starts.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from cmock_py.errors import ArgumentTypeError, ArgumentValueError, NoMocking, NotYet

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from typing import Any

    from cmock_py.build import Request
    from cmock_py.explain.report import Verdict
    from cmock_py.host.records import Trace
    from cmock_py.lang.limits import Limits
    from cmock_py.lang.nodes import Node
    from cmock_py.mocking import Mocking
    from cmock_py.spec.model import ApiSpec

MAX_CAPTURE_BYTES = 1 << 28
"""A record tells sizes in 32 bits, and the trace has to hold it."""

_started: list[Mocking] = []
"""The mockings in the order in which they became current; stopped ones are dropped as they are met."""


def start_mocking(
    spec: ApiSpec | str | os.PathLike[str],
    headers: Iterable[str | os.PathLike[str]] = (),
    objs: Iterable[str | os.PathLike[str]] = (),
    *,
    name: str = "c_code",
    cppflags: Iterable[str] = (),
    cflags: Iterable[str] = (),
    ldflags: Iterable[str] = (),
    cc: str | None = None,
    components: Iterable[str] = (),
    deadline_s: float = 10.0,
    profile: str = "plain",
    max_calls: int | None = None,
    exec_command_line: Callable[[str], Iterable[str]] | Iterable[str] | None = None,
    capture_bytes: int = 4096,
    limits: Limits | None = None,
    verbose: bool = False,
    keep_files: bool = False,
) -> Mocking:
    """Build the host and start it: mocks for the spec, linked with the SUT, in a process of their own.

    Args:
        spec: what is mocked; a path is loaded with `load_spec`.
        headers: headers with the types of the spec and the functions to call. A name that is a file is that file, any
            other is looked up as the compiler does.
        objs: the SUT: objects, static archives and C sources (compiled with *cppflags* and *cflags*). A bare name such
            as ``"libhiredis.a"`` that is no file is looked up in the compiler's library folders.
        name: of the generated file that *keep_files* writes.
        cppflags: flags of the SUT for the preprocessor: ``["-Iinclude", "-DNDEBUG"]``.
        cflags: flags of the SUT for the compiler.
        ldflags: flags for the linker: ``["-lm"]``.
        cc: the compiler; None takes ``$CC``, else gcc.
        components: those of *objs* that are tested together, by name: what they call of each other is called for
            real and not recorded, though the spec mocks it for all others.
        deadline_s: how long one call into the SUT may take, in seconds.
        profile: only ``"plain"`` runs yet.
        max_calls: calls that the trace may hold; None means as many as fit.
        exec_command_line: what starts the host instead of the system: a list of words with ``"{}"`` for its path, or a
            function that makes the list of the path: ``["valgrind", "-q", "{}"]``.
        capture_bytes: bytes that are kept of one string, array or list; a language that expects longer ones raises it.
        limits: of languages for which `init_lang` is given no others.
        verbose: print every command to standard error.
        keep_files: write the generated C to ``<name>.c`` in the current folder.

    Returns:
        The mocking, which is now the current one. Use it as a context manager, or end it with `stop_mocking`.

    Raises:
        UsageError: the spec, the headers or the arguments are wrong; subclasses say which.
        BuildError: it does not compile or link.
        SutError: a static constructor of the SUT went wrong.
    """
    if profile != "plain":
        msg = "profile= does not run in this version yet; leave it out"
        raise NotYet(msg)
    if not _is_positive(deadline_s):
        msg = f"deadline_s={deadline_s!r} is no time; give seconds, more than 0"
        raise ArgumentValueError(msg)
    if max_calls is not None and not _is_positive(max_calls):
        msg = f"max_calls={max_calls!r} is no number of calls; give a whole number, or None for as many as fit"
        raise ArgumentValueError(msg)
    if not _is_positive(capture_bytes) or not 0 < capture_bytes <= MAX_CAPTURE_BYTES:
        msg = f"capture_bytes={capture_bytes!r} is no number of bytes; give 1 to {MAX_CAPTURE_BYTES}"
        raise ArgumentValueError(msg)
    cflags, ldflags = _words("cflags", cflags), _words("ldflags", ldflags)
    _refuse_instrumentation((*cflags, *ldflags))
    from cmock_py.build import Request, building
    from cmock_py.lang.limits import checked
    from cmock_py.toolchain.tools import echo

    read = checked(limits)
    command_line = _command_line(exec_command_line)
    request = Request(
        load_spec(spec) if isinstance(spec, (str, os.PathLike)) else spec,
        _paths("headers", headers),
        _paths("objs", objs),
        _words("cppflags", cppflags),
        _words("cflags", cflags),
        _words("ldflags", ldflags),
        cc,
        _paths("components", components),
    )
    if keep_files:
        Path(f"{name}.c").write_text(_c_code(request), encoding="utf-8")
    with echo(on=verbose), building(request) as program:
        from cmock_py.mocking import Mocking  # while the preprocessor reads the headers

        mocking = Mocking(
            request,
            program(),
            deadline_s=deadline_s,
            max_calls=max_calls,
            capture_bytes=capture_bytes,
            command_line=command_line,
            limits=read,
        )
    _started.append(mocking)
    return mocking


def _paths(parameter: str, values: Iterable[str | os.PathLike[str]]) -> tuple[str, ...]:
    """Take file names; one with a folder in it becomes absolute, since compilers look elsewhere first."""
    found = _file_names(parameter, values)
    return tuple(str(Path(value).absolute()) if os.sep in value and Path(value).exists() else value for value in found)


def _file_names(parameter: str, values: Iterable[str | os.PathLike[str]]) -> tuple[str, ...]:
    if isinstance(values, (str, bytes, os.PathLike)):
        msg = f"{parameter}={values!r} is one name; give a list: {parameter}=[{values!r}]"
        raise ArgumentTypeError(msg)
    return tuple(os.fspath(value) for value in values)


def _refuse_instrumentation(flags: Iterable[str]) -> None:
    """Flags that ask for another profile than the plain one would be without effect; say so."""
    refused = [flag for flag in flags if flag.startswith(("-fsanitize", "--coverage", "-fprofile", "-ftest-", "-flto"))]
    if refused:
        msg = f"{' '.join(refused)}: only plain builds run in this version yet; take the flags out"
        raise NotYet(msg)


def _is_positive(value: object) -> bool:
    return isinstance(value, (int, float)) and value > 0


def _command_line(given: Callable[[str], Iterable[str]] | Iterable[str] | None) -> Callable[[str], list[str]]:
    """Make the function that gives the words of the host's command line."""
    if given is None:
        return lambda path: [path]
    if callable(given):
        function = given
        return lambda path: _checked(list(_words("exec_command_line", function(path))), path, path)
    words = list(_words("exec_command_line", given))
    return lambda path: [word.replace("{}", path) for word in _checked(words, "{}", path)]


def _checked(words: list[str], wanted: str, path: str) -> list[str]:
    """Refuse a command line that does not name the host."""
    if not all(isinstance(word, str) for word in words) or not any(wanted in word for word in words):
        what = "'{}' for the host's path" if wanted == "{}" else f"the host's path {path!r}"
        msg = f"exec_command_line is {words!r}; it is a list of words, and {what} is among them"
        raise ArgumentValueError(msg)
    return words


def _words(parameter: str, values: Iterable[str]) -> tuple[str, ...]:
    if isinstance(values, (str, bytes)):
        msg = f"{parameter}={values!r} is one string; give a list of words: {parameter}={values.split()!r}"
        raise ArgumentTypeError(msg)
    return tuple(values)


def current() -> Mocking:
    """Return the mocking that was started last and is not stopped, in a test that of its fixture; raises NoMocking."""
    while _started and not _started[-1].running:
        _started.pop()
    if not _started:
        msg = "no mocking is running; call start_mocking(spec, headers, objs) first"
        raise NoMocking(msg)
    return _started[-1]


def make_current(mocking: Mocking) -> None:
    """Make a running mocking the current one."""
    if mocking in _started:
        _started.remove(mocking)
    _started.append(mocking)


def load_spec(path: str | os.PathLike[str], name: str | None = None) -> ApiSpec:
    """Load a spec from a Python file.

    Args:
        path: a ``.py`` file; it is run.
        name: of the variable or function that holds the spec; None means ``api_spec``.

    Raises:
        SpecError: the spec is wrong.
        UsageError: there is no such file or no spec in it.
    """
    from cmock_py.spec.load import load

    return load(Path(path), name)


def stop_mocking() -> None:
    """End the current mocking; raises NoMocking."""
    current().stop()


def init_lang(
    lang: str | os.PathLike[str] | Node,
    spec: ApiSpec | None = None,
    *,
    functions: Mapping[str, Callable[..., Any]] | None = None,
    ambiguous: Literal["error", "first"] = "error",
    strict: bool = False,
    limits: Limits | None = None,
) -> None:
    """Set what the SUT may do from now on, and empty the trace.

    SUT memory, pointers and globals stay as they are; only when the test child was stopped a fresh one begins.

    Args:
        lang: the expectation: a text, the path of a text, or a term of `SEQ` and `EVENT`.
        spec: the running spec, for those who like to say it; another one is an error.
        functions: the Python functions that a text names: ``-> @level`` is answered by ``functions["level"]``, and
            ``@is_even`` asks ``functions["is_even"]`` about an argument.
        ambiguous: what happens when a call has two different answers and its arguments do not decide: ``"error"``, or
            ``"first"`` for the one that is written first.
        strict: refuse every call that could be taken in two ways, even if that makes no difference, as the original
            does.
        limits: how large the language may be, and what it may take to follow it; None means those of `start_mocking`.

    Raises:
        LanguageError: it does not parse or does not fit the spec; all faults at once.
        AmbiguousLanguage: one call has two different answers.
        ArgumentValueError: an option has no such value.
        NoMocking: none is running.
    """
    current().init_lang(
        lang,
        spec,
        functions=functions,
        ambiguous=ambiguous,
        strict=strict,
        limits=limits,
    )


def check_callouts(
    lang: str | os.PathLike[str] | Node | None = None,
    *,
    functions: Mapping[str, Callable[..., Any]] | None = None,
    lines: int = 30,
) -> bool:
    """Check the calls since `init_lang` against the language, with all arguments compared.

    Args:
        lang: another language to check against; None takes the one that was set.
        functions: Python functions by the name that *lang* calls them (``@name``), besides those of `init_lang`.
        lines: how many the report of a failure may have; a larger number shows every difference.

    Returns:
        True: the SUT made the calls that the language asks for, all of them and no others.

    Raises:
        LanguageError: *lang* is wrong.
        UsageError: there are *functions*, and no *lang*.
        CalloutsFailed: it did not; an AssertionError whose message shows calls and language side by side.
        NoLanguage: no language was set or given.
        NoMocking: none is running.
    """
    return current().check_callouts(lang, functions=functions, lines=lines)


def verdict(
    lang: str | os.PathLike[str] | Node | None = None,
    *,
    functions: Mapping[str, Callable[..., Any]] | None = None,
    lines: int = 30,
) -> Verdict:
    """Decide as `check_callouts` does, and return the decision as data instead of raising."""
    return current().verdict(lang, functions=functions, lines=lines)


def get_trace() -> Trace:
    """Return the calls made since `init_lang`, oldest first."""
    return current().get_trace()


def c_code(spec: ApiSpec, headers: Iterable[str | os.PathLike[str]] = ()) -> str:
    """Write the generated stubs as C text to be read.

    Args:
        spec: what is mocked.
        headers: headers with the types of the spec.

    Raises:
        UsageError: the spec or the headers are wrong.
    """
    from cmock_py.build import Request

    return _c_code(Request(spec, _file_names("headers", headers), (), (), (), (), None))


def _c_code(request: Request) -> str:
    from cmock_py.build import preprocessed
    from cmock_py.codegen import unit
    from cmock_py.make import declared

    return unit.c_code(declared(request.spec, *preprocessed(request)), request.headers)


def type_stubs(
    spec: ApiSpec,
    headers: Iterable[str | os.PathLike[str]] = (),
    *,
    cppflags: Iterable[str] = (),
    source: str = "the spec",
) -> str:
    """Write a Python stub file with a class ``Lib``: what `Mocking.lib` has, for type checkers.

    Args:
        spec: what is mocked.
        headers: headers whose functions and globals are in the class; those of headers that they include are not.
        cppflags: flags for the preprocessor: ``["-Iinclude"]``.
        source: what the first line calls the spec.

    Raises:
        UsageError: the spec or the headers are wrong.
    """
    from cmock_py.build import Request, preprocessed
    from cmock_py.codegen import pyi
    from cmock_py.make import reachable

    names = _file_names("headers", headers)
    request = Request(spec, names, (), _words("cppflags", cppflags), (), (), None)
    declarations, mocked = reachable(spec, *preprocessed(request), names)
    mocks = {function.spec.c_name: function.name for function in mocked}
    return pyi.stub_file(declarations.functions, declarations.variables, mocks, [source, *names])


def gen_headers(spec: ApiSpec, headers: Iterable[str | os.PathLike[str]] = ()) -> str:
    """Write a header with the prototypes of the mocked functions, to build the SUT with.

    Args:
        spec: what is mocked.
        headers: headers with the types, to be included by the generated one.

    Raises:
        SpecError: the spec is wrong.
    """
    from cmock_py.codegen import header
    from cmock_py.spec.check import check

    check(spec)
    return header.gen_headers(spec, _file_names("headers", headers))
