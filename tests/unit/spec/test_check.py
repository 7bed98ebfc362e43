"""`spec.check`: all faults at once, each with its path, its line and the nearest right name."""

from __future__ import annotations

import inspect
import itertools
from typing import Any

import pytest

from cmock_py.errors import SpecError
from cmock_py.spec.check import check
from cmock_py.spec.model import ApiArg, ApiFunction, ApiModule, ApiSpec, Origin


def of_arg(*args: Any, **fields: Any) -> ApiSpec:
    """Make a spec with one argument."""
    return of_args(ApiArg(*args, **fields))


def of_args(*args: Any, **fields: Any) -> ApiSpec:
    """Make a spec with one function."""
    return ApiSpec([ApiModule("m", [ApiFunction("f", args=args, **fields)])])


def faults(spec: object) -> list[tuple[str, str]]:
    """List path without line, and message with hint, of every fault."""
    with pytest.raises(SpecError) as caught:
        check(spec)
    return [(fault.path.split(" (")[0], f"{fault.message} / {fault.hint}") for fault in caught.value.faults]


def fault(spec: object) -> tuple[str, str]:
    """Take the only fault."""
    (only,) = faults(spec)
    return only


@pytest.mark.parametrize(
    "spec",
    [
        ApiSpec(),
        ApiSpec([ApiModule("empty")]),
        ApiSpec([ApiModule("new", [ApiFunction("new", "Stack *")])]),
        of_arg("char *const *restrict", "argv"),
        of_arg("struct foo", "foo"),
        of_arg("const size", "size"),
        of_arg("unsigned long long int", "n"),
        of_arg("__int128 unsigned", "wide"),
        of_arg("Handle", "h", "out"),
        of_arg("char *const", "s", "out"),
        of_arg("const char **", "s", "out"),
        of_arg("void *", "p", "out", buffer=16),
        of_args(ApiArg("uint8_t *", "data", buffer="len"), ApiArg("size_t", "len")),
        of_args(ApiArg("char *", "data", "out", buffer="*len"), ApiArg("size_t *", "len", "inout")),
        of_args(ApiArg("int *", "p", buffer="sizeof(box) / box->n + b.nn + BUF_MAX"), ApiArg("int", "n")),
        of_args(ApiArg("int *", "p", buffer="n == 0 ? 1 : n <= 3 ? n : a[n] << 2 != 1"), ApiArg("int", "n")),
    ],
    ids=itertools.count(),
)
def test_right_specs_pass(spec: ApiSpec) -> None:
    """What C and the headers may well allow is not refused."""
    check(spec)


def test_ten_faults_give_ten_messages() -> None:
    """A spec with ten faults raises once, with all ten in the order of the spec."""
    spec = ApiSpec([
        ApiModule("2d", [
            ApiFunction("pu sh", "int;", [ApiArg("", "a"), ApiArg("int", "n", "ot"), ApiArg("int", "n")]),
            ApiFunction("pop", None, {"s": "Stack"}),
        ]),
        ApiModule("2d", [ApiFunction("pop", args=[ApiArg("int *", "p", buffer=0)])]),
    ])  # fmt: skip
    assert [path for path, _ in faults(spec)] == [
        "modules[0].name",
        "modules[0].functions[0].name",
        "modules[0].functions[0].ret",
        "modules[0].functions[0].args[0].type",
        "modules[0].functions[0].args[1].dir",
        "modules[0].functions[0].args[2].name",
        "modules[0].functions[1].ret",
        "modules[0].functions[1].args[0]",
        "modules[1].name",
        "modules[1].name",
        "modules[1].functions[0].name",
        "modules[1].functions[0].args[0].buffer",
    ]


def test_faults_name_the_line_of_python() -> None:
    """A fault names the file and line that made the part of the spec."""
    line = inspect.currentframe().f_lineno + 1  # type: ignore[union-attr]
    wrong = ApiArg("int", "2nd")
    with pytest.raises(SpecError) as caught:
        check(of_args(wrong))
    assert caught.value.faults[0].path == f"modules[0].functions[0].args[0].name ({Origin(__file__, line)})"


@pytest.mark.parametrize(
    ("spec", "path", "words"),
    [
        (None, "api_spec", "is None; wanted is an ApiSpec"),
        (ApiModule("m"), "api_spec", "wrap the module"),
        (ApiSpec(None), "modules", "is None; wanted is a list of ApiModule"),
        (ApiSpec("stack"), "modules", "is 'stack'; wanted is a list of ApiModule"),
        (ApiSpec(ApiModule("m")), "modules", "put it in a list"),
        (ApiSpec([ApiFunction("f")]), "modules[0]", "wanted is an ApiModule"),
        (ApiSpec([ApiModule("m", 3)]), "modules[0].functions", "is 3; wanted is a list of ApiFunction"),
        (ApiSpec([ApiModule("m", [ApiArg("int", "n")])]), "modules[0].functions[0]", "wanted is an ApiFunction"),
        (ApiSpec([ApiModule(None)]), "modules[0].name", "is None; wanted is a name as text"),
        (of_args({"type": "int", "name": "n"}), "modules[0].functions[0].args[0]", "ApiArg(type='int', name='n')"),
        (of_args(("int", "n")), "modules[0].functions[0].args[0]", "write ApiArg('int', 'n')"),
        (of_args(None), "modules[0].functions[0].args[0]", "is None; wanted is an ApiArg"),
        (of_arg(int, "n"), "modules[0].functions[0].args[0].type", "is Python's int"),
        (of_arg(["int"], "n"), "modules[0].functions[0].args[0].type", "is the list ['int']"),
        (of_arg("int", None), "modules[0].functions[0].args[0].name", "is None; wanted is a C identifier"),
        (of_arg("int", "n", None), "modules[0].functions[0].args[0].dir", "is None; allowed are 'in'"),
        (of_arg("int *", "n", buffer=1.5), "modules[0].functions[0].args[0].buffer", "is the float 1.5"),
        (of_arg("int *", "n", buffer=None), "modules[0].functions[0].args[0].buffer", "is None"),
        (of_arg("int", "n", phantom=1), "modules[0].functions[0].args[0].phantom", "is 1; wanted is True or False"),
        (of_arg("int", "n", matched=None), "modules[0].functions[0].args[0].matched", "is None"),
        (of_arg("int", "n", code=3), "modules[0].functions[0].args[0].code", "is 3; wanted is C code"),
        (of_args(silent=False), "modules[0].functions[0].silent", "is False; wanted is a C expression"),
    ],
    ids=itertools.count(),
)
def test_fields_of_wrong_types_are_named(spec: object, path: str, words: str) -> None:
    """A field of the wrong Python type is named by its path, with its value and what was wanted."""
    found = dict(faults(spec))
    assert words in found[path]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("", "is empty"),
        ("  ", "is empty"),
        ("2nd", "a name is made of letters"),
        ("my-arg", "did you mean 'my_arg'?"),
        ("größe", "no C identifier"),
        ("while", "is a keyword of C"),
        ("cmk_step", "belong to the runtime"),
    ],
)
def test_names_must_be_c_identifiers(name: str, words: str) -> None:
    """An argument's and a function's name are C identifiers and no keywords."""
    path, message = fault(of_arg("int", name))
    assert path == "modules[0].functions[0].args[0].name"
    assert words in message
    path, message = fault(ApiSpec([ApiModule("m", [ApiFunction(name)])]))
    assert path == "modules[0].functions[0].name"
    assert words in message


@pytest.mark.parametrize("name", ["", "my stack", "_", "true", "NULL"])
def test_module_names_must_fit_the_language(name: str) -> None:
    """A module's name is what the language writes before the dot."""
    assert fault(ApiSpec([ApiModule(name)]))[0] == "modules[0].name"


def test_duplicates_name_the_first() -> None:
    """A name given twice is a fault at the second, which tells where the first stands."""
    spec = ApiSpec([
        ApiModule("a", [ApiFunction("f", args=[ApiArg("int", "n"), ApiArg("char", "n")]), ApiFunction("f")]),
        ApiModule("b", [ApiFunction("f")]),
        ApiModule("a"),
    ])  # fmt: skip
    found = faults(spec)
    assert [path for path, _ in found] == [
        "modules[0].functions[0].args[1].name",
        "modules[0].functions[1].name",
        "modules[1].functions[0].name",
        "modules[2].name",
    ]
    assert "the argument 'n' is there already: modules[0].functions[0].args[0] (" in found[0][1]
    assert "the C function 'f' is there already: modules[0].functions[0] (" in found[2][1]
    assert "the module 'a' is there already: modules[0] (" in found[3][1]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "is empty"),
        ("   ", "is empty"),
        ("int;", "write 'int'"),
        ("char *x)", "unbalanced ')'"),
        ("int (*", "unbalanced '('"),
        ("int[4]", "write `int *` with buffer=4"),
        ("int x[4]", "write `int *` with buffer=4"),
        ("char *x[BUF_MAX]", "write `char * *` with buffer='BUF_MAX'"),
        ("int x[]", "with buffer='n'"),
        ("int (*)(int)", "typedef int (*callback)(int);"),
        ("int (*)[4]", "typedef int row[4];"),
        ("_Atomic(int)", "holds parentheses"),
        ("void", "has `args=()`"),
        ("const void", "has `args=()`"),
        ("int &", "C has no references"),
        ("int, int", "holds ','"),
        ("int x", "write 'int'"),
        ("char *x", "write 'char *'"),
        ("char *cosnt", "did you mean 'const'?"),
        ("char * y", "holds 'y' after its name"),
        ("static int", "holds 'static'"),
        ("const", "names no type"),
        ("*", "names no type"),
        ("struct", "lacks the name after 'struct'"),
        ("struct *", "lacks the name after 'struct'"),
        ("cosnt char *", "did you mean 'const' for 'cosnt'?"),
        ("Stack Queue", "more than one type name"),
        ("int\n#include", "holds '#'"),
    ],
)
def test_types_are_checked_by_their_text(text: str, words: str) -> None:
    """What is wrong with a C type by its text alone is said before any header is read."""
    path, message = fault(of_arg(text, "x"))
    assert path == "modules[0].functions[0].args[0].type"
    assert words in message


def test_a_result_may_be_void_but_no_array() -> None:
    """A result is checked as a type too."""
    assert "a function answers a pointer" in fault(ApiSpec([ApiModule("m", [ApiFunction("f", "int[4]")])]))[1]
    assert "ret='void'" in fault(ApiSpec([ApiModule("m", [ApiFunction("f", None)])]))[1]


@pytest.mark.parametrize(
    ("given", "meant"), [("ot", "out"), ("OUT", "out"), ("output", "out"), ("inuot", "inout"), ("In ", "in")]
)
def test_directions_have_nearest_names(given: str, meant: str) -> None:
    """A misspelt direction is answered with the one that was meant."""
    path, message = fault(of_arg("int *", "p", given))
    assert path.endswith(".dir")
    assert f"did you mean {meant!r}?" in message


@pytest.mark.parametrize("direction", ["out", "inout"])
@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("int", "did you mean type='int *'?"),
        ("struct box", "no pointer"),
        ("size_t", "no pointer"),
        ("const int *", "is const"),
        ("int const *", "is const"),
        ("char *const *", "is const"),
        ("void *", "say how many bytes: buffer='n'"),
    ],
)
def test_answers_need_something_to_write_through(direction: str, text: str, words: str) -> None:
    """An answer is written through a pointer to something that has a size and is not const."""
    path, message = fault(of_arg(text, "x", direction))
    assert path.endswith(".dir")
    assert words in message


@pytest.mark.parametrize(
    ("buffer", "words"),
    [
        (True, "leaves the copying to `code`"),
        (-1, "is -1; a buffer has one element or more"),
        (0, "is 0; a buffer has one element or more"),
        ("", "empty expression"),
        (" ", "empty expression"),
        ("n; m()", "holds ';'"),
        ("({ n })", "holds '{' and '}'"),
        ("(n", "unbalanced '('"),
        ("n]", "unbalanced ']'"),
        ("n // all", "comment"),
        ("n\n", "line break"),
        ("n++", "changes a value by '++'"),
        ("n = 3", "changes a value by '='"),
        ("n += 3", "changes a value by '+='"),
        ("lenght", "did you mean 'length'?"),
        ("Length", "did you mean 'length'?"),
        ("out_len", "did you mean '*out_len'?"),
    ],
)
def test_capacities_are_checked_by_their_text(buffer: Any, words: str) -> None:
    """A capacity is a positive number or one C expression over the arguments."""
    others = [ApiArg("int", "n"), ApiArg("size_t", "length"), ApiArg("size_t *", "out_len", "out")]
    path, message = fault(of_args(ApiArg("char *", "data", buffer=buffer), *others))
    assert path == "modules[0].functions[0].args[0].buffer"
    assert words in message


def test_buffers_are_pointers() -> None:
    """A buffer that is surely no pointer is a fault."""
    assert "`int` is no pointer" in fault(of_arg("int", "n", buffer=4))[1]


@pytest.mark.parametrize(
    ("fields", "path", "words"),
    [
        ({"stored_type": "int"}, "stored_type", "no code makes such a value"),
        ({"phantom": True}, "phantom", "no code makes its value"),
        ({"default_val": "3"}, "default_val", "only an argument of a silent function"),
    ],
)
def test_snippet_fields_need_each_other(fields: dict[str, Any], path: str, words: str) -> None:
    """Fields that need another are told so."""
    found_path, message = fault(of_arg("int *", "p", **fields))
    assert found_path.rsplit(".", 1)[1] == path
    assert words in message


def test_huge_values_are_shown_shortened() -> None:
    """A message shows the value that caused it, but never pages of it."""
    assert len(fault(ApiSpec("x" * 100_000))[1]) < 300
    assert len(fault(of_arg("int", "n", {"x": "y" * 100_000}))[1]) < 300


@pytest.mark.parametrize("word", ["_stored_", "_return_"])
def test_words_of_snippets_are_no_names(word: str) -> None:
    """An argument of that name could not be told from what snippets write or read."""
    path, words = fault(of_arg("int", word))
    assert path == "modules[0].functions[0].args[0].name"
    assert "means something else in snippets" in words


@pytest.mark.parametrize(
    ("direction", "word"), [("in", "_stored_->a_length"), ("out", "_return_->a_length")], ids=["in", "out"]
)
def test_the_number_of_elements_has_a_name(direction: Any, word: str) -> None:
    """What snippets call the number of elements of one argument cannot be another argument."""
    listed = ApiArg("int *", "a", direction, buffer=True, code="f();")
    path, words = fault(of_args(listed, ApiArg("int *", "a_length", direction)))
    assert path == "modules[0].functions[0].args[1].name"
    assert f"as {word} is the number of elements of 'a'" in words


# --- fields that need each other ------------------------------------------------------------------------------------

STRUCT = "struct s *"
OF_ARGUMENTS = [
    # _stored_faults
    (STRUCT, {"stored_type": "int"}, "stored_type", "no code makes such a value / write view='p->...', or code"),
    (STRUCT, {"stored_type": "int", "dir": "out"}, "stored_type", "no code makes such a value / write fill='...'"),
    (STRUCT, {"stored_type": "void", "dir": "out"}, "stored_type", "one that answers write cannot be hidden"),
    (STRUCT, {"stored_type": "void", "view": "p->x"}, "view", "but stored_type='void' hides the argument"),
    (STRUCT, {"stored_type": "void", "code": "x = 1;"}, "code", "but stored_type='void' hides the argument"),
    (STRUCT, {"stored_type": "in t", "view": "p->x"}, "stored_type", "did you mean 'int' for 'in'?"),
    (STRUCT, {"stored_type": 3, "view": "p->x"}, "stored_type", "is 3; wanted is a C type as text"),
    # _phantom_faults
    (STRUCT, {"phantom": True}, "phantom", "no code makes its value / write view='p->...', or code"),
    (STRUCT, {"phantom": True, "dir": "out"}, "phantom", "no code makes its value / write fill='...', or code"),
    (STRUCT, {"phantom": True, "dir": "inout", "view": "x"}, "phantom", "write two phantoms"),
    (STRUCT, {"phantom": "yes"}, "phantom", "is 'yes'; wanted is True or False"),
    # _matched_faults
    (STRUCT, {"matched": True, "dir": "out"}, "matched", "an out argument is not seen / match an in argument"),
    (STRUCT, {"matched": True, "stored_type": "void"}, "matched", "hides the argument / leave one of them out"),
    (STRUCT, {"matched": 1}, "matched", "is 1; wanted is True or False"),
    # _code_faults
    (STRUCT, {"code": "x;", "view": "y"}, "code", "is given beside `view`, which does the same"),
    (STRUCT, {"code": "x;", "fill": "y", "dir": "out"}, "code", "is given beside `fill`, which does the same"),
    (STRUCT, {"code": "x = 1;", "dir": "inout"}, "code", "does it read or write? / write view= and fill="),
    (STRUCT, {"view": "p->x", "dir": "out"}, "view", "an out argument is not seen / did you mean fill=?"),
    (STRUCT, {"fill": "p->x"}, "fill", "nothing is written to an in argument / did you mean view=?"),
    # C as text
    (STRUCT, {"view": " "}, "view", "is empty; wanted is C code"),
    (STRUCT, {"view": 3}, "view", "is 3; wanted is C code as text"),
    (STRUCT, {"view": "p->x;"}, "view", "holds ';' / one C expression is wanted, not statements"),
    (STRUCT, {"view": "p->x = 3"}, "view", "changes a value by '='"),
    (STRUCT, {"view": "p->x)"}, "view", "has an unbalanced ')'"),
    (STRUCT, {"code": ""}, "code", "is empty; wanted is C code"),
    (STRUCT, {"code": "if (p) {"}, "code", "has an unbalanced '{'"),
    (STRUCT, {"code": "if (!p) return; p->x = 1;"}, "code", "holds 'return', so the call would never be recorded"),
    # _default_faults
    (STRUCT, {"default_val": "3"}, "default_val", "only an argument of a silent function has a default"),
    # length and string
    ("int *", {"length": True}, "length", "is True; wanted is a number or a C expression such as 'n'"),
    ("int *", {"length": -1}, "length", "is -1; a buffer has one element or more"),
    ("int *", {"length": ""}, "length", "is an empty expression"),
    ("int *", {"length": "n;"}, "length", "holds ';'"),
    ("int", {"length": 3}, "length", "`int` is no pointer / did you mean type='int *'?"),
    ("char *", {"string": -1}, "string", "is -1; wanted is False, True, or the number of bytes"),
    ("char *", {"string": 2.5}, "string", "is the float 2.5; wanted is False, True"),
    ("char *", {"string": True, "dir": "out"}, "string", "nothing says for how many bytes there is room / say it: buffer="),
    ("int *", {"buffer": True}, "buffer", "leaves the copying to `code`, and there is none"),
    # _tolerance_faults
    ("double", {"tolerance": "x"}, "tolerance", "is 'x'; wanted is a distance"),
    ("double", {"tolerance": -1}, "tolerance", "is -1; wanted is a distance"),
    # _list_faults of what is no list
    ("int", {"format": "p"}, "format", "is 'p', but `int` is no list of arguments"),
    ("void *", {"types": ["int"]}, "types", "but `void *` is no list of arguments"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "fields", "path", "words"), OF_ARGUMENTS, ids=[f"{row[2]} {i}" for i, row in enumerate(OF_ARGUMENTS)]
)
def test_fields_of_one_argument(text: str, fields: dict[str, Any], path: str, words: str) -> None:
    """A field that contradicts another one, or needs one, is told by its path, with the remedy."""
    found_path, message = fault(of_arg(text, "p", **fields))
    assert found_path == f"modules[0].functions[0].args[0].{path}"
    assert words in message


OF_LISTS = [
    ({}, "type", "nothing says how many there are and of what types / say how: format='fmt'"),
    ({"stored_type": "int"}, "type", "nothing says how many there are"),
    ({"format": "fmr"}, "format", "is 'fmr', which is no argument / did you mean 'fmt'?"),
    ({"format": "fmt", "types": ["int"]}, "format", "is given beside types / one is enough"),
    ({"format": "fmt", "length": 3, "stored_type": "int"}, "format", "is given beside length"),
    ({"buffer": True, "stored_type": "int"}, "buffer", "leaves the copying to `code`, and there is none"),
    ({"length": "n"}, "stored_type", "is missing: of what type are the elements?"),
    ({"sentinel": "0"}, "stored_type", "is missing: of what type are the elements?"),
    ({"sentinel": "0;", "stored_type": "int"}, "sentinel", "holds ';'"),
    ({"types": "int"}, "types", "wanted is a list of C types / types=['int', 'char *']"),
    ({"types": [3]}, "types", "wanted is a list of C types"),
    ({"types": ["in t"]}, "types[0]", "did you mean 'int' for 'in'?"),
    ({"format": "fmt", "dir": "out"}, "", "is only seen / leave dir, code, view and string out"),
    ({"format": "fmt", "view": "x"}, "", "is only seen"),
]


@pytest.mark.parametrize(("fields", "path", "words"), OF_LISTS, ids=[f"{row[1]} {i}" for i, row in enumerate(OF_LISTS)])
def test_fields_of_lists(fields: dict[str, Any], path: str, words: str) -> None:
    """What stands for ... says in one way how many items there are and of what types."""
    found_path, message = fault(of_args(ApiArg("const char *", "fmt"), ApiArg("...", "rest", **fields)))
    assert found_path == f"modules[0].functions[0].args[1].{path}".rstrip(".")
    assert words in message


def test_lists_that_are_right() -> None:
    """A list may be hidden; a va_list may be counted; a phantom may stand behind."""
    n = ApiArg("int", "n")
    check(of_args(n, ApiArg("...", "rest", stored_type="void")))
    check(of_args(n, ApiArg("va_list", "list", stored_type="int", length="n")))
    check(of_args(n, ApiArg("...", "rest", types=["int"]), ApiArg("int", "m", phantom=True, view="n + 1")))


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["..."], "begins with '...' / C needs a parameter with a name before it"),
        (["int", "...", "int"], "has parameters behind '...' / '...' is the last one"),
        (["int", "...", "..."], "has parameters behind '...'"),
    ],
)
def test_the_order_of_parameters(args: list[str], words: str) -> None:
    """``...`` stands behind a parameter with a name, and last."""
    listed = [ApiArg(text, f"a{i}", types=["int"] if text == "..." else ()) for i, text in enumerate(args)]
    path, message = fault(of_args(*listed))
    assert path == "modules[0].functions[0].args"
    assert words in message


RESULT_HINT = "which says nothing of a result / a result has type=, name=, and stored_type= with code="
OF_RESULTS = [
    (ApiArg("int", "r", "out"), "dir", f"is 'out', {RESULT_HINT}"),
    (ApiArg("int", "r", matched=True), "matched", f"is True, {RESULT_HINT}"),
    (ApiArg("int *", "r", buffer=3), "buffer", f"is 3, {RESULT_HINT}"),
    (ApiArg("int", "r", view="x"), "view", RESULT_HINT),
    (ApiArg("int", "r", format="n"), "format", RESULT_HINT),
    (ApiArg("int", "r", stored_type="double"), "stored_type", 'no code makes a `int` of it / code="r = ... _return_->r ...;"'),
    (ApiArg("int", "r", stored_type="void", code="r = 3;"), "stored_type", "a result cannot be hidden"),
    (ApiArg("void", "r", code="r = 3;"), "code", "but the function returns void"),
    (ApiArg("int", "n"), "name", "is 'n', as is an argument / rename one of them"),
    (ApiArg("int", "2n"), "name", "no C identifier"),
    (ApiArg("int[3]", "r"), "type", "is an array type"),
    (ApiArg("int", "r", code="{"), "code", "unbalanced '{'"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("ret", "path", "words"), OF_RESULTS, ids=[f"{row[1]} {i}" for i, row in enumerate(OF_RESULTS)]
)
def test_fields_of_results(ret: ApiArg, path: str, words: str) -> None:
    """A result has a type, a name, and a value that code makes; all else says nothing of it."""
    found_path, message = fault(of_args(ApiArg("int", "n"), ret=ret))
    assert found_path == f"modules[0].functions[0].ret.{path}"
    assert words in message


OF_SILENT = [
    ("void", "3", "silent", "is '3', but the function returns void / write silent=True"),
    ("int", True, "silent", "is True, but the function returns `int` / give the value: silent='0'"),
    ("int", "", "silent", "is empty; wanted is a C expression"),
    ("int", 17, "silent", "is 17; wanted is a C expression as text"),
    ("void", False, "silent", "is False; wanted is a C expression as text"),
    ("int", "a; b", "silent", "holds ';'"),
    ("int", "x = 3", "silent", "changes a value by '='"),
]


@pytest.mark.parametrize(("ret", "silent", "path", "words"), OF_SILENT, ids=[repr(row[1]) for row in OF_SILENT])
def test_what_silent_functions_answer(ret: str, silent: Any, path: str, words: str) -> None:
    """A silent function answers a C expression, or nothing when it is void."""
    found_path, message = fault(of_args(ret=ret, silent=silent))
    assert found_path == f"modules[0].functions[0].{path}"
    assert words in message


@pytest.mark.parametrize(
    ("fields", "path", "words"),
    [
        ({"default_val": "3"}, "default_val", "nothing is written to an in argument / did you mean dir='out'?"),
        ({"default_val": "3;", "dir": "out"}, "default_val", "holds ';'"),
        ({"matched": True}, "matched", "no event sees the arguments of a silent function / leave it out"),
    ],
)
def test_arguments_of_silent_functions(fields: dict[str, Any], path: str, words: str) -> None:
    """A default belongs to an out argument, and nothing of a silent function is compared."""
    found_path, message = fault(of_args(ApiArg("int *", "p", **fields), silent=True))
    assert found_path == f"modules[0].functions[0].args[0].{path}"
    assert words in message


def test_all_of_them_at_once() -> None:
    """Faults of every kind are told together, in the order of the spec."""
    spec = of_args(
        ApiArg("int *", "a", stored_type="int"),
        ApiArg("int", "b", phantom=True),
        ApiArg("int *", "c", "out", matched=True, default_val="3"),
        ApiArg("...", "rest"),
        ret=ApiArg("int", "a", stored_type="double"),
        silent=True,
    )
    assert [path.removeprefix("modules[0].functions[0].") for path, _ in faults(spec)] == [
        "ret.name",
        "ret.stored_type",
        "silent",
        "args[0].stored_type",
        "args[1].phantom",
        "args[2].matched",
        "args[2].matched",
        "args[3].type",
    ]


@pytest.mark.parametrize("code", ["_stored_->x = 1; return;", "if (x) goto out;"])
def test_snippets_stay_in_their_stub(code: str) -> None:
    """A snippet that leaves the stub would swallow the call."""
    path, words = fault(of_arg("int", "x", stored_type="int", code=code))
    assert path == "modules[0].functions[0].args[0].code"
    assert "the call would never be recorded" in words


def test_brackets_in_comments_are_none() -> None:
    """Comments of a snippet may hold what they like; so may its strings."""
    check(of_arg("int", "x", stored_type="int", code="_stored_->x = x == '}'; /* don't } return */ // :)\n"))


def test_snippets_that_call_a_mock_are_refused() -> None:
    """A snippet is no part of the SUT, so no mock would answer its call: that is said before it calls the real one."""
    call = ApiArg("int", "n", phantom=True, code="_stored_->n = size();")
    silent = ApiFunction("speed", "int", silent="size() + 1")
    spec = ApiSpec([ApiModule("m", [ApiFunction("size", "int"), ApiFunction("f", args=[call]), silent])])
    assert [(path, words.split(":")[0]) for path, words in faults(spec)] == [
        ("modules[0].functions[1].args[0].code", "'_stored_->n = size();' calls size, which is mocked"),
        ("modules[0].functions[2].silent", "'size() + 1' calls size, which is mocked"),
    ]
