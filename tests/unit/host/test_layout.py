"""cffi types in the compiler's layout, judged by the compiler's own objects."""

from __future__ import annotations

import struct
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from elftools.elf.elffile import ELFFile

from cmock_py.cdecl.layout import read, table
from cmock_py.cdecl.model import Declarations, Layout, Member
from cmock_py.cdecl.parse import declare
from cmock_py.cdecl.unit import index
from cmock_py.errors import LayoutError
from cmock_py.host.fields import fields
from cmock_py.host.layout import extend, typed

if TYPE_CHECKING:
    from collections.abc import Callable


def _symbols(path: Path) -> dict[str, bytes]:
    """Read the bytes of each of our objects in an object file."""
    with path.open("rb") as stream:
        elf = ELFFile(stream)
        found: dict[str, bytes] = {}
        for symbol in elf.get_section_by_name(".symtab").iter_symbols():
            if symbol.name.startswith("cmk_"):
                section = elf.get_section(symbol["st_shndx"])
                data = section.data() if section["sh_type"] != "SHT_NOBITS" else bytes(section["sh_size"])
                found[symbol.name] = data[symbol["st_value"] :][: symbol["st_size"]]
    return found


@pytest.fixture(params=["gcc", "clang"])
def declared(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[..., Declarations]:
    """Declare types of C text, with the layouts that each compiler gives them."""

    def run(command: list[str], text: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([request.param, *command], input=text, capture_output=True, text=True, check=False)

    def make(source: str, types: tuple[str, ...] = ()) -> Declarations:
        text = run(["-E", "-x", "c", "-"], source).stdout

        def assemble(more: str) -> tuple[int, str, str]:
            done = run(["-S", "-O0", "-w", "-x", "cpp-output", "-o", "-", "-"], text + more)
            return done.returncode, done.stdout, done.stderr

        unit = index(text)
        wanted = types or tuple(f"{keyword} {tag}" for keyword, tag in unit.tags) + tuple(unit.typedefs)
        found = declare(unit, types=wanted, assemble=assemble)
        more, schema = table(found)
        done = run(["-c", "-w", "-x", "cpp-output", "-o", str(tmp_path / "table.o"), "-"], f"{text}\n{more}")
        assert done.returncode == 0, done.stderr
        symbols = _symbols(tmp_path / "table.o")
        data = symbols.pop("cmk_layout")
        numbers = struct.unpack(f"<{len(data) // 8}Q", data)
        return replace(found, layouts=read(schema, numbers, [symbols[f"cmk_image_{i}"] for i in range(len(symbols))]))

    return make


@pytest.mark.parametrize(
    ("text", "member", "size", "offset"),
    [
        ("struct s { char c; int i; } __attribute__((packed));", "i", 5, 1),
        ("struct s { char c; int i __attribute__((packed)); };", "i", 5, 1),
        ("struct s { char c; _Alignas(16) int i; };", "i", 32, 16),
        ("struct s { char i; } __attribute__((aligned(64)));", "i", 64, 0),
        ("typedef unsigned u1 __attribute__((aligned(1))); struct s { char c; u1 i; };", "i", 5, 1),
        ("#pragma pack(push, 1)\nstruct s { char c; long i; };\n#pragma pack(pop)\n", "i", 9, 1),
        ("#pragma pack(2)\nstruct s { char c; int x; long i; };\n#pragma pack()\n", "i", 14, 6),
        (
            "#pragma pack(1)\nstruct b { char c; int x; };\n#pragma pack()\nstruct s { char c; struct b x; int i; };",
            "i",
            12,
            8,
        ),
        ("enum __attribute__((packed)) e { A }; struct s { enum e x; char i; };", "i", 2, 1),
        ("struct e {}; struct s { struct e e; int i; };", "i", 4, 0),
        ("struct s { char c; union { int a; struct { short x, i; }; }; } __attribute__((packed));", "i", 5, 3),
        ("struct s { int n; char i[]; };", "i", 4, 4),
        ("struct s { int n; long i[0]; };", "i", 8, 8),
        ("struct s { char c; struct { char a; int b; } __attribute__((packed)) in[2]; int i; };", "i", 16, 12),
        (
            "struct s { char c; struct { struct { char a; long b; } __attribute__((packed)) q; } in; char i; };",
            "i",
            11,
            10,
        ),
        (
            "struct s { unsigned a : 3, b : 5; unsigned : 0; signed char c : 2; _Bool d : 1; unsigned long e : 40; int i; };",
            "i",
            24,
            16,
        ),
        ("struct s { int k; union { int c; struct { unsigned lo : 4, hi : 28; }; }; int i; };", "i", 12, 8),
        ("struct s { unsigned a : 3; char i; } __attribute__((aligned(32)));", "i", 32, 1),
        (
            "struct s { char c; unsigned __int128 w; long double _Complex z; __builtin_va_list ap; int i; };",
            "i",
            96,
            88,
        ),
        ("typedef float v4 __attribute__((vector_size(16))); struct s { char c; v4 v; int i; };", "i", 48, 32),
    ],
)
def test_every_layout_trap_has_the_compilers_numbers(
    text: str, member: str, size: int, offset: int, declared: Callable[..., Declarations]
) -> None:
    """Where cffi alone would be wrong, silently, the compiler's size and offset hold."""
    ffi = typed(declared(text))
    assert (ffi.sizeof("struct s"), ffi.offsetof("struct s", member)) == (size, offset)


def test_values_go_where_the_compiler_puts_them(declared: Callable[..., Declarations]) -> None:
    """A packed struct of a real header, written through cffi, has the bytes of C."""
    ffi = typed(declared("#include <sys/epoll.h>\n", ("struct epoll_event",)))
    event = ffi.new("struct epoll_event *", {"events": 1, "data": {"u64": 0x0807060504030201}})
    assert bytes(ffi.buffer(event)) == bytes([1, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8])


def test_nested_types_without_a_name_are_forced_too(declared: Callable[..., Declarations]) -> None:
    """A packed struct that only a member names is written in its own layout."""
    ffi = typed(declared("struct s { char c; struct { char a; int b; } __attribute__((packed)) in[2]; };"))
    made = ffi.new("struct s *")
    made[0].__getattribute__("in")[1].b = -1
    assert bytes(ffi.buffer(made)) == b"\0" * 7 + b"\xff" * 4


@pytest.mark.parametrize(
    "header",
    [
        "stdio",
        "signal",
        "pthread",
        "regex",
        "netdb",
        "sys/socket",
        "sys/stat",
        "netinet/tcp",
        "linux/videodev2",
        "linux/kvm",
    ],
)
def test_all_types_of_real_headers_agree(header: str, declared: Callable[..., Declarations]) -> None:
    """Every struct and union with a tag in the header is held by cffi as the compiler has it."""
    if not Path(f"/usr/include/{header}.h").exists() and not list(Path("/usr/include").glob(f"*/{header}.h")):
        pytest.skip(f"{header}.h is not installed")
    found = declared(f"#define _GNU_SOURCE\n#include <{header}.h>\n")
    ffi = typed(found)
    assert found.layouts
    for layout in found.layouts[:5]:
        if "__typeof__" not in layout.name:
            assert ffi.sizeof(layout.name) == layout.size


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("struct s { unsigned a : 30, b : 30, c : 4; } __attribute__((packed));", [(0, 30), (30, 30), (60, 4)]),
        (
            "struct s { unsigned a : 3, b : 12, c : 20; long d[2]; } __attribute__((packed));",
            [(0, 3), (3, 12), (15, 20)],
        ),
        ("struct s { char t; unsigned short a : 12, b : 4; } __attribute__((packed));", [(8, 12), (20, 4)]),
        (
            "struct s { char t; struct { int : 4; int a : 3; }; union { unsigned b : 2, c : 9; }; };",
            [(36, 3), (64, 2), (64, 9)],
        ),
    ],
    ids=["too large for cffi", "placed wrongly by cffi", "straddling", "anonymous"],
)
def test_bit_fields_are_where_the_compiler_has_them(
    text: str, places: list[tuple[int, int]], declared: Callable[..., Declarations]
) -> None:
    """Whatever cffi would make of them: first bit and width come from the compiler, and the members keep their order."""
    found = declared(text)
    ctype = typed(found).typeof("struct s")
    known = list(fields(ctype))
    assert [(field.bitshift, field.bitsize) for _, field in known if field.bitsize >= 0] == places
    assert [name for name, _ in known] == [member.name for member in found.layouts[-1].members]


def test_any_difference_is_named_with_both_numbers() -> None:
    """A member that the cdef does not have, or another size, cannot pass."""
    members = (Member("c", 0, 1), Member("gone", 1, 4))
    wrong = Declarations(cdef="struct s { char c; };", layouts=(Layout("struct s", 5, 1, members),))
    with pytest.raises(LayoutError, match=r"struct s\.gone: cffi does not have this member"):
        typed(wrong)


def test_what_cffi_refuses_is_an_error_of_ours() -> None:
    """Text that cffi cannot parse does not show as a traceback of its parser."""
    with pytest.raises(LayoutError, match="cffi cannot hold the types"):
        typed(Declarations(cdef="struct s { int a[sizeof(int)]; };"))


def test_a_later_slice_extends_an_ffi(declared: Callable[..., Declarations]) -> None:
    """Types in common are not declared again, and new ones get their layouts."""
    source = "typedef struct { char c; int i; } __attribute__((packed)) a; struct b { a x; char y; long z; } __attribute__((packed));"
    ffi = typed(declared(source, ("a",)))
    assert ffi.sizeof("a") == 5
    extend(ffi, declared(source, ("struct b *",)))
    assert ffi.sizeof("struct b") == 14
    extend(ffi, declared(source))
    assert ffi.offsetof("struct b", "z") == 6
