"""What the text of a C type or a C expression says by itself, before any header is read.

Owns the faults that need no compiler: brackets, an array where a pointer belongs, a word that no type has. Whether a
type exists, and what a typedef stands for, only the headers know.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

QUALIFIERS = frozenset({"const", "volatile", "restrict", "__restrict", "__restrict__", "_Atomic"})
_TAGS = frozenset({"struct", "union", "enum"})
_BASES = frozenset(
    {"void", "char", "short", "int", "long", "float", "double", "signed", "unsigned", "_Bool", "_Complex"}
)
_STORAGE = frozenset({"auto", "extern", "inline", "register", "static", "typedef", "_Noreturn", "_Thread_local"})
_STATEMENTS = frozenset({"break", "case", "continue", "default", "do", "else", "for", "goto", "if", "return", "switch"})
_OPERATORS = frozenset({"while", "sizeof", "typeof", "asm", "_Alignas", "_Alignof", "_Generic", "_Static_assert"})
_NO_TYPE = _STORAGE | _STATEMENTS | _OPERATORS
KEYWORDS = QUALIFIERS | _TAGS | _BASES | _NO_TYPE

# Typedefs of the C library that stand for a number on every platform that we run on.
_STANDARD_NUMBERS = frozenset(
    {f"{sign}int{width}_t" for sign in ("", "u") for width in (8, 16, 32, 64)}
    | {"bool", "intmax_t", "intptr_t", "off_t", "ptrdiff_t", "size_t", "ssize_t", "uintmax_t", "uintptr_t", "wchar_t"}
)

_TOKEN = re.compile(
    r"""(?P<blank>\s+)
      | (?P<word>[A-Za-z_]\w*)
      | (?P<number>\.?\d(?:[eEpP][+-]|[\w.])*)
      | (?P<text>"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')
      | (?P<comment>//|/\*)
      | (?P<change>\+\+|--|<<=|>>=|=(?!=)|[-+*/%&|^]=)
      | (?P<other>\.\.\.|->|==|!=|<=|>=|<<|>>|&&|\|\||.)
    """,
    re.VERBOSE | re.ASCII | re.DOTALL,
)
_COMMENT = re.compile(r"""("(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')|//[^\n]*|/\*.*?\*/""", re.DOTALL)
_NO_EXPRESSION = (";", "{", "}", "#", "\\", '"', "'", "`", "@", "$", "...")
_NO_END = frozenset(
    {"+", "-", "*", "/", "%", "&", "|", "^", "~", "!", "<", ">", "==", "!=", "<=", ">=", "<<", ">>", "&&", "||"}
    | {".", "->", "?", ":", ","}
)
"""What no expression ends with."""
_OPENERS = {")": "(", "]": "[", "}": "{"}
_REFERENCE_HINT = "C has no references: write a pointer, `*`"


@dataclass(frozen=True, slots=True)
class Complaint:
    """One fault of a text: what is wrong with it, and the next step or None."""

    message: str
    hint: str | None = None


@dataclass(frozen=True, slots=True)
class _Token:
    """One token: its group name in `_TOKEN` and its text."""

    kind: str
    text: str


def is_identifier(text: str) -> bool:
    """Tell whether *text* has the form of a C identifier; a keyword has it too.

    >>> is_identifier("redisCommand"), is_identifier("2nd"), is_identifier("größe")
    (True, False, False)
    """
    return re.fullmatch(r"[A-Za-z_]\w*", text, re.ASCII) is not None


@cache
def type_complaints(text: str, name: str | None = None, *, void: bool = False) -> tuple[Complaint, ...]:
    """Find what is wrong with a C type by its text alone; a spec says the same types again and again.

    Args:
        text: the type, as in a prototype but without the parameter's name.
        name: the parameter's name, or None for the type of a result.
        void: whether plain ``void`` is allowed.

    Returns:
        One `Complaint` per fault; nothing for a type that a header may well know.

    >>> [complaint.message for complaint in type_complaints("int[4]", "xs")]
    ["'int[4]' is an array type, and C passes no arrays"]
    """
    return tuple(_type_complaints(text, name, void=void))


def _type_complaints(text: str, name: str | None, *, void: bool) -> Iterator[Complaint]:
    tokens = _tokens(text)
    if not tokens:
        yield Complaint("is empty", "write the C type as text, such as `int` or `const char *`")
    elif tokens[-1].text == ";":
        yield Complaint(f"{text!r} ends in a semicolon", f"write {text.rstrip(' ;')!r}")
    elif (lost := _unbalanced(tokens)) is not None:
        yield Complaint(f"{text!r} has an unbalanced {lost!r}")
    elif any(token.text == "[" for token in tokens):
        yield _array_complaint(text, name)
    elif any(token.text == "(" for token in tokens):
        yield _parenthesis_complaint(text, tokens)
    elif strange := _strange(tokens):
        yield Complaint(f"{text!r} holds {strange!r}, which no C type has", _REFERENCE_HINT if strange == "&" else None)
    else:
        yield from _word_complaints(text, [token.text for token in tokens], name)
        if not void and is_void(text):
            yield Complaint(f"{text!r} is no type of a parameter", "a function without parameters has `args=()`")


def unbalanced(text: str) -> str | None:
    """Find the first bracket of C code that has no partner, or None; those in comments are none."""
    return _unbalanced(_tokens(_COMMENT.sub(lambda found: found[1] or " ", text)))


def leaves(text: str) -> str | None:
    """Find the word by which C code would leave the stub it stands in, or None."""
    words = [token.text for token in _tokens(_COMMENT.sub(lambda found: found[1] or " ", text))]
    return next((word for word in ("return", "goto") if word in words), None)


def called(text: str) -> set[str]:
    """Find the names that C code calls as functions; members that are called are none.

    >>> sorted(called("f(a->g(1)) + h * (2)"))
    ['f']
    """
    tokens = ["", *(token.text for token in _tokens(_COMMENT.sub(lambda found: found[1] or " ", text))), ""]
    calls = zip(tokens, tokens[1:], tokens[2:], strict=False)
    return {
        name for before, name, behind in calls if behind == "(" and before not in {".", "->"} and is_identifier(name)
    }


def expression_complaints(text: str, types: Mapping[str, str], *, value: bool = False) -> Iterator[Complaint]:
    """Find what is wrong with a C expression for a number of elements, by its text alone.

    Args:
        text: the expression.
        types: the C type of each argument that it may use, by name.
        value: the expression is any value, in which text and compound literals may stand.

    Yields:
        One `Complaint` per fault. An unknown word is one only when it is nearly the name of an argument: it may be a
        macro, an enumerator or a global of the headers.

    >>> [complaint.hint for complaint in expression_complaints("lenght * 2", {"length": "size_t"})]
    ["did you mean 'length'?"]
    """
    tokens = _tokens(text)
    texts = [token.text for token in tokens]
    if not tokens:
        yield Complaint("is an empty expression", "give a number of elements, or a C expression such as 'n'")
        return
    if bad := [word for word in _NO_EXPRESSION if word in texts and not (value and word in "{}")]:
        shown = " and ".join(repr(word) for word in bad)
        yield Complaint(f"{text!r} holds {shown}", "one C expression is wanted, not statements")
    if "\n" in text or "\r" in text or any(token.kind == "comment" for token in tokens):
        yield Complaint(f"{text!r} holds a comment or a line break", "one C expression on one line is wanted")
    if (lost := _unbalanced(tokens)) is not None and lost not in "{}":
        yield Complaint(f"{text!r} has an unbalanced {lost!r}")
    changes = (token.text for at, token in enumerate(tokens) if token.kind == "change" and not _designates(texts, at))
    if change := next(changes, None):
        yield Complaint(f"{text!r} changes a value by {change!r}", "it is only read; write the value itself")
    if tokens[-1].text in _NO_END:
        yield Complaint(f"{text!r} ends with {tokens[-1].text!r}", "write what stands behind it, or leave it out")
    yield from _misspelt(text, tokens, types)
    if is_pointer(types.get(text.strip(), "")):
        name = text.strip()
        yield Complaint(f"{name!r} is a pointer (`{types[name]}`), not a number", f"did you mean '*{name}'?")


def _designates(texts: list[str], at: int) -> bool:
    """Whether the ``=`` there belongs to an initializer: ``{ .x = 1, [2] = 3 }``."""
    return texts[at] == "=" and "{" in texts[:at] and (texts[at - 1] == "]" or texts[at - 2] == ".")


def is_void(text: str) -> bool:
    """Tell whether *text* is ``void``, qualified or not."""
    return [token.text for token in _tokens(text) if token.text not in QUALIFIERS] == ["void"]


def is_pointer(text: str) -> bool:
    """Tell whether *text* spells a pointer; a typedef that hides one is not seen."""
    return any(token.text == "*" for token in _tokens(text))


def is_surely_no_pointer(text: str) -> bool:
    """Tell whether *text* can be no pointer whatever the headers say.

    >>> [is_surely_no_pointer(text) for text in ("unsigned int", "struct box", "size_t", "Stack", "Stack *")]
    [True, True, True, False, False]
    """
    words = [token.text for token in _tokens(text) if token.text not in QUALIFIERS]
    if not words or "*" in words:
        return False
    return words[0] in _TAGS or all(word in _BASES or word in _STANDARD_NUMBERS for word in words)


def pointee(text: str) -> str:
    """Cut the last ``*`` and what follows off a pointer type.

    >>> pointee("const char *const *restrict")
    'const char * const'
    """
    words = [token.text for token in _tokens(text)]
    return " ".join(words[: len(words) - 1 - words[::-1].index("*")])


def is_const(text: str) -> bool:
    """Tell whether objects of this type are read-only at their outermost level.

    >>> is_const("const char"), is_const("const char *"), is_const("char *const")
    (True, False, True)
    """
    words = [token.text for token in _tokens(text)]
    outermost = words[len(words) - words[::-1].index("*") :] if "*" in words else words
    return "const" in outermost


def unqualified(text: str) -> str:
    """Take the outermost qualifiers off a type, so that variables of it can be written.

    >>> unqualified("const int"), unqualified("const char *const restrict")
    ('int', 'const char *')
    """
    words = [token.text for token in _tokens(text)]
    first = len(words) - words[::-1].index("*") if "*" in words else 0
    if not QUALIFIERS.intersection(words[first:]):
        return text
    return " ".join([*words[:first], *(word for word in words[first:] if word not in QUALIFIERS)])


def nearest(word: str, names: Iterable[str]) -> str | None:
    """Pick the name of *names* that is near enough to *word* to ask whether it was meant, or None."""
    by_lower = {name.lower(): name for name in names}
    found = get_close_matches(word.strip().lower(), by_lower, n=1, cutoff=0.6)
    return by_lower[found[0]] if found else None


@cache
def _tokens(text: str) -> Sequence[_Token]:
    """Cut *text* into tokens without blanks; any text has them."""
    found = (_Token(match.lastgroup or "other", match.group()) for match in _TOKEN.finditer(text))
    return tuple(token for token in found if token.kind != "blank")


def _unbalanced(tokens: Sequence[_Token]) -> str | None:
    """Find the first bracket that has no partner."""
    opened: list[str] = []
    for token in tokens:
        if token.text in _OPENERS.values():
            opened.append(token.text)
        elif token.text in _OPENERS and (not opened or opened.pop() != _OPENERS[token.text]):
            return token.text
    return opened[-1] if opened else None


def _array_complaint(text: str, name: str | None) -> Complaint:
    """Tell how to say an array: an argument is a pointer to a buffer, and no function answers one."""
    message = f"{text!r} is an array type, and C passes no arrays"
    if name is None:
        return Complaint(message, "a function answers a pointer, or a struct that holds the array")
    if "(" in text:
        message = f"{text!r} spells a pointer to an array, whose name would stand inside the type"
        return Complaint(message, "give the array a name in a header, `typedef int row[4];`, and write `row *`")
    element = text.split("[", 1)[0].split()
    if len(element) > 1 and element[-1].lstrip("*") == name:
        element[-1] = element[-1].removesuffix(name)
    length = text.split("[", 1)[1].split("]", 1)[0].strip()
    capacity = length if length.isdecimal() else repr(length or "n")
    rows = text.split("]", 1)[1].strip()
    if rows.startswith("["):
        row = f"`typedef {' '.join(filter(None, element))} row{rows};`"
        return Complaint(message, f"write {row} in a header, and `row *` with buffer={capacity}")
    return Complaint(message, f"write `{' '.join(filter(None, element))} *` with buffer={capacity}")


def _parenthesis_complaint(text: str, tokens: Sequence[_Token]) -> Complaint:
    """Tell apart a function pointer, which needs a typedef, from other parentheses."""
    texts = [token.text for token in tokens]
    if ("(", "*") in pairwise(texts):
        return Complaint(
            f"{text!r} spells a function pointer, whose name would stand inside the type",
            "give it a name in a header, `typedef int (*callback)(int);`, and write `callback`",
        )
    return Complaint(f"{text!r} holds parentheses", "name the type by a typedef in a header, and write that name")


def _strange(tokens: Sequence[_Token]) -> str | None:
    """Find the first token that belongs to no type."""
    return next((token.text for token in tokens if token.kind != "word" and token.text != "*"), None)


def _word_complaints(text: str, words: list[str], name: str | None) -> Iterator[Complaint]:
    """Find faults of a type that is made of words and stars only."""
    for word in words:
        if word in _NO_TYPE:
            yield Complaint(f"{text!r} holds {word!r}, which is no part of a type", "write the type alone")
            return
    star = words.index("*") if "*" in words else len(words)
    base = [word for word in words[:star] if word not in QUALIFIERS]
    tail = [word for word in words[star:] if word != "*" and word not in QUALIFIERS]
    if tail or (len(base) > 1 and base[-1] == name and base[-2] not in _TAGS):
        yield _extra_name(text, (tail or base)[-1], name)
    elif not base:
        yield Complaint(f"{text!r} names no type", "say what it is: `int`, `const char *`, `Stack`")
    elif base[-1] in _TAGS:
        yield Complaint(f"{text!r} lacks the name after {base[-1]!r}")
    else:
        yield from _base_complaints(text, base)


def _extra_name(text: str, word: str, name: str | None) -> Complaint:
    """Tell that a type ends in a name."""
    if word == name:
        return Complaint(f"{text!r} repeats the parameter's name", f"write {text[: text.rindex(word)].rstrip()!r}")
    if guess := nearest(word, QUALIFIERS):
        return Complaint(f"{text!r} holds {word!r} after its name", f"did you mean {guess!r}?")
    return Complaint(f"{text!r} holds {word!r} after its name", "write the type alone")


def _base_complaints(text: str, base: list[str]) -> Iterator[Complaint]:
    """Find words that cannot stand side by side: C has one typedef name in a type, and then no ``int`` beside it."""
    tagged = base[0] in _TAGS
    words = base[2:] if tagged else base
    own = [word for word in words if word not in _BASES and not _is_reserved(word)]
    if not own or (len(own) == len(words) == 1 and not tagged):
        return
    guesses = [(word, guess) for word in own if (guess := nearest(word, QUALIFIERS | _BASES | _TAGS)) and guess != word]
    hints = ", ".join(f"{guess!r} for {word!r}" for word, guess in guesses)
    yield Complaint(f"{text!r} holds more than one type name", f"did you mean {hints}?" if hints else None)


def _is_reserved(word: str) -> bool:
    """Tell whether the compiler may give *word* a meaning: ``__int128``, ``_Float64``, ``__signed__``."""
    return re.match(r"__|_[A-Z]", word) is not None


def _misspelt(text: str, tokens: Sequence[_Token], types: Mapping[str, str]) -> Iterator[Complaint]:
    """Find words that are nearly the name of an argument; members, calls and macros in capitals are none."""
    before = ["", *(token.text for token in tokens)]
    after = [*(token.text for token in tokens[1:]), ""]
    for token, previous, following in zip(tokens, before, after, strict=False):
        word = token.text
        if token.kind != "word" or word in types or word in KEYWORDS or word.isupper():
            continue
        if previous in (".", "->", *_TAGS) or following == "(":
            continue
        if guess := nearest(word, types):
            yield Complaint(f"{text!r} uses {word!r}, which is no argument", f"did you mean {guess!r}?")
