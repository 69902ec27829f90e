"""The folders' order, seen in the sources: who may import whom, `__all__`, and that cores reach for no shell."""

import ast
import importlib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SOURCES = sorted(
    path
    for top in ("motion", "performer", "stage")
    for path in (ROOT / top).rglob("*.py")
    if "node_modules" not in path.parts
)
# Folder -> project folders that its files may import (its own is always allowed).
MAY_IMPORT: dict[str, set[str]] = {
    "motion.rig": {"motion.errors"},
    "motion.music": {"motion.errors"},
    "motion.dance": {"motion.errors", "motion.rig", "motion.music"},
    "performer.voice": {"motion"},
    "performer.face": {"motion", "performer.voice"},
    "performer.avatar": {"motion", "performer.voice", "performer.face"},
    "performer.capture": {"motion", "performer.voice", "performer.face"},
    "stage.wire": {"motion", "performer"},
    "stage.show": {"motion", "performer", "stage.wire"},
    "stage.render": {"motion", "performer", "stage.wire", "stage.show"},
    "stage.server": {"motion", "performer", "stage.wire", "stage.show"},
    "stage.cli": {"motion", "performer", "stage"},
}
OURS = ("motion", "performer", "stage", "tests")


def module_name(path: Path) -> str:
    parts = list(path.relative_to(ROOT).with_suffix("").parts)
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports_of(tree: ast.AST) -> list[str]:
    found: list[str] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "relative imports are not used here"
            found.append(node.module or "")
    return found


@pytest.mark.parametrize("path", SOURCES, ids=module_name)
def test_imports_follow_the_order_of_folders(path: Path) -> None:
    folder = ".".join(module_name(path).split(".")[:2])
    allowed = MAY_IMPORT.get(folder, set()) | {folder}
    for name in imports_of(ast.parse(path.read_text())):
        if name.split(".")[0] in OURS:
            assert any(name == a or name.startswith(a + ".") for a in allowed), f"{folder} may not import {name}"


@pytest.mark.parametrize("path", [p for p in SOURCES if p.name != "__init__.py"], ids=module_name)
def test_public_names_exist(path: Path) -> None:
    text = path.read_text()
    assert "__all__" in text, "every module says what is public"
    tree = ast.parse(text)
    bound = {
        name.id
        for node in tree.body
        if isinstance(node, ast.Assign | ast.AnnAssign)
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        # A, B, C = range(3) binds three names.
        for name in ast.walk(target)
        if isinstance(name, ast.Name)
    }
    bound |= {n.name for n in tree.body if isinstance(n, ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef)}
    public = next(
        ast.literal_eval(node.value)
        for node in tree.body
        if isinstance(node, ast.Assign) and any(isinstance(t, ast.Name) and t.id == "__all__" for t in node.targets)
    )
    assert set(public) <= bound, f"__all__ names what is not there: {set(public) - bound}"


def test_import_of_stage_pulls_in_no_shell() -> None:
    stage = importlib.import_module("stage")
    assert stage.__doc__
