"""What stands in the C runtime and in Python as well is the same on both sides, as a compiled probe says."""

from __future__ import annotations

import re
import subprocess
from typing import TYPE_CHECKING

import pytest

from cmock_py import mocked
from cmock_py._resources import runtime_dir
from cmock_py.bind import composed, conditions, keys, machine, plan, sets, states
from cmock_py.codegen import names
from cmock_py.host import arena, callback, process
from cmock_py.live import serving

if TYPE_CHECKING:
    from enum import IntEnum
    from pathlib import Path

ENUMS: dict[str, tuple[type[IntEnum], str]] = {
    "cmk_state": (arena.State, "CMK_"),
    "cmk_command": (arena.Command, "CMK_"),
    "cmk_request": (arena.Request, "CMK_"),
    "cmk_exit": (arena.Exit, "CMK_EXIT_"),
    "cmk_reason": (arena.Reason, "CMK_"),
    "cmk_verdict": (arena.Outcome, "CMK_"),
    "cmk_returns": (arena.Returns, "CMK_RETURNS_"),
    "cmk_upcall_state": (arena.UpcallState, "CMK_"),
    "cmk_kind": (mocked.Kind, "CMK_"),
    "cmk_op": (conditions.Op, "CMK_"),
    "cmk_value_type": (conditions.ValueType, "CMK_"),
    "cmk_way": (composed.Way, "CMK_"),
    "cmk_policy": (machine.Policy, "CMK_"),
    "cmk_refusal": (arena.Refusal, "CMK_"),
    "cmk_node_kind": (plan.NodeKind, "CMK_NODE_"),
    "cmk_term_kind": (states.TermKind, "CMK_TERM_"),
    "cmk_act_flag": (sets.ActFlag, "CMK_ACT_"),
    "cmk_stepped_flag": (machine.Stepped, "CMK_"),
}

NUMBERS = {
    "CMK_BASE": arena.BASE,
    "CMK_SIZE": arena.SIZE,
    "CMK_MAILBOX": arena.MAILBOX,
    "CMK_UPCALLS": arena.UPCALLS,
    "CMK_POSTS": arena.POSTS,
    "CMK_COMPUTED": arena.COMPUTED,
    "CMK_RUN": arena.RUN,
    "CMK_CHECK": arena.CHECK,
    "CMK_TRACE": arena.TRACE,
    "CMK_SCRATCH": arena.SCRATCH,
    "CMK_HEAP": arena.HEAP,
    "CMK_MAGIC": arena.MAGIC,
    "CMK_FRAMES": arena.FRAMES,
    "CMK_TEXT": arena.TEXT_SIZE,
    "CMK_STACK_WORDS": arena.STACK_WORDS,
    "CMK_UPCALL_COUNT": arena.UPCALL_COUNT,
    "CMK_THUNKS": arena.THUNKS,
    "CMK_THUNK_BYTES": arena.THUNK_BYTES,
    "CMK_ANSWER_PYTHON": arena.ANSWER_PYTHON,
    "CMK_ANSWER_BOUND": arena.ANSWER_BOUND,
    "CMK_ANSWER_BOUND + 0": composed.BOUND_FLAG,
    "CMK_ROOMS - CMK_TRACE": arena.REGION_SIZE // 2,
    "CMK_FD_ARENA": arena.FD_ARENA,
    "CMK_FD_TO_ZYGOTE": arena.FD_TO_ZYGOTE,
    "CMK_FD_FROM_ZYGOTE": arena.FD_FROM_ZYGOTE,
    "CMK_FD_TO_CHILD": arena.FD_TO_CHILD,
    "CMK_FD_FROM_CHILD": arena.FD_FROM_CHILD,
    "CMK_FD_LIFELINE": arena.FD_LIFELINE,
    "CMK_FD_SHARE": arena.FD_SHARE,
    "CMK_FD_END": arena.FD_END,
    "CMK_NO_EVENT": arena.NO_EVENT,
    "CMK_REAL_EVENT": arena.REAL_EVENT,
    "CMK_COMPLETE": arena.COMPLETE,
    "CMK_FLAGGED": arena.FLAGGED,
    "CMK_WRITING": arena.WRITING,
    "CMK_ANSWER_OWNED": arena.ANSWER_OWNED,
    "CMK_ANSWER_ERRNO": arena.ANSWER_ERRNO,
    "CMK_ANSWER_REAL": arena.ANSWER_REAL,
    "CMK_ANSWER_OUTS": arena.ANSWER_OUTS,
    "CMK_NULL": arena.NONE,
    "CMK_UNTOUCHED(5)": 1 << 5,
    "SIGRTMAX - 1": process.TIMEOUT_SIGNAL,
    "sizeof(struct cmk_header) / 8": arena.WORD["text"] + arena.TEXT_SIZE // 8,
    "sizeof(struct cmk_record)": arena.RECORD.size,
    "sizeof(struct cmk_act) / 4": states.ACT_NUMBERS,
    "sizeof(struct cmk_term) / 4": states.TERM_NUMBERS,
    "sizeof(struct cmk_place)": machine.PLACE_BYTES,
    "sizeof(struct cmk_undo)": machine.UNDO_BYTES,
    "sizeof(struct cmk_event)": arena.EVENT.size,
    "sizeof(struct cmk_node) / 4": 12,
    "sizeof(struct cmk_route)": 12,
    "sizeof(struct cmk_key)": keys.KEY_BYTES,
    "sizeof(struct cmk_found) / 8": 4 + arena.FOUND_PATH,
    "CMK_FOUND": arena.CHECK + arena.FOUND,
    "CMK_STATE": arena.STATE,
    "sizeof(struct cmk_language) / 8": 4,
}


def text_of(name: str) -> str:
    """Read a file of the runtime."""
    return (runtime_dir() / name).read_text(encoding="utf-8")


def enumerators(enum: str) -> list[str]:
    """List the names of a C enum in order."""
    found = re.search(
        rf"enum {enum} \{{(.*?)\}}", text_of("arena.h") + text_of("cmk.h") + text_of("machine.h"), re.DOTALL
    )
    assert found, enum
    body = re.sub(r"/\*.*?\*/|=\s*\d+", "", found[1], flags=re.DOTALL)
    return [name.strip() for name in body.split(",") if name.strip()]


def evaluate(folder: Path, expressions: list[str]) -> dict[str, int]:
    """Let a compiled program say the values of C expressions."""
    rows = "".join(f'    printf("%lu\\n", (unsigned long)({text}));\n' for text in expressions)
    source = folder / "probe.c"
    source.write_text(
        f'#include "machine.h"\n#include <signal.h>\n#include <stddef.h>\n#include <stdio.h>\n'
        f"int main(void)\n{{\n{rows}    return 0;\n}}\n",
        encoding="utf-8",
    )
    probe = folder / "probe"
    command = ["gcc", "-std=c11", "-D_GNU_SOURCE", f"-I{runtime_dir()}", str(source), "-o", str(probe)]
    subprocess.run(command, check=True, capture_output=True, text=True)
    lines = subprocess.run([probe], check=True, capture_output=True, text=True).stdout.split()
    return dict(zip(expressions, map(int, lines), strict=True))


@pytest.mark.parametrize("enum", ENUMS)
def test_enums_have_the_same_names_and_values(enum: str, tmp_path: Path) -> None:
    """Every enumerator of C is a member in Python with its value, and the other way round."""
    python, prefix = ENUMS[enum]
    names = enumerators(enum)
    values = evaluate(tmp_path, names)
    assert {name.removeprefix(prefix): values[name] for name in names} == {m.name: m.value for m in python}


def test_every_enum_is_compared() -> None:
    """An enum that is added to the shared headers must be added to this test."""
    found = set(re.findall(r"enum (cmk_\w+) \{", text_of("arena.h") + text_of("cmk.h") + text_of("machine.h")))
    assert found == {*ENUMS, "cmk_fd", "cmk_flag", "cmk_item"}


def test_numbers_are_the_same(tmp_path: Path) -> None:
    """Addresses, offsets, sizes, descriptors and flags agree."""
    values = evaluate(tmp_path, list(NUMBERS))
    assert values == NUMBERS


def test_header_words_are_the_same(tmp_path: Path) -> None:
    """Every member of the header is listed in Python, in order, at the offset where C has it."""
    body = re.search(r"struct cmk_header \{(.*?)\n\};", text_of("arena.h"), re.DOTALL)
    assert body
    members = re.findall(r"^    [\w ]+ (\w+)(?:\[\w+\])?;", body[1], re.MULTILINE)
    assert members == [*(name for name, _ in arena.WORDS), "text"]
    offsets = {f"offsetof(struct cmk_header, {name})": 8 * arena.WORD[name] for name in members}
    assert evaluate(tmp_path, list(offsets)) == offsets


def test_machine_words_are_the_same() -> None:
    """The words of a machine stand in the order in which Python packs them."""
    body = re.search(r"struct cmk_machine \{(.*?)\n\};", text_of("machine.h"), re.DOTALL)
    assert body
    assert re.findall(r"^    uint64_t (\w+);", body[1], re.MULTILINE) == list(machine.WORDS)


def test_record_members_are_the_same(tmp_path: Path) -> None:
    """A record begins with four halves and a word, as Python unpacks it."""
    members = ["size", "function", "event", "thread", "site", "payload"]
    values = evaluate(tmp_path, [f"offsetof(struct cmk_record, {name})" for name in members])
    assert list(values.values()) == [0, 4, 8, 12, 16, 24]
    assert arena.RECORD.format == "<IIIIQ"


def test_upcall_members_are_the_same(tmp_path: Path) -> None:
    """The words of an upcall stand where Python reads and writes them."""
    members = {
        **dict(zip(("thunk", "function", "record", "at", "answer"), serving.UPCALL, strict=True)),
        **dict(
            zip(
                ("stack", *(f"registers.{m}" for m in ("gpr", "xmm", "result", "returns"))),
                callback.UPCALL,
                strict=True,
            )
        ),
    }
    texts = {f"offsetof(struct cmk_upcall, {name}) / 8": word for name, word in members.items()}
    size = {"sizeof(struct cmk_upcall) / 8": arena.UPCALL_WORDS}
    assert evaluate(tmp_path, [*texts, *size]) == texts | size


def test_outs_of_one_function(tmp_path: Path) -> None:
    """An answer's flags have a bit for as many outs as a spec may have."""
    assert evaluate(tmp_path, ["CMK_ANSWER_OUTS"]) == {"CMK_ANSWER_OUTS": mocked.MAX_OUTS}


def test_hooks_are_the_hooked_functions() -> None:
    """Every function that the build renames to a hook has one, and no hook is forgotten by the build."""
    assert set(re.findall(r"^\w[\w *]*?\**cmk_hook_(\w+)\(", text_of("hooks.c"), re.MULTILINE)) == set(names.HOOKED)
