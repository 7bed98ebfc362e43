"""What it costs to begin: imports, a start with everything built before, and a start from nothing.

Every figure is taken in a fresh interpreter, from its first statement on: the interpreter's own start is left out.
"""

from __future__ import annotations

import shutil
import time
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.clones import cmock

FUNCTIONS = (3, 200)
COLD = 6
"""Samples of a start that compiles; one more goes first and is not counted, as it may compile Python modules."""

# The mocked functions take turns in these three shapes; the SUT calls one of each.
PROTOTYPES = (
    "int api{0}(int a, int b)",
    "int api{0}(const unsigned char *data, unsigned long size)",
    "void api{0}(const char *text, int flags)",
)
SPECS = (
    'ApiFunction("api{0}", "int", [ApiArg("int", "a"), ApiArg("int", "b")])',
    'ApiFunction("api{0}", "int", [ApiArg("const unsigned char *", "data", buffer="size"), ApiArg("unsigned long", "size")])',
    'ApiFunction("api{0}", "void", [ApiArg("const char *", "text"), ApiArg("int", "flags")])',
)
CMOCKA = (
    "{{ check_expected(a); check_expected(b); return mock_type(int); }}",
    "{{ check_expected_ptr(data); check_expected(size); return mock_type(int); }}",
    "{{ check_expected_ptr(text); check_expected(flags); }}",
)
SUT = """\
#include "sut.h"
#include "api.h"

int use_api(void)
{
    static const unsigned char data[] = { 1, 2 };
    int first = api0(1, 2);

    api2("text", 5 - api1(data, sizeof data) + 4);
    return first + 4;
}
"""
CMOCKA_TEST = """\
static void test_use_api(void **state)
{
    static const unsigned char data[] = { 1, 2 };

    (void)state;
    expect_value(api0, a, 1);
    expect_value(api0, b, 2);
    will_return(api0, 3);
    expect_memory(api1, data, data, sizeof data);
    expect_value(api1, size, 2);
    will_return(api1, 4);
    expect_string(api2, text, "text");
    expect_value(api2, flags, 5);
    assert_int_equal(use_api(), 7);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_use_api) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
"""
CMOCK_TEST = """\
#include "Mockapi.h"
#include "sut.h"

int GlobalExpectCount;
int GlobalVerifyOrder;

void setUp(void) { Mockapi_Init(); }

void tearDown(void)
{
    Mockapi_Verify();
    Mockapi_Destroy();
}

static void test_use_api(void)
{
    static const unsigned char data[] = { 1, 2 };

    api0_ExpectAndReturn(1, 2, 3);
    api1_ExpectAndReturn(data, 2, 4);
    api2_Expect("text", 5);
    TEST_ASSERT_EQUAL(7, use_api());
}

int main(void)
{
    UNITY_BEGIN();
    RUN_TEST(test_use_api);
    return UNITY_END();
}
"""
CMOCKA_HEADERS = "".join(f"#include <{name}.h>\n" for name in ("setjmp", "stdarg", "stddef", "stdint", "cmocka"))


def shaped(shapes: tuple[str, ...], count: int) -> list[str]:
    """Write one line for each function, the shapes taking turns."""
    return [shapes[number % len(shapes)].format(number) for number in range(count)]


@pytest.fixture(scope="module", params=FUNCTIONS)
def project(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with that many mocked functions: header, spec, and a SUT that calls three of them."""
    folder = tmp_path_factory.mktemp(f"project{request.param}")
    write_project(folder, request.param)
    return folder


def write_project(folder: Path, count: int) -> None:
    """Write header, spec and SUT of a project with *count* mocked functions."""
    header = "\n".join(f"{prototype};" for prototype in shaped(PROTOTYPES, count))
    functions = "\n".join(f"    {function}," for function in shaped(SPECS, count))
    texts = {
        "api.h": f"#ifndef API_H\n#define API_H\n{header}\n#endif\n",
        "sut.h": "int use_api(void);\n",
        "sut.c": SUT,
        "spec.py": (
            "from cmock_py import ApiArg, ApiFunction, ApiModule, ApiSpec\n\n"
            f'api_spec = ApiSpec([ApiModule("api", [\n{functions}\n])])\n'
        ),
    }
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")


@pytest.fixture(scope="module")
def runtime_only(tmp_path_factory: pytest.TempPathFactory, fresh_seconds: Any) -> Path:
    """A cache that holds our compiled runtime, because another project was built with it."""
    folder, cache = tmp_path_factory.mktemp("other"), tmp_path_factory.mktemp("runtime-only") / "cache"
    write_project(folder, 4)
    fresh_seconds("start.py", folder=folder, cache=cache)
    return cache


@pytest.mark.parametrize("program", ["import_package.py", "import_names.py"])
def test_import(program: str, fresh_seconds: Any, file_times: Any) -> None:
    """The package alone, and the names that an ordinary test imports."""
    fresh_seconds(program)
    file_times([fresh_seconds(program) for _ in range(15)])


@pytest.mark.parametrize("program", ["start.py", "first_verdict.py"])
def test_warm_start(program: str, project: Path, tmp_path: Path, fresh_seconds: Any, file_times: Any) -> None:
    """Nothing changed since the last start: to the mocking, and to the first verdict of a language in text."""
    seconds = partial(fresh_seconds, program, folder=project, cache=tmp_path / "cache")
    seconds()
    file_times([seconds() for _ in range(12)])


def test_cold_start(project: Path, tmp_path: Path, fresh_seconds: Any, file_times: Any) -> None:
    """Nothing was ever built: the cache is empty."""
    taken = [fresh_seconds("start.py", folder=project, cache=tmp_path / f"cache{i}") for i in range(COLD + 1)]
    file_times(taken[1:])


def test_cold_start_with_runtime(
    project: Path, tmp_path: Path, runtime_only: Path, fresh_seconds: Any, file_times: Any
) -> None:
    """This was never built, but something else was: our runtime is compiled once for a compiler."""
    taken = []
    for i in range(COLD + 1):
        cache = tmp_path / f"cache{i}"
        shutil.copytree(runtime_only, cache)
        taken.append(fresh_seconds("start.py", folder=project, cache=cache))
    file_times(taken[1:])


def test_cold_start_with_cmocka(project: Path, tmp_path: Path, peer: Any, run: Any, file_times: Any) -> None:
    """The same API with mocks that were written by hand for cmocka: compile mocks, SUT and test, link and run."""
    peer("cmocka")
    count = (project / "api.h").read_text(encoding="utf-8").count(";")
    mocks = "\n".join(map(" ".join, zip(shaped(PROTOTYPES, count), shaped(CMOCKA, count), strict=True)))
    (tmp_path / "mocks.c").write_text(f'{CMOCKA_HEADERS}#include "api.h"\n{mocks}\n', encoding="utf-8")
    includes = f'{CMOCKA_HEADERS}#include "api.h"\n#include "sut.h"\n'
    (tmp_path / "test.c").write_text(f"{includes}\n{CMOCKA_TEST}", encoding="utf-8")
    taken = []
    for _ in range(COLD):
        start = time.perf_counter()
        for source in (tmp_path / "mocks.c", tmp_path / "test.c", project / "sut.c"):
            run(["gcc", "-g", f"-I{project}", "-c", source, "-o", tmp_path / f"{source.stem}.o"])
        run(
            ["gcc", *(tmp_path / f"{name}.o" for name in ("mocks", "test", "sut")), "-lcmocka", "-o", tmp_path / "test"]
        )
        run([tmp_path / "test"])
        taken.append(time.perf_counter() - start)
    file_times(taken)


def test_cold_start_with_cmock(project: Path, tmp_path: Path, clones: Path, run: Any, file_times: Any) -> None:
    """The same API with mocks that CMock generates: generate, compile mocks, CMock, Unity, SUT and test, link and run."""
    (tmp_path / "test.c").write_text(CMOCK_TEST, encoding="utf-8")
    taken = []
    for _ in range(COLD):
        start = time.perf_counter()
        words = cmock(clones, project / "api.h", tmp_path, ordered=True)
        options, sources = [one for one in words if one.startswith("-")], [one for one in words if one.endswith(".c")]
        objects = []
        for source in (*sources, tmp_path / "test.c", project / "sut.c"):
            objects.append(tmp_path / f"{Path(source).stem}.o")
            run(["gcc", "-g", *options, "-c", source, "-o", objects[-1]])
        run(["gcc", *objects, "-o", tmp_path / "test"])
        run([tmp_path / "test"])
        taken.append(time.perf_counter() - start)
    file_times(taken)
