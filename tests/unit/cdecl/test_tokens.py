"""Tokens, brackets, words."""

from __future__ import annotations

import pytest

from cmock_py.cdecl.tokens import code, is_name, match, partners, skip_attributes, tokenize


def test_strings_hide_brackets_and_comments() -> None:
    """A string, whatever it holds, is one token."""
    assert code(r'f("; } /* \" {", L"x", u8"y")') == ["f", "(", r'"; } /* \" {"', ",", 'L"x"', ",", 'u8"y"', ")"]


@pytest.mark.parametrize("number", ["0x1p-3", "1'000", "0b101", ".5e+3", "10ULL"])
def test_preprocessing_numbers_are_one_token(number: str) -> None:
    """Every spelling of a number stays in one piece."""
    assert code(f"{number};") == [number, ";"]


@pytest.mark.parametrize("name", ["größe", r"gr\u00f6sse", "a$b", "_x1"])
def test_identifiers_of_gcc_are_words(name: str) -> None:
    """Letters outside ASCII, universal names and the dollar sign belong to identifiers."""
    assert code(f"int {name};") == ["int", name, ";"]
    assert is_name(name)


def test_line_ends_and_markers_are_tokens_of_their_own() -> None:
    """Nothing of the lines is lost, so places can be worked out."""
    assert tokenize('# 1 "a.h" 1\n\nint a;\n#pragma pack(1)\n') == [
        '# 1 "a.h" 1', "\n\n", "int", "a", ";", "\n", "#pragma pack(1)", "\n",
    ]  # fmt: skip


def test_an_unclosed_bracket_is_said() -> None:
    """`match` does not run off the end."""
    with pytest.raises(ValueError, match="no bracket closes"):
        match(code("f(a, (b)"), 1)


def test_partners_lists_brackets_that_are_alone() -> None:
    """Closing and opening brackets without a partner are both found."""
    pairs, alone = partners(code("} ( ) ["))
    assert pairs == {1: 2}
    assert alone == [0, 3]
    assert partners(code("( ]")) == ({}, [1, 0])


def test_attributes_of_every_spelling_are_skipped() -> None:
    """GNU, C23, Microsoft and alignment groups in a row are one gap."""
    tokens = code("__attribute__((a(1))) [[gnu::b]] __declspec(c) _Alignas(8) int")
    assert tokens[skip_attributes(tokens, 0)] == "int"
