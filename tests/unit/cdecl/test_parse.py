"""What C says about the names that are asked for, with real headers and both compilers."""

from __future__ import annotations

import sysconfig
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cmock_py.cdecl.model import (
    Aggregate,
    Array,
    Enumeration,
    Floating,
    FunctionType,
    Integer,
    Pointer,
    Unsupported,
    Void,
)
from cmock_py.cdecl.parse import declare
from cmock_py.cdecl.unit import index
from cmock_py.errors import HeaderError

if TYPE_CHECKING:
    from collections.abc import Callable

INT = Integer(4, signed=True)
GLIBC = [
    "stdio",
    "stdlib",
    "string",
    "unistd",
    "signal",
    "pthread",
    "regex",
    "math",
    "complex",
    "wchar",
    "time",
    "fcntl",
    "netdb",
    "dirent",
    "poll",
    "search",
    "semaphore",
    "setjmp",
    "locale",
    "sys/socket",
    "sys/epoll",
    "sys/stat",
    "sys/mman",
    "sys/ioctl",
    "netinet/in",
]
PYTHON = sysconfig.get_path("include")
UNITS = {
    "glibc": (
        "#define _GNU_SOURCE\n" + "".join(f"#include <{name}.h>\n" for name in GLIBC),
        (),
        "/usr/include/stdio.h",
    ),
    "fortified": (
        "#define _GNU_SOURCE\n#include <stdio.h>\n#include <unistd.h>\n#include <string.h>\n",
        ("-O2", "-D_FORTIFY_SOURCE=2"),
        "/usr/include/stdio.h",
    ),
    "hiredis": ("#include <hiredis/hiredis.h>\n#include <hiredis/async.h>\n", (), "/usr/include/hiredis/hiredis.h"),
    "python": ("#include <Python.h>\n", (f"-I{PYTHON}",), f"{PYTHON}/Python.h"),
}


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=pytest.mark.needs_hiredis if name == "hiredis" else ()) for name in UNITS]
)
def test_every_function_of_a_real_unit_is_declared_again_without_conflict(
    name: str, headers: Callable[..., object]
) -> None:
    """The prototypes that we write are the ones that the compiler has read, for thousands of functions."""
    source, flags, needed = UNITS[name]
    if not Path(needed).exists():
        pytest.skip(f"{needed} is not here: apt-get install python3-dev")
    made = headers(source, *flags)
    found = made.declare(*made.unit.functions)
    assert set(found.functions) == set(made.unit.functions)
    again = made.compile("".join(f"{function.text};\n" for function in found.functions.values()), "-fsyntax-only", "-w")
    assert again.stderr == ""
    assert again.returncode == 0


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("int f(const char *fmt, ...) __attribute__((format(printf,1,2)));", "int f(const char *fmt, ...)"),
        ("void (*f(int s, void (*h)(int)))(int);", "void (*f(int s, void (*h)(int)))(int)"),
        ("int (*f(int (*t[4])(void), int (*m)[3]))[5];", "int (*f(int (*t[4])(void), int (*m)[3]))[5]"),
        ("int (f)(int a);", "int f(int a)"),
        ("typedef int fn(int a, char *b); fn f;", "int f(int a, char *b)"),
        ("int f(int, const char *); int f(int fd, const char *path);", "int f(int fd, const char *path)"),
        ("int *g(int), f(void), h[3];", "int f(void)"),
        (
            "int f(int n, int a[static 4], int b[n], int c[n][n + 1]);",
            "int f(int n, int a[static 4], int b[n], int c[n][n + 1])",
        ),
        ("int f(_Atomic(int) *p, char *const restrict q);", "int f(_Atomic int *p, char *const restrict q)"),
        (
            "int f(a, p, d, u) char a; const char *p; float d; { return a + *p; }",
            "int f(int a, const char *p, double d, int u)",
        ),
        ("int f();", "int f()"),
        ("typedef int handle; int f(handle handle);", "int f(handle handle)"),
        ("struct s { int a; } f(enum e { A } x);", "struct s f(enum e x)"),
        ("typedef int (*cb)(int) __attribute__((cold)); cb f(cb);", "cb f(cb)"),
        ("double _Complex f(__complex__ float w, long double);", "double _Complex f(_Complex float w, long double)"),
    ],
)
def test_prototypes_read_as_the_user_wrote_them(text: str, expected: str, headers: Callable[..., object]) -> None:
    """Own type names stay, attributes go, and the compiler agrees."""
    made = headers(text)
    written = made.declare("f").functions["f"].text
    assert written == expected
    if "enum e" not in text:  # a tag in a prototype ends with it
        assert made.compile(f"{written};", "-fsyntax-only", "-w").stderr == ""


def test_types_are_resolved_through_typedefs(headers: Callable[..., object]) -> None:
    """Parameters and results are what they are in the end; arrays and functions are pointers there."""
    made = headers(
        "typedef unsigned char u8; typedef struct { int a; } pair; typedef const char *text; typedef void fn(int);"
        "pair f(text t, u8 b[4], const pair table[], _Bool ok, fn call, struct x *o, void **out, signed char sc,"
        " long double ld, double _Complex z, text const *w);"
    )
    function = made.declare("f").functions["f"]
    assert function.ret == Aggregate("pair", 4)
    char = Integer(1, signed=True, kind="char")
    assert [parameter.type for parameter in function.params] == [
        Pointer(char, const=True),
        Pointer(Integer(1, signed=False)),
        Pointer(Aggregate("pair", 4), const=True),
        Integer(1, signed=False, kind="bool"),
        Pointer(FunctionType("void (int)", Void(), (INT,))),
        Pointer(Aggregate("struct x", None)),
        Pointer(Pointer(Void())),
        Integer(1, signed=True),
        Floating(16),
        Floating(16, is_complex=True),
        Pointer(Pointer(char, const=True), const=True),
    ]
    assert [parameter.text for parameter in function.params][:3] == ["text t", "u8 b[4]", "const pair table[]"]


def test_enums_have_the_compilers_numbers(headers: Callable[..., object]) -> None:
    """Computed, negative, wide and packed enumerators, with size and sign of the enum."""
    made = headers(
        "enum e { A = 1 << 3, B = (A | 1) + sizeof(int), C = ~0, D = 'x', E = A ? 5 : 6 };"
        "typedef enum __attribute__((packed)) { P, Q } small; enum big { W = 0xffffffff };"
        "void f(enum e x, small y, enum big z);"
    )
    found = made.declare("f")
    assert [parameter.type for parameter in found.functions["f"].params] == [
        Enumeration("e", 4, signed=True, values=(("A", 8), ("B", 13), ("C", -1), ("D", 120), ("E", 5))),
        Enumeration(None, 1, signed=False, values=(("P", 0), ("Q", 1))),
        Enumeration("big", 4, signed=False, values=(("W", 0xFFFF_FFFF),)),
    ]
    assert found.constants == {"A": 8, "B": 13, "C": -1, "D": 120, "E": 5, "P": 0, "Q": 1, "W": 0xFFFF_FFFF}


def test_plain_char_has_the_sign_of_the_flags(headers: Callable[..., object]) -> None:
    """-funsigned-char is seen, and signed char is not touched by it."""
    made = headers("char f(signed char);", "-funsigned-char")
    function = made.declare("f").functions["f"]
    assert function.ret == Integer(1, signed=False, kind="char")
    assert function.params[0].type == Integer(1, signed=True)


def test_types_that_python_has_no_value_for_are_refused_with_a_reason(gcc_headers: Callable[..., object]) -> None:
    """128-bit integers, vectors and decimal floats are named, and pointers to them are not in the way."""
    made = gcc_headers(
        "typedef float v4 __attribute__((vector_size(16)));"
        "void f(unsigned __int128 a, v4 b, _Decimal64 c, _Float128 d, __int128 *e, _Float32 g);"
    )
    types = [parameter.type for parameter in made.declare("f").functions["f"].params]
    reasons = [kind.reason.split(",")[0] for kind in types if isinstance(kind, Unsupported)]
    assert reasons == [
        "unsigned __int128 is a 128-bit integer",
        "v4 is a vector",
        "_Decimal64 is a decimal float",
        "_Float128 is a 128-bit float",
    ]
    assert isinstance(types[4], Pointer)
    assert types[5] == Floating(4)


def test_wide_characters_are_integers(headers: Callable[..., object]) -> None:
    """They are what their typedefs say, with the compiler's sign."""
    made = headers("#include <wchar.h>\n#include <uchar.h>\nwchar_t f(char16_t a, char32_t b, wint_t c);")
    function = made.declare("f").functions["f"]
    assert function.ret == INT
    assert [parameter.type for parameter in function.params] == [Integer(size, signed=False) for size in (2, 4, 4)]


def test_type_texts_are_resolved(headers: Callable[..., object]) -> None:
    """Any text that C takes in a cast, an array or void is a type."""
    made = headers("enum { N = 3 }; struct foo { int a; };")
    texts = ("const struct foo *", "char[N + 1]", "void", "int (*)(int)", "unsigned long")
    assert made.declare(types=texts).types == {
        "const struct foo *": Pointer(Aggregate("struct foo", 4), const=True),
        "char[N + 1]": Array(Integer(1, signed=True, kind="char"), 4),
        "void": Void(),
        "int (*)(int)": Pointer(FunctionType("int (int)", INT, (INT,))),
        "unsigned long": Integer(8, signed=False),
    }


def test_all_redeclarations_add_to_a_function(headers: Callable[..., object]) -> None:
    """Attributes and the asm label may stand at any declaration; the place is that of the telling one."""
    made = headers(
        '# 1 "a.h"\nint f(int) __attribute__((__nonnull__));\nint f(int a);\nint f(int) __asm__("__new_f");\n'
        "__attribute__((pure, cold)) int f(int);"
    )
    function = made.declare("f").functions["f"]
    assert function.attributes == ("cold", "nonnull", "pure")
    assert function.symbol == "__new_f"
    assert str(function.place) == "a.h:2"


def test_inline_functions_are_told_from_gnu_extern_inline(headers: Callable[..., object]) -> None:
    """A body makes a function inline, but not when a real symbol stands behind it."""
    made = headers(
        "static inline int f(int x) { return x; } int g(int);"
        "extern inline __attribute__((gnu_inline, always_inline)) int g(int x) { return x; }"
    )
    found = made.declare("f", "g").functions
    assert found["f"].inline
    assert not found["g"].inline


def test_unprototyped_functions_say_so(headers: Callable[..., object]) -> None:
    """`f()` is not `f(void)`."""
    found = headers("int f(); int g(void);").declare("f", "g").functions
    assert not found["f"].prototyped
    assert found["g"].prototyped


def test_variables_have_type_text_and_place(headers: Callable[..., object]) -> None:
    """Storage class and initialiser are not part of a variable's declaration."""
    made = headers('# 4 "v.h"\nextern const char *const names[3]; static int one = sizeof(int), two = 2;')
    found = made.declare(variables=("names", "two")).variables
    assert found["names"].text == "const char *const names[3]"
    assert str(found["names"].place) == "v.h:4"
    assert found["two"].type == INT


def test_no_compiler_runs_when_no_number_is_needed() -> None:
    """Plain functions cost no process."""
    unit = index("typedef struct stack *Stack; int push(Stack s, int value);")
    found = declare(unit, functions=["push"], assemble=lambda _: pytest.fail("the compiler ran"))
    assert found.functions["push"].params[0].type == Pointer(Aggregate("struct stack", None))


def test_all_missing_names_are_named_at_once_with_the_nearest() -> None:
    """Functions, variables and types that no header has are one error."""
    unit = index("typedef int Stack; int push(Stack); extern int count;")
    with pytest.raises(HeaderError) as caught:
        declare(
            unit,
            functions=["psuh"],
            variables=["cuont"],
            types=["Stak *", "struct none"],
            assemble=lambda _: (1, "", ""),
        )
    assert str(caught.value) == (
        "the headers have 4 faults\n"
        "psuh: no header declares a function 'psuh'\n  help: did you mean 'push'?\n"
        "cuont: no header declares a variable 'cuont'\n  help: did you mean 'count'?\n"
        "Stak *: no header declares the type 'Stak'\n  help: did you mean 'Stack'?\n"
        "struct none: no header declares the type 'struct none'\n"
        "  help: add the header that declares it, or look for a misspelling"
    )


def test_a_declaration_that_cannot_be_parsed_is_shown_with_its_place() -> None:
    """The smallest failing text, its line and a way out; not a traceback of the parser."""
    unit = index('# 12 "odd.h"\nextern int x; int f(__typeof__(x) a);')
    with pytest.raises(HeaderError, match=r"odd\.h:12: this declaration cannot be parsed") as caught:
        declare(unit, functions=["f"], assemble=lambda _: (1, "", ""))
    assert "int f ( __typeof__ ( x ) a );" in str(caught.value)
    assert "help: declare it in plain C" in str(caught.value)


@pytest.mark.parametrize(
    "text",
    ["int int)", "*", "int x", "3", "", "a b c", "int;", '"x"', "sizeof(int)", "(", "int); int g(int", "int, int"],
)
def test_a_wrong_type_text_is_an_error_of_ours(text: str) -> None:
    """Whatever a user writes as a type, the answer is a HeaderError that names it."""
    with pytest.raises(HeaderError):
        declare(index("int f(void);"), types=[text], assemble=lambda _: (1, "", ""))


def test_repeated_typedefs_and_forward_enums_reach_cffi_once(gcc_headers: Callable[..., object]) -> None:
    """The text is taken by cffi although C repeats itself."""
    import cffi

    made = gcc_headers(
        "typedef struct s *P; typedef struct s { int a; } *P; enum e; int g(enum e *); enum e { A = 1 };"
        "struct t { enum e k; _Atomic int n; unsigned __int128 w; long double _Complex z; __builtin_va_list ap; };"
        "int f(P p, struct t *t, enum e *e);"
    )
    ffi = cffi.FFI()
    ffi.cdef(made.declare("f").cdef)
    assert ffi.sizeof("struct s") == 4
    assert ffi.typeof("enum e").elements == {1: "A"}
    assert ffi.offsetof("struct t", "w") == 16
