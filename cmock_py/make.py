"""The host is not in the cache: make it. Slice, declare, write stubs, compile, redirect, link.

Also what a running mocking may want to know later of the same headers. Everything here may run the compiler; `build`
decides when.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cmock_py.agreement import HINT_VARIABLE, check_declared, unknown_type, variable_faults
from cmock_py.cdecl import expand, layout, parse, store, structures, surgery, unit
from cmock_py.cdecl.constants import evaluate
from cmock_py.codegen import names
from cmock_py.codegen.unit import stub_unit
from cmock_py.codegen.writer import declaration, prototype
from cmock_py.errors import BuildError, Fault, HeaderError, LayoutError, MockBypass, SpecError
from cmock_py.inputs import CHAR_UNSIGNED
from cmock_py.mocked import Mocked, mocked_functions, needs_structures, type_texts
from cmock_py.spec.model import ApiArg
from cmock_py.spec.snippets import snippets
from cmock_py.toolchain import cache, compiler, linker, macros, objects, redirect, symbols, tools
from cmock_py.toolchain.runtime import runtime_objects
from cmock_py.toolchain.unreached import Unreached, unreached

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from cmock_py.cdecl.model import Declarations, Layout
    from cmock_py.inputs import Inputs
    from cmock_py.spec.model import ApiFunction, ApiSpec
    from cmock_py.toolchain.compiler import Compiler
    from cmock_py.toolchain.objects import Member

STUB_FLAGS = ("-O0", "-g1")
"""A stub copies a few words; optimising two hundred of them takes longer than they could ever save."""

STRICT = "".join(
    f'#pragma GCC diagnostic error "-W{fault}"\n'
    for fault in ("implicit-function-declaration", "int-conversion", "incompatible-pointer-types")
)
STRICT += '#pragma GCC diagnostic ignored "-Wincompatible-pointer-types-discards-qualifiers"\n'  # of clang
"""What C compilers let pass in a snippet though it is a mistake; the headers before it are none of our business."""

LIBRARIES = ("-Wl,--push-state,--no-as-needed", "-lm", "-lpthread", "-ldl", "-Wl,--pop-state")
"""Parts of libc that live apart: what headers declare of them can be called, though no object refers to it."""

HOST, FACTS = "host", "facts.json"
"""Files of a cache entry: the program, and what Python must know of it."""

_STUBS = "stubs.o"
_CONFLICT = re.compile(rf"conflicting types for ['\u2018]{names.MOCK}(\w+)['\u2019]")
_WORD = re.compile(r"[A-Za-z_]\w*")
_UNKNOWN_TYPE = re.compile(r"unknown type name ['\u2018](\w+)['\u2019]")
_FLAG = re.compile(r" \[-W[\w=-]+\]$")
_PLACED = re.compile(r"^([^\s:]+):(\d+):(?:\d+:)? (?:fatal )?error: (.*)$", re.MULTILINE)


def make(inputs: Inputs, folder: Path) -> None:
    """Leave the host and its facts in an empty folder.

    Raises:
        SpecError, HeaderError: what the user wrote is wrong.
        BuildError: it does not compile or link.
    """
    try:
        _Maker(inputs, folder).make()
    except (HeaderError, BuildError):
        _check_headers(inputs, folder)
        raise


def _check_headers(inputs: Inputs, folder: Path) -> None:
    """The compiler knows best what is wrong with a header: raise what it says, when the headers alone fail."""
    try:
        compiler.compile_unit(
            inputs.compiler, inputs.headers, folder / "headers.o", extra_flags=["-fsyntax-only", "-w"]
        )
    except BuildError as error:
        placed = _PLACED.search(str(error))
        path = f"{placed[1]}:{placed[2]}" if placed else "headers"
        hint = "make the headers compile by themselves; flags of yours go into cppflags= and cflags="
        fault = Fault(path, "the compiler refuses the headers; it says:", hint, snippet=_said(str(error)))
        raise HeaderError([fault]) from None


def _said(message: str) -> str:
    """Take the compiler's own lines out of a build error."""
    lines = message.splitlines()
    first = next((i for i, line in enumerate(lines) if _PLACED.search(line)), 0)
    return "\n".join(lines[first:])


class _Maker:
    """One build under way, in the folder of its cache entry."""

    def __init__(self, inputs: Inputs, folder: Path) -> None:
        self.inputs = inputs
        self.spec = _expanded(inputs.spec, inputs.expressions)
        self.compiler = inputs.compiler
        self.folder = folder
        self.indexed = unit.index(inputs.headers)
        self.source_of: dict[Path, Path] = {}

    def make(self) -> None:
        """Leave the host and its facts in the folder."""
        with ThreadPoolExecutor(2) as pool:
            runtime = pool.submit(runtime_objects, self.compiler)
            members = pool.submit(self._members)
            declarations, mocked = self._declare(members)
            stubs, schema = self._stubs(declarations, mocked)
            plan = self._plan(members.result(), mocked)
            alone = self._unreached(members.result(), mocked)
            copies = redirect.redirect(members.result(), plan, self.folder / "objs", objcopy=tools.find_tool("objcopy"))
            linked = [*runtime.result(), stubs, *copies]
        host = self.folder / HOST
        flags = [*plan.link_flags, *self._pulled(members.result(), mocked), *LIBRARIES]
        originals = {copy: self.source_of.get(original, original) for copy, original in copies.items()}

        def link(more: Sequence[str]) -> None:
            linker.link(
                self.compiler,
                linked,
                host,
                flags=[*more, *flags],
                originals=originals,
                asked=_asked(mocked),
                meant=_meant(alone, mocked),
            )

        behind = _behind_mocks(members.result(), mocked)
        try:
            link(behind)
        except BuildError:
            if not behind:
                raise
            link(())  # what a mock stands for often needs what is not there, and nobody has asked for it yet
        declarations = self._with_layouts(declarations, stubs, schema)
        found = symbols.symbols(host)
        _refuse_data(found, members.result(), mocked)
        facts = {
            "declarations": store.to_json(declarations),
            "addresses": self._addresses(found, members.result(), mocked),
            "archived": sorted(_archived(members.result()) & {function.symbol for function in mocked}),
            "warnings": [*plan.warnings, *self._droppable(members.result(), mocked), *self._missed(alone, mocked)],
        }
        (self.folder / FACTS).write_text(json.dumps(facts), encoding="utf-8")
        for left in self.folder.iterdir():  # the host holds all that is wanted of it, debug information included
            if left.name not in {HOST, FACTS}:
                shutil.rmtree(left) if left.is_dir() else left.unlink()

    def _members(self) -> tuple[Member, ...]:
        """Compile the user's sources; read all objects."""
        mocked = [function.c_name for _, function in self.spec.functions]
        # Equal sources in two folders share a build, so the folder must not be in it.
        here = f"-fdebug-prefix-map={Path.cwd()}=."
        own = [flag for flag in self.compiler.cflags if flag.startswith("-W") and not flag.startswith(("-Wp,", "-Wl,"))]
        flags = [here, *own, "-fno-omit-frame-pointer", *(f"-fno-builtin-{name}" for name in mocked)]
        built: dict[Path, Path] = {}
        for number, path in enumerate(self.inputs.sources):
            folder = self.folder / f"source{number}"
            folder.mkdir()
            built[path] = folder / f"{path.stem}.o"

        self._refuse_static([name for name in mocked if name not in self.inputs.served])

        def compile_one(path: Path) -> None:
            stripped = surgery.strip_attributes(self.inputs.sources[path], mocked)
            try:
                compiler.compile_unit(self.compiler, stripped, built[path], extra_flags=flags)
            except BuildError:
                # Say it of the user's own file, with a command that can be pasted.
                compiler.compile_file(self.compiler, path, built[path], extra_flags=flags)
                raise

        with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
            list(pool.map(compile_one, built))
        self.source_of = {made: source for source, made in built.items()}
        return objects.read_all([*self.inputs.given, *built.values()])

    def _refuse_static(self, mocked: Sequence[str]) -> None:
        """Refuse mocks of what a source defines for itself alone: its calls leave no trace that could be redirected."""
        faults = []
        for path, text in self.inputs.sources.items():
            if path in self.inputs.components:
                continue  # it calls its own functions, as it shall
            if not any(re.search(rf"\bstatic\b[^;{{}}]*\b{name}\s*\(", text) for name in mocked):
                continue
            indexed = unit.index(text)
            faults += [
                f"{item.place}: {name} is a static function of {path.name}, which calls it directly"
                for name in mocked
                if not self._has_body_in_header(name)  # that is told by what says so of the header
                for item in (indexed.items[number] for number in indexed.functions.get(name, ()))
                if item.has_body and "static" in item.tokens
            ]
        if faults:
            hint = "help: make it extern in the test build (-Dstatic=), or mock what it calls"
            raise MockBypass("\n".join(["a mock would be bypassed", *faults, hint]))

    def _refuse_data_of_sources(self) -> None:
        """Refuse mocks of what sources declare as variables: they would read the code of a stub as its value."""
        mocked = [function.c_name for _, function in self.spec.functions]
        if not mocked:
            return
        uncalled = re.compile(rf"\b({'|'.join(mocked)})\b(?!\)?\s*\()")
        faults: dict[str, Fault] = {}
        for text in self.inputs.sources.values():
            bare = set(uncalled.findall(text))
            if any(not re.search(rf"\b{name}\)?\s*\(", text) for name in bare):  # worth the time to index a source
                found = variable_faults(self.spec, unit.index(text))
                faults = {fault.path: fault for fault in found} | faults
        if faults:
            raise SpecError(faults.values())

    def _has_body_in_header(self, name: str) -> bool:
        return any(self.indexed.items[number].has_body for number in self.indexed.functions.get(name, ()))

    def _pulled(self, members: Sequence[Member], mocked: Sequence[Mocked]) -> list[str]:
        """Pull what Python may call, and what answers by default, where the linker takes only what something needs."""
        declared = self.indexed.functions.keys() | self.indexed.variables.keys()
        declared -= {function.spec.c_name for function in mocked}
        archived = _archived(members)
        return [f"-Wl,-u,{name}" for name in sorted(declared & archived | _asked(mocked).keys())]

    def _declare(self, members: Any) -> tuple[Declarations, tuple[Mocked, ...]]:
        indexed = self.indexed
        types = _types(self.spec)
        check_declared(self.spec, indexed)
        self._refuse_data_of_sources()
        defined = frozenset[str]().union(*(member.defined for member in members.result()))
        mocked = {function.c_name for _, function in self.spec.functions}

        def declare(wanted: AbstractSet[str]) -> Declarations:
            return parse.declare(
                indexed,
                functions=[name for name in indexed.functions if name in wanted],
                variables=[name for name in indexed.variables if name in wanted],
                types=types,
                assemble=compiler.assemble(self.compiler, self.inputs.headers),
                char_signed=_is_char_signed(self.inputs.expressions),
            )

        try:
            declared = declare(mocked | defined)
        except HeaderError:
            declared = declare(mocked)  # the rest is declared when it is called, and only then may be at fault
        declared = _as_written(declared, self.inputs.spec, self.inputs.expressions)
        if needs_structures(self.spec, declared):
            declared = _probed(declared, self.compiler, self.inputs.headers, self.folder)
        functions = mocked_functions(self.spec, declared)
        _refuse_inline(functions)
        return declared, functions

    def _stubs(self, declarations: Declarations, mocked: Sequence[Mocked]) -> tuple[Path, Any]:
        """Compile stubs and layout table behind the preprocessed headers; a table that is filled needs no second."""
        table, schema = ("", None) if declarations.layouts else layout.table(declarations)
        output = self.folder / _STUBS

        def compile_stubs(*, keyed: bool) -> None:
            stubs = stub_unit(mocked, self.inputs.expressions, keyed=keyed)
            text = f'{self.inputs.headers}\n{STRICT}# 1 "{names.UNIT}"\n{stubs}# 1 "layout.c"\n{table}\n'
            compiler.compile_unit(self.compiler, text, output, extra_flags=STUB_FLAGS)

        try:
            compile_stubs(keyed=False)
        except BuildError as error:
            unknown = self._unknown_types(str(error))
            if unknown:
                raise HeaderError(unknown) from None
            faults = [*_conflicts(str(error), mocked), *self._snippet_faults(compile_stubs)]
            if not faults:
                raise
            raise (HeaderError if _CONFLICT.search(str(error)) else SpecError)(faults) from None
        return output, schema

    def _unknown_types(self, said: str) -> list[Fault]:
        """Name the types that are words of C to us and not to this compiler, as `bool` is of C23 alone."""
        names_said = dict.fromkeys(_UNKNOWN_TYPE.findall(said))
        return [
            unknown_type(self.indexed, path, origin, text, name)
            for path, origin, text in type_texts(self.spec)
            for name in names_said
            if name in _WORD.findall(text)
        ]

    def _snippet_faults(self, compile_stubs: Callable[..., None]) -> list[Fault]:
        """What the compiler says about the user's own C, in the order of the spec; it is asked once more, by key."""
        said: dict[str, dict[str, None]] = {}
        try:
            compile_stubs(keyed=True)
        except BuildError as error:
            for key, _, message in _PLACED.findall(str(error)):
                said.setdefault(key, {})[_FLAG.sub("", message)] = None
        return [
            Fault(f"{snippet.path} ({snippet.origin})", f"{snippet.text!r} does not compile: {message}")
            for snippet in snippets(self.inputs.spec)
            for message in said.get(snippet.key, ())
        ]

    def _plan(self, members: Sequence[Member], mocked: Sequence[Mocked]) -> redirect.Plan:
        self._refuse_unserved(members, mocked)
        hooks = {name: names.HOOK + name for name in names.HOOKED}
        components = frozenset(member for member in members if self._is_component(member))
        return redirect.renames(members, self._targets(mocked), hooks, components)

    def _targets(self, mocked: Sequence[Mocked]) -> dict[str, str]:
        """Tell for each name of a mocked function the stub that answers it."""
        targets = {}
        for function in mocked:
            if function.spec.c_name in self.inputs.served:
                continue
            stub = names.mock(function.spec.c_name)
            targets[function.spec.c_name] = stub
            if function.declared is not None and function.declared.symbol:
                targets[function.declared.symbol] = stub
        return targets

    def _is_component(self, member: Member) -> bool:
        return self.source_of.get(member.path, member.path) in self.inputs.components

    def _refuse_unserved(self, members: Sequence[Member], mocked: Sequence[Mocked]) -> None:
        """Refuse a component that does not define what the spec says it serves."""
        defined = frozenset[str]().union(*(member.defined for member in members if self._is_component(member)))
        faults = [
            Fault(
                f"{function.path}.classify ({function.spec.origin})",
                f"is {function.spec.classify!r}, but that component does not define {function.symbol}",
                "name the component that defines it, or leave `classify` out to mock the function",
            )
            for function in mocked
            if function.spec.c_name in self.inputs.served and function.symbol not in defined
        ]
        if faults:
            raise SpecError(faults)

    def _with_layouts(self, declarations: Declarations, stubs: Path, schema: Any) -> Declarations:
        return declarations if schema is None else structures.laid_out(declarations, _read_layouts(stubs, schema))

    def _unreached(self, members: Sequence[Member], mocked: Sequence[Mocked]) -> tuple[Unreached, ...]:
        """Find mocks that nobody calls while the SUT calls what they should stand for; refuse what is certain of it."""
        declared = {name for f in mocked if f.declared is not None for name in (f.spec.c_name, f.symbol)}
        ask = partial(macros.read, self.compiler, self.inputs.includes)
        found = unreached(members, self._targets(mocked), declared, ask)
        by_name = {function.spec.c_name: function for function in mocked}
        faults = [
            Fault(
                f"{by_name[one.name].path} ({by_name[one.name].spec.origin})",
                f"{one.name} is a macro of the headers ({one.macro.place}): {self._users(one)} calls "
                f"{', '.join(one.instead)} in its place, and this mock would be bypassed",
                f"mock what the macro stands for: symbol={one.instead[0]!r}",
            )
            for one in found
            if one.macro is not None and one.instead and not one.macro.has_parameters
        ]
        if faults:
            raise SpecError(faults)
        return found

    def _missed(self, alone: Sequence[Unreached], mocked: Sequence[Mocked]) -> list[str]:
        """Say of mocks that nobody calls what is called instead, as far as it can be told."""
        origins = {function.spec.c_name: function.spec.origin for function in mocked}
        said = []
        for one in alone:
            where, calls = f"{one.name} ({origins[one.name]})", f"{self._users(one)} calls {', '.join(one.instead)}"
            if one.macro is None:
                text = (
                    f"{where} is declared by no header and called by no object; {calls}, which the spec does not mock"
                )
                said.append(f"{text}: is that what is meant?")
            else:
                macro = f"is a macro of the headers ({one.macro.place})"
                text = f"{where} {macro}, and no object calls a function of that name"
                instead = f"{calls}; mock that" if one.instead else "mock what its text calls"
                said.append(f"{text}, so its mock answers nothing; {instead}")
        return said

    def _users(self, one: Unreached) -> str:
        """Name the user's files that call something in place of a mock."""
        return ", ".join(self.source_of.get(path, path).name for path in one.users)

    def _addresses(
        self, found: Mapping[str, symbols.Symbol], members: Sequence[Member], mocked: Sequence[Mocked]
    ) -> dict[str, list[Any]]:
        """Where the functions and globals of the user's objects lie, and the stubs; a static name counts too."""
        wanted = {name for member in members for name in (*member.defined, *member.local)}
        wanted |= {names.REALS, *(names.mock(function.spec.c_name) for function in mocked)}
        return {
            name: [symbol.address, symbol.size, symbol.kind]
            for name, symbol in found.items()
            if name in wanted or name == "cmk_sut_main" or name.startswith((names.HOOK, names.SILENT, names.START))
        }

    def _droppable(self, members: Sequence[Member], mocked: Sequence[Mocked]) -> list[str]:
        """Name the mocks that a compiler may have dropped calls of, in objects that we did not compile."""
        given = [member for member in members if member.path in self.inputs.given]
        return [
            f"{function.spec.c_name} is declared {', '.join(attributes)} ({function.declared.place}), so the compiler "
            f"may have dropped or joined calls of it in {users}; give the C source instead of the object, or take the "
            "attribute away"
            for function in mocked
            if function.declared is not None
            and function.spec.c_name not in self.inputs.served
            and (attributes := surgery.dropping(function.declared))
            and (users := ", ".join(sorted({m.path.name for m in given if function.spec.c_name in m.undefined})))
        ]


def _meant(alone: Sequence[Unreached], mocked: Sequence[Mocked]) -> dict[str, str]:
    """Say of what is called in place of a mock that the spec may have meant it."""
    origins = {function.spec.c_name: function.spec.origin for function in mocked}
    return {
        symbol: f"the spec mocks {one.name} ({origins[one.name]}), "
        + (f"a macro that calls it ({one.macro.place})" if one.macro else "which nobody calls: is this one meant?")
        for one in alone
        for symbol in one.instead
    }


def _refuse_data(found: Mapping[str, symbols.Symbol], members: Sequence[Member], mocked: Sequence[Mocked]) -> None:
    """Refuse mocks of what an object defines as a variable: the SUT would read the code of a stub as its value."""
    shared = frozenset[str]().union(*(member.defined for member in members))
    faults = [
        Fault(
            f"{function.path} ({function.spec.origin})",
            f"{function.symbol} is a variable of the objects: it is read and written, not called",
            HINT_VARIABLE,
        )
        for function in mocked
        if function.symbol in shared and function.symbol in found and found[function.symbol].kind == "object"
    ]
    if faults:
        raise SpecError(faults)


def _asked(mocked: Sequence[Mocked]) -> dict[str, str]:
    """The real functions that the spec wants to answer by default, each with the line that says so."""
    return {
        names.real_symbol(function.symbol): f"fallback='real' of {function.name} ({function.spec.origin})"
        for function in mocked
        if function.fallback
    }


def _behind_mocks(members: Sequence[Member], mocked: Sequence[Mocked]) -> list[str]:
    """Pull the real functions out of archives, for events that let them answer; but none that runs code by itself."""
    wanted = {function.symbol for function in mocked}
    harmless = [m for m in members if m.name is not None and m.defined & wanted and not objects.has_constructors(m)]
    return [f"-Wl,-u,{name}" for name in sorted(_archived(harmless) & wanted)]


def _archived(members: Sequence[Member]) -> frozenset[str]:
    """Name what archives define."""
    return frozenset[str]().union(*(member.defined for member in members if member.name is not None))


def declared(spec: ApiSpec, chosen: Compiler, headers: str, expressions: Mapping[str, str]) -> tuple[Mocked, ...]:
    """Resolve the spec against the headers only, for text that is not built.

    Raises:
        SpecError, HeaderError: what the user wrote is wrong.
    """
    indexed = unit.index(headers)
    expanded = _expanded(spec, expressions)
    check_declared(expanded, indexed)
    wanted = [function.c_name for _, function in spec.functions]
    declarations = parse.declare(
        indexed,
        functions=[name for name in wanted if name in indexed.functions],
        types=_types(expanded),
        assemble=compiler.assemble(chosen, headers),
        char_signed=_is_char_signed(expressions),
    )
    known = _as_written(declarations, spec, expressions)
    if needs_structures(spec, known):
        with tempfile.TemporaryDirectory() as folder:
            known = _probed(known, chosen, headers, Path(folder))
    return mocked_functions(spec, known)


def reachable(
    spec: ApiSpec, chosen: Compiler, headers: str, expressions: Mapping[str, str], given: Sequence[str]
) -> tuple[Declarations, tuple[Mocked, ...]]:
    """Declare what a test may name: the mocked functions, and what the given headers themselves declare.

    Raises:
        SpecError, HeaderError: what the user wrote is wrong.
    """
    mocked = declared(spec, chosen, headers, expressions)
    indexed = unit.index(headers)
    inside = {number for number, item in enumerate(indexed.items) if _is_given(item.place.file, given)}
    found = parse.declare(
        indexed,
        functions=[name for name, items in indexed.functions.items() if inside.intersection(items)],
        variables=[name for name, items in indexed.variables.items() if inside.intersection(items)],
        types=_types(_expanded(spec, expressions)),
        assemble=compiler.assemble(chosen, headers),
        char_signed=_is_char_signed(expressions),
    )
    types = _as_written(found, spec, expressions).types
    mocks = {function.spec.c_name: declaration(function, types) for function in mocked}
    return replace(found, functions={**mocks, **{n: f for n, f in found.functions.items() if n not in mocks}}), mocked


def _is_char_signed(expressions: Mapping[str, str]) -> bool:
    """Read off the preprocessor whether plain char has a sign, which spares a run of the compiler."""
    return expressions[CHAR_UNSIGNED] == CHAR_UNSIGNED


def _is_given(file: str, given: Sequence[str]) -> bool:
    """Tell whether a file of the preprocessed unit is one of the headers as they were named."""
    parts = Path(file).parts
    return any(parts[-len(named) :] == named for named in (Path(name.strip("<>")).parts for name in given))


def _probed(declared: Declarations, chosen: Compiler, headers: str, folder: Path) -> Declarations:
    """Ask the compiler for the layouts alone."""
    table, schema = layout.table(declared)
    probe = folder / "layout.o"
    compiler.compile_unit(chosen, f'{headers}\n# 1 "layout.c"\n{table}\n', probe, extra_flags=["-w"])
    return structures.laid_out(declared, _read_layouts(probe, schema))


def _read_layouts(stubs: Path, schema: Any) -> tuple[Layout, ...]:
    """Read the layout table that was compiled with the stubs."""
    numbers, images = layout.count(schema)
    raw = symbols.read_object(stubs, "cmk_layout")
    if len(raw) != 8 * numbers:
        raise LayoutError(f"the layout table has {len(raw)} bytes instead of {8 * numbers}")
    values = [int.from_bytes(raw[i : i + 8], "little") for i in range(0, len(raw), 8)]
    return layout.read(schema, values, [symbols.read_object(stubs, f"cmk_image_{i}") for i in range(images)])


def _expanded(spec: ApiSpec, expressions: Mapping[str, str]) -> ApiSpec:
    """Write the spec's types as the preprocessor leaves them, since stubs stand behind it."""

    def function(said: ApiFunction) -> ApiFunction:
        ret = argument(said.ret) if isinstance(said.ret, ApiArg) else expressions[said.ret]
        return replace(said, ret=ret, args=tuple(map(argument, said.args)))

    def argument(said: ApiArg) -> ApiArg:
        stored = None if said.stored_type is None else expressions.get(said.stored_type, said.stored_type)
        kinds = tuple(expressions[text] for text in said.types)
        return replace(said, type=expressions.get(said.type, said.type), stored_type=stored, types=kinds)

    modules = [replace(module, functions=tuple(map(function, module.functions))) for module in spec.modules]
    return replace(spec, modules=tuple(modules))


def _refuse_inline(mocked: Sequence[Mocked]) -> None:
    """Refuse mocks of functions whose body stands in a header: the SUT compiles that body and calls nobody."""
    faults = [
        Fault(
            f"{function.path} ({function.spec.origin})",
            f"{function.spec.c_name} has its body in a header ({function.declared.place}), so calls of it never leave "
            "the object and no mock can see them",
            "mock what its body calls, or give the SUT a header that only declares it",
        )
        for function in mocked
        if function.declared is not None and function.declared.inline
    ]
    if faults:
        raise HeaderError(faults)


def _types(spec: ApiSpec) -> list[str]:
    """The type texts of a spec, each once."""
    return list(dict.fromkeys(text for _, _, text in type_texts(spec)))


def _as_written(declared: Declarations, spec: ApiSpec, expressions: Mapping[str, str]) -> Declarations:
    """Let types be found by the text of the spec, too."""
    as_written = {text: declared.types[expressions[text]] for text in _types(spec)}
    return replace(declared, types={**as_written, **declared.types})


def _conflicts(text: str, mocked: Sequence[Mocked]) -> list[Fault]:
    """What the compiler says about stubs that do not have the type of the header's declaration."""
    by_name = {function.spec.c_name: function for function in mocked}
    found = []
    for name in dict.fromkeys(_CONFLICT.findall(text)):
        function = by_name[name]
        if function.declared is None:
            continue
        said = prototype(function.spec, function.spec.c_name)
        message = f"the spec says  {said}\n  the header says  {function.declared.text}  ({function.declared.place})"
        found.append(
            Fault(f"{function.path} ({function.spec.origin})", message, "write the header's types in the spec")
        )
    return found


def declare_more(
    chosen: Compiler, headers: str, *, functions: Sequence[str] = (), types: Sequence[str] = ()
) -> Declarations:
    """Declare more functions or types of the same headers, with the compiler's layouts; cached by content.

    Raises:
        HeaderError: the headers do not declare them.
    """
    flags = repr((chosen.cppflags, chosen.cflags))
    name = cache.key("more", chosen.identity, flags, headers, repr((functions, types)))
    with cache.entry(name) as entry:
        facts = entry.directory / FACTS
        if not entry.complete:
            ask = compiler.assemble(chosen, headers)
            declared = parse.declare(unit.index(headers), functions=functions, types=types, assemble=ask)
            declared = _probed(declared, chosen, headers, entry.directory)
            facts.write_text(json.dumps(store.to_json(declared)), encoding="utf-8")
        return store.from_json(json.loads(facts.read_text(encoding="utf-8")))


def macro_values(chosen: Compiler, headers: str, includes: str, wanted: Sequence[str]) -> dict[str, int]:
    """Ask the compiler which of the names are macros or enumerators, integer constants; cached by content.

    The preprocessed unit has no macros any more, so the names are expanded behind the headers once again.
    """
    source = expand.with_expressions(includes, {word: (word, "language", 1) for word in wanted})
    text, expanded = expand.cut(compiler.preprocess(chosen, source, directory=Path()))
    flags = repr((chosen.cppflags, chosen.cflags))
    with cache.entry(cache.key("macros", chosen.identity, flags, text, repr(expanded))) as entry:
        facts = entry.directory / FACTS
        if not entry.complete:
            enumerators = unit.index(headers).enumerators
            known = [word for word in wanted if expanded[word] != word or word in enumerators]
            values = evaluate([expanded[word] for word in known], compiler.assemble(chosen, text))
            found = {word: value for word, value in zip(known, values, strict=True) if value is not None}
            facts.write_text(json.dumps(found), encoding="utf-8")
        return dict(json.loads(facts.read_text(encoding="utf-8")))


_OBJECT_LIKE = re.compile(r"^#define ([A-Za-z]\w*)(?: |$)", re.MULTILINE)


def constant_names(chosen: Compiler, headers: str, includes: str) -> list[str]:
    """List what the headers give names to that may be a number: enumerators, and macros without parameters."""
    text = compiler.preprocess(chosen, includes, directory=Path(), macros="-dM")
    return [*unit.index(headers).enumerators, *_OBJECT_LIKE.findall(text)]
