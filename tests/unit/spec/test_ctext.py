"""`spec.ctext`: what the text of a C type says by itself."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cmock_py.spec import ctext


@given(st.text(alphabet="in t*()[]{};.,=+-#/'\"\\&\nx3é", max_size=30))
def test_any_text_is_answered(text: str) -> None:
    """No text raises or hangs, and every complaint has words."""
    complaints = [*ctext.type_complaints(text, "x"), *ctext.expression_complaints(text, {"x": "int *"})]
    assert all(complaint.message for complaint in complaints)


@pytest.mark.parametrize(
    ("text", "inside", "const"),
    [
        ("int *", "int", False),
        ("const int *const", "const int", True),
        ("const char **", "const char *", False),
        ("char *const *", "char * const", True),
    ],
)
def test_pointees_keep_their_own_const(text: str, inside: str, const: bool) -> None:
    """The const of what is pointed to is told from the const of the pointer."""
    assert ctext.pointee(text) == inside
    assert ctext.is_const(inside) is const


def test_only_sure_things_are_no_pointers() -> None:
    """A typedef may hide a pointer, so it is never surely none."""
    assert ctext.is_surely_no_pointer("volatile unsigned")
    assert ctext.is_surely_no_pointer("enum color")
    assert not ctext.is_surely_no_pointer("Handle")
    assert not ctext.is_surely_no_pointer("struct box *")
    assert not ctext.is_surely_no_pointer("")
