"""Make one spec of several that speak of the same modules."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any, TypeVar, overload

from cmock_py.errors import Fault, SpecError
from cmock_py.spec.model import ApiArg, ApiFunction, ApiModule, ApiSpec

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Part = TypeVar("Part", ApiFunction, ApiArg)


@overload
def merge_spec_modules(modules: Iterable[ApiModule]) -> tuple[ApiModule, ...]: ...
@overload
def merge_spec_modules(modules: Iterable[ApiSpec]) -> ApiSpec: ...
def merge_spec_modules(modules: Iterable[Any]) -> tuple[ApiModule, ...] | ApiSpec:
    """Merge modules of one name into one module each, with the functions of all of them.

    What is said twice alike is kept once. The order is that in which names are met first.

    Args:
        modules: modules, or whole specs.

    Returns:
        The modules, one of each name; one spec when specs were given.

    Raises:
        SpecError: a function is defined in two ways; all such functions at once, each with both places and what
            differs. Or a part is neither module nor spec.

    >>> stack = ApiModule("stack", [ApiFunction("push"), ApiFunction("pop", "int")])
    >>> more = ApiModule("stack", [ApiFunction("pop", "int"), ApiFunction("top", "int")])
    >>> [function.name for function in merge_spec_modules([stack, more])[0].functions]
    ['push', 'pop', 'top']
    """
    parts = list(modules)
    are_specs = bool(parts) and all(isinstance(part, ApiSpec) for part in parts)
    lists = [spec.modules if isinstance(spec.modules, tuple) else (spec.modules,) for spec in parts if are_specs]
    given = [module for modules in lists for module in modules] if are_specs else parts
    faults = list(_strangers(given))
    merged: dict[str, ApiModule] = {}
    for module in given if not faults else ():
        first = merged.setdefault(module.name, module)
        if first is not module:
            merged[module.name] = _joined(first, module, faults)
    if faults:
        raise SpecError(faults)
    joined = tuple(merged.values())
    return ApiSpec(joined, origin=parts[0].origin) if are_specs else joined


def _strangers(parts: Iterable[Any]) -> Iterator[Fault]:
    """Find what is no module, or has no names to merge by."""
    for index, part in enumerate(parts):
        if not isinstance(part, ApiModule):
            text = f"is of type {type(part).__name__}; wanted are ApiModules, or ApiSpecs, and not both"
            hint = "give the modules of the spec: *spec.modules" if isinstance(part, ApiSpec) else None
            yield Fault(f"modules[{index}]", text, hint)
        elif not _has_names(part):
            text = "is no module of a name with functions of a name"
            yield Fault(f"modules[{index}] ({part.origin})", text, 'write ApiModule("stack", [ApiFunction("push")])')


def _has_names(module: Any) -> bool:
    """Tell whether a module and its functions have what they are merged by; all else is for the check of the spec."""
    if not isinstance(module.name, str) or not isinstance(module.functions, tuple):
        return False
    return all(isinstance(part, ApiFunction) and isinstance(part.name, str) for part in module.functions)


def _joined(first: ApiModule, second: ApiModule, faults: list[Fault]) -> ApiModule:
    """Add the functions of a second module to a first one, and note where they do not agree."""
    if first.fallback != second.fallback:
        faults.append(_conflict(first.name, first, second, f"fallback: {first.fallback!r}, {second.fallback!r}"))
    functions = list(first.functions)
    known = {function.name: function for function in functions}
    for function in second.functions:
        before = known.get(function.name)
        if before is None:
            functions.append(function)
        elif before != function:
            what = "\n  ".join(_differing(before, function))
            faults.append(_conflict(f"{first.name}.{function.name}", before, function, what))
    return replace(first, functions=tuple(functions))


def _conflict(name: str, first: Any, second: Any, what: str) -> Fault:
    """Say where one thing is defined in two ways, and how they differ."""
    text = f"is defined otherwise than in {first.origin}; first there, then here:\n  {what}"
    return Fault(f"{name} ({second.origin})", text, "make both the same, or remove one")


def _differing(first: Part, second: Part, before: str = "") -> Iterator[str]:
    """List the fields that differ, with both values; arguments one by one."""
    for field in fields(first):
        one, other = getattr(first, field.name), getattr(second, field.name)
        if not field.compare or one == other:
            continue
        if field.name == "args" and _are_alike(one, other):
            for index, (arg, twin) in enumerate(zip(one, other, strict=True)):
                yield from _differing(arg, twin, f"args[{index}].") if arg != twin else ()
        else:
            yield f"{before}{field.name}: {one!r}, {other!r}"


def _are_alike(one: object, other: object) -> bool:
    """Tell whether both are lists of equally many arguments, to be compared one by one."""
    lists = isinstance(one, tuple) and isinstance(other, tuple) and len(one) == len(other)
    return lists and all(isinstance(arg, ApiArg) for arg in (*one, *other))  # type: ignore[misc]
