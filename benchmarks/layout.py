"""The layout of the code in numbers, read from the sources: how many modules a folder holds, how long things are.

`python -m benchmarks.layout [FOLDER …]` reads other checkouts, such as one of an earlier version.
"""

from __future__ import annotations

import ast
import statistics
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

from config import ROOT

PACKAGES = ("app", "surveys", "sampling")
LONG_LINE = 160


def modules(root: Path) -> list[Path]:
    """The Python files of the three packages that have something in them."""
    paths = (path for package in PACKAGES for path in (root / package).rglob("*.py"))
    return sorted(path for path in paths if path.read_text("utf-8").strip())


def function_lengths(tree: ast.Module) -> Iterator[int]:
    """The lines of each function, its docstring among them."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            yield (node.end_lineno or node.lineno) - node.lineno + 1


def subject_of(module: str) -> str:
    """The package directly below app that a module is in; the module itself where it is in none."""
    return ".".join(module.split(".")[:2])


def imports_between_subjects(root: Path) -> dict[str, set[str]]:
    """Which packages below app import which."""
    edges: dict[str, set[str]] = defaultdict(set)
    for path in (root / "app").rglob("*.py"):
        origin = subject_of(".".join(path.relative_to(root).with_suffix("").parts))
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("app."):
                edges[origin].add(subject_of(node.module or ""))
    return {origin: targets - {origin} for origin, targets in edges.items()}


def in_circles(edges: dict[str, set[str]]) -> set[str]:
    """The packages that reach themselves through others."""

    def reached(start: str) -> set[str]:
        seen: set[str] = set()
        waiting = [start]
        while waiting:
            for target in edges.get(waiting.pop(), set()) - seen:
                seen.add(target)
                waiting.append(target)
        return seen

    return {package for package in edges if package in reached(package)}


def measure(root: Path) -> list[tuple[str, str]]:
    """What is measured of a checkout, as (what, figure)."""
    paths = modules(root)
    trees = {path: ast.parse(path.read_text("utf-8")) for path in paths}
    lengths = sorted(length for tree in trees.values() for length in function_lengths(tree))
    folders = Counter(path.parent.relative_to(root).as_posix() for path in paths if path.name != "__init__.py")
    classes = Counter(node.name for tree in trees.values() for node in ast.walk(tree) if isinstance(node, ast.ClassDef))
    templates = [
        line for path in (root / "app/templates").rglob("*.html") for line in path.read_text("utf-8").split("\n")
    ]
    long_lines = sum(len(line) > LONG_LINE for line in templates)
    lines = {path: path.read_text("utf-8").count("\n") for path in paths}
    median_and_ninetieth = f"{statistics.median(lengths):g}, {lengths[len(lengths) * 9 // 10]}"
    return [
        ("modules", f"{len(paths):,}"),
        ("folders with the most modules", ", ".join(f"{name} {count}" for name, count in folders.most_common(4))),
        ("modules over 300 lines", str(sum(count > 300 for count in lines.values()))),
        ("functions", f"{len(lengths):,}"),
        ("lines of a function: median, 90th percentile", median_and_ninetieth),
        ("class names that mean two things", str(sum(count > 1 for count in classes.values()))),
        ("packages or modules below app/ in a circle of imports", str(len(in_circles(imports_between_subjects(root))))),
        ("template lines over 160 characters, longest", f"{long_lines}, {max(map(len, templates)):,}"),
    ]  # fmt: skip


def main() -> None:
    """Measure this checkout, and those named on the command line, side by side."""
    roots = [Path(name) for name in sys.argv[1:] if Path(name).is_dir()] + [ROOT]
    columns = [dict(measure(root)) for root in roots]
    print("| | " + " | ".join(root.name for root in roots) + " |")
    print("|---" * (len(roots) + 1) + "|")
    for what in columns[0]:
        print(f"| {what} | " + " | ".join(column[what] for column in columns) + " |")


if __name__ == "__main__":
    main()
