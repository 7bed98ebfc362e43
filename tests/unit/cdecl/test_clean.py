"""GNU and C23 words removed and recorded."""

from __future__ import annotations

import pytest

from cmock_py.cdecl.clean import clean
from cmock_py.cdecl.fold import fold, questions
from cmock_py.cdecl.tokens import code


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("extern __inline __attribute__((gnu_inline)) int f(int x)", "extern int f ( int x )"),
        ("int * __attribute__((aligned(4))) f(void)", "int * f ( void )"),
        ("char *f(char *__restrict d, __const char *s)", "char * f ( char * restrict d , const char * s )"),
        ('struct s { int a; _Static_assert(1, "x"); _Alignas(16) char d; }', "struct s { int a ; char d ; }"),
        ("typedef int i64 __attribute__((__mode__(__DI__)))", "typedef long i64"),
        ("typedef unsigned int u8 __attribute__((mode(QI)))", "typedef unsigned char u8"),
        ("typedef int i8 __attribute__((mode(QI)))", "typedef signed char i8"),
        ("__extension__ typedef __signed__ char s8", "typedef signed char s8"),
        ("int f(int größe, int gr\\u00f6sse)", "int f ( int gr_uf6_udfe , int gr_uf6sse )"),
        ("_Complex _Float32 f(_Float64 _Complex)", "cmk_complex__Float32 f ( cmk_complex__Float64 )"),
    ],
)
def test_standard_c_is_left(text: str, expected: str) -> None:
    """Every extension is dropped or respelled."""
    assert " ".join(clean(code(text)).tokens) == expected


def test_what_is_removed_is_recorded() -> None:
    """Attributes of the declaration, in every spelling, and the linker symbol are kept; those of parameters are not."""
    text = '[[gnu::pure, nodiscard]] _Noreturn int f(int a __attribute__((unused))) __asm__("__" "f") __attribute__((__nonnull__(1, 2), cold))'
    done = clean(code(text))
    assert [attribute.name for attribute in done.attributes] == ["pure", "nodiscard", "noreturn", "nonnull", "cold"]
    assert done.attributes[3].arguments == ("1", ",", "2")
    assert done.symbol == "__f"


def test_only_what_needs_the_compiler_is_asked() -> None:
    """Literal dimensions and widths are no questions; dimensions of parameters and enumerators are."""
    tokens = code("struct s { int a[4], b[sizeof(int)][2]; unsigned c:3, d:W; enum { X = 1 } e; }")
    assert questions(tokens) == ["sizeof ( int )", "W", "X"]


def test_numbers_take_the_place_of_expressions() -> None:
    """What has a value becomes that value, also a negative one; the rest stays."""
    tokens = code("enum e { A = ~0, B, } f(int n, int a[static N], int b[n], int c[*])")
    folded = fold(tokens, {"A": -1, "B": 0, "N": 8, "n": None})
    assert " ".join(folded) == "enum e { A = -1 , B = 0 } f ( int n , int a [ static 8 ] , int b [ n ] , int c [ * ] )"
