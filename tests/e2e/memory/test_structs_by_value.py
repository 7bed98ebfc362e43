"""Structs by value in calls from Python, against what gcc makes of the same prototypes."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

import pytest

from cmock_py import ApiFunction, ApiModule, ApiSpec, ArgumentError, ArgumentTypeError, Mocking, Pointer, start_mocking
from tests.seeds import drawn

if TYPE_CHECKING:
    from pathlib import Path

FUNCTIONS = 20
SCALARS: dict[str, Any] = {
    "signed char": lambda dice: dice.randrange(-128, 128),
    "unsigned short": lambda dice: dice.randrange(1 << 16),
    "int": lambda dice: dice.randrange(-(1 << 31), 1 << 31),
    "unsigned long": lambda dice: dice.randrange(1 << 64),
    "_Bool": lambda dice: dice.random() < 0.5,
    "float": lambda dice: dice.randrange(-1000, 1000) / 8,
    "double": lambda dice: dice.random(),
    "long double": lambda dice: dice.randrange(-1000, 1000) / 64,
    "float _Complex": lambda dice: complex(dice.randrange(9) / 2, dice.randrange(9)),
    "double _Complex": lambda dice: complex(dice.random(), dice.random()),
    "long double _Complex": lambda dice: complex(dice.randrange(99) / 4, dice.randrange(99)),
}
FLOATING = {"float": 5, "double": 5}
UNREADABLE = "long double _Complex"
"""Passed and returned, but no type of Python's in memory."""

MEMBERS = [name for name in SCALARS if name != UNREADABLE]


class Types:
    """Random C types: their declarations, and random values of them."""

    def __init__(self, dice: random.Random) -> None:
        self.dice = dice
        self.lines: list[str] = []
        self.bodies: dict[str, list[tuple[str, str, Any]]] = {}

    def scalar(self, names: list[str]) -> str:
        """Choose a scalar, mostly a common one."""
        return self.dice.choices(names, [FLOATING.get(name, 2) for name in names])[0]

    def struct(self) -> str:
        """Declare a struct of one to four members; return its name."""
        name = f"struct s{len(self.bodies)}"
        body: list[tuple[str, str, Any]] = []
        packed = self.dice.random() < 0.25  # without structs in it: compilers differ in how they pass these
        for index in range(self.dice.choice([1, 1, 2, 2, 2, 3, 4])):
            member, kind = f"m{index}", self.dice.random()
            inner = self.scalar(MEMBERS)
            if kind < 0.15 and self.bodies and not packed:
                inner = self.dice.choice(list(self.bodies))
                body.append((f"{inner} {member};", member, (inner, None)))
            elif kind < 0.3:
                length = self.dice.randrange(1, 4)
                body.append((f"{inner} {member}[{length}];", member, (inner, length)))
            elif kind < 0.4:
                bits = self.dice.randrange(1, 33)
                body.append((f"unsigned {member} : {bits};", member, ("bits", bits)))
            else:
                body.append((f"{inner} {member};", member, (inner, None)))
        attribute = " __attribute__((packed))" if packed else ""
        self.bodies[name] = body
        self.lines.append(f"{name} {{ {' '.join(text for text, _, _ in body)} }}{attribute};")
        return name

    def value(self, ctype: str, length: int | None = None) -> Any:
        """Make a random value."""
        if ctype == "bits":
            return self.dice.randrange(1 << (length or 1))
        if length is not None:
            return [self.value(ctype) for _ in range(length)]
        if ctype in self.bodies:
            return {member: self.value(*kind) for _, member, kind in self.bodies[ctype]}
        return SCALARS[ctype](self.dice)


@pytest.mark.parametrize("cc", ["gcc", "clang"])
@pytest.mark.parametrize("seed", [drawn(), 1], ids=["random", "1"])
def test_random_structs_arrive_and_return_as_the_compiler_passes_them(tmp_path: Path, seed: int, cc: str) -> None:
    """Structs of numbers, arrays, bit-fields and structs, packed or not, among other arguments and as results."""
    print(f"seed {seed}")  # noqa: T201 - shown when it fails
    dice = random.Random(seed)
    types = Types(dice)
    prototypes, bodies, calls = [], [], []
    for number in range(FUNCTIONS):
        params = [
            types.struct() if dice.random() < 0.5 else types.scalar(list(SCALARS)) for _ in range(dice.randrange(1, 9))
        ]
        chosen = dice.randrange(len(params))
        listed = ", ".join(f"{ctype} a{index}" for index, ctype in enumerate(params))
        prototypes += [f"{params[chosen]} f{number}({listed});"]
        seen = [f"seen{number}_{index}" for index in range(len(params))]
        prototypes += [f"extern {ctype} {name};" for ctype, name in zip(params, seen, strict=True)]
        bodies += [f"{ctype} {name};" for ctype, name in zip(params, seen, strict=True)]
        stores = " ".join(f"{name} = a{index};" for index, name in enumerate(seen))
        bodies += [f"{params[chosen]} f{number}({listed}) {{ {stores} return a{chosen}; }}"]
        calls.append((f"f{number}", [(types.value(ctype), ctype) for ctype in params], chosen, seen))
    header, source = tmp_path / "f.h", tmp_path / "f.c"
    header.write_text("\n".join([*types.lines, *prototypes]) + "\n")
    source.write_text('#include "f.h"\n' + "\n".join(bodies) + "\n")
    spec = ApiSpec([ApiModule("m", [ApiFunction("mocked", "int")])])
    with start_mocking(spec, headers=[header], objs=[source], cflags=["-O1"], cc=cc) as mocking:
        for name, args, chosen, seen in calls:
            given = [
                mocking.new(ctype, value) if isinstance(value, dict) and dice.random() < 0.3 else value
                for value, ctype in args
            ]
            result = mocking.lib[name](*given)
            for one, (value, ctype) in zip(seen, args, strict=True):
                if ctype != UNREADABLE:
                    assert mocking.value(mocking.lib[one]) == value, f"seed {seed}: {name}, {one} of {ctype}"
            assert mocking.value(result) == args[chosen][0], f"seed {seed}: result of {name}"


def test_a_struct_is_given_as_a_dict_or_a_pointer_and_returned_as_a_pointer(mocking: Mocking) -> None:
    """What C returns is a fresh object of Python's, which no later call changes."""
    first = mocking.lib.by_value({"x": 1, "y": -2})
    second = mocking.lib.by_value(first)
    first.x = 7
    assert isinstance(second, Pointer)
    assert (second.x, second.y) == (1, -2)
    assert second == {"x": 1, "y": -2}
    assert mocking.lib.by_value({"y": 3}) == {"x": 0, "y": 3}


def test_libc_takes_and_returns_structs_too(mocking: Mocking) -> None:
    """`div` returns a struct in registers, as C libraries do."""
    assert dict(mocking.lib.div(17, 5)) == {"quot": 3, "rem": 2}
    assert mocking.lib.ldiv(-17, 5) == {"quot": -3, "rem": -2}


def test_a_struct_that_does_not_fit_is_refused_before_c_runs(mocking: Mocking) -> None:
    """A pointer to another struct, and a dict with a wrong member, say so with function and parameter."""
    with pytest.raises(
        ArgumentTypeError, match=r"by_value: argument p \(struct point p\): .* not point to struct point"
    ):
        mocking.lib.by_value(mocking.new("struct line"))
    with pytest.raises(Exception, match=r"by_value: argument p .* no member 'z' \(it has x, y\)"):
        mocking.lib.by_value({"z": 1})
    with pytest.raises(ArgumentError, match=r"struct point\.x: .* outside"):
        mocking.lib.by_value({"x": 1 << 31})


def test_large_structs_go_by_the_stack(tmp_path: Path) -> None:
    """A struct of many words arrives whole and comes back whole; one beyond the limit is refused with both figures."""
    words = 7000
    (tmp_path / "big.h").write_text(
        f"struct big {{ long words[{words}]; }};\nstruct huge {{ char bytes[80000]; }};\n"
        "struct big turned(char c, struct big big, int last);\nint first(struct huge huge);\n"
    )
    (tmp_path / "big.c").write_text(
        '#include "big.h"\nstruct big turned(char c, struct big big, int last)\n{\n    struct big made;\n'
        f"    for (int i = 0; i < {words}; i++)\n        made.words[i] = big.words[{words - 1} - i];\n"
        "    made.words[0] += c + last;\n    return made;\n}\nint first(struct huge huge) { return huge.bytes[0]; }\n"
    )
    spec = ApiSpec([ApiModule("m", [ApiFunction("mocked", "int")])])
    with start_mocking(spec, headers=[tmp_path / "big.h"], objs=[tmp_path / "big.c"]) as mocking:
        made = mocking.lib.turned("a", {"words": list(range(words))}, 3)
        assert mocking.value(made)["words"] == [words - 1 + 97 + 3, *range(words - 2, -1, -1)]
        with pytest.raises(
            ArgumentTypeError, match="first: 1 arguments need 10000 stack words; at most 8000 are there"
        ):
            mocking.lib.first({})


def test_what_compilers_pass_differently_is_refused(tmp_path: Path) -> None:
    """A struct that gcc passes in registers and clang in memory is not guessed at."""
    header, source = tmp_path / "odd.h", tmp_path / "odd.c"
    header.write_text(
        "struct bits { unsigned short a; unsigned b : 10; };\n"
        "struct odd { unsigned short first; struct bits second; } __attribute__((packed));\n"
        "int take(struct odd odd);\n"
    )
    source.write_text('#include "odd.h"\nint take(struct odd odd) { return odd.first; }\n')
    with (
        start_mocking(ApiSpec(), headers=[header], objs=[source]) as mocking,
        pytest.raises(ArgumentTypeError, match="one way by gcc and in another by clang"),
    ):
        mocking.lib.take({"first": 1})
