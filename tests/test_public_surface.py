"""`import arnews_bench`: every public name is there, and nothing heavy is imported for it."""

import ast
import importlib
import subprocess
import sys
from pathlib import Path

import pytest

import arnews_bench as ab
from arnews_bench.paths import baselines_dir

HEAVY = {
    "numpy", "scipy", "sklearn", "datasets", "torch", "pandas", "pyarrow", "rich", "msgspec",
    "inspect_ai", "rapidfuzz", "jinja2", "anyio",
}  # fmt: skip
# What is imported when a row is asked, and no sooner.
ASKING = {"inspect_ai", "rapidfuzz", "anyio", "openai"}

# What stands on the rest of the package, and each on those after it.
LAYERS = ("cli", "hub", "report")
PACKAGE = Path(ab.__file__).parent


def loaded_after(code: str) -> set[str]:
    result = subprocess.run(
        [sys.executable, "-c", f"{code}\nimport sys\nprint(*sys.modules)"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return {name.partition(".")[0] for name in result.stdout.splitlines()[-1].split()}


def test_every_public_name_is_there():
    assert [name for name in ab.__all__ if getattr(ab, name, None) is None] == []
    assert set(dir(ab)) == set(ab.__all__)
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = ab.nothing


def test_import_takes_nothing_heavy():
    assert not HEAVY & loaded_after("import arnews_bench")


def test_help_takes_nothing_heavy_but_what_typer_prints_with():
    code = (
        "import sys\nfrom arnews_bench.cli import main\nsys.argv = ['arbench', '--help']\n"
        "try:\n    main()\nexcept SystemExit:\n    pass"
    )
    assert not (HEAVY - {"rich"}) & loaded_after(code)


def test_a_language_model_that_is_not_asked_takes_nothing_that_asks():
    code = (
        "from arnews_bench.preview import preview\n"
        "preview('llm:openai/gpt-5', ['stance'], limit=1, options={'shots': '1'})"
    )
    assert not ASKING & loaded_after(code)


def imported_by(path: Path) -> set[str]:
    """The modules of ours that a file imports, wherever in it."""
    nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    names = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    for node in nodes:
        if isinstance(node, ast.ImportFrom):
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return {name for name in names if name.startswith("arnews_bench.")}


def layer(part: str) -> int:
    return LAYERS.index(part) if part in LAYERS else len(LAYERS)


def test_imports_go_from_the_command_line_to_the_hub_to_the_report_to_the_rest():
    upwards = [
        f"{path.relative_to(PACKAGE)} imports {name}"
        for path in sorted(PACKAGE.rglob("*.py"))
        if path != PACKAGE / "__init__.py"  # names what is public, wherever it lies
        for name in sorted(imported_by(path))
        if layer(name.split(".")[1]) < layer(path.relative_to(PACKAGE).parts[0])
    ]
    assert upwards == []


@pytest.mark.parametrize("path", sorted(baselines_dir().glob("*.py")), ids=lambda path: path.stem)
def test_baselines_use_only_the_public_surface(path: Path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("arnews_bench"):
            # What fine-tunes transformers is public too, but no part of `import arnews_bench`.
            assert node.module in {"arnews_bench", "arnews_bench.models.hf"}
            public = importlib.import_module(node.module).__all__
            assert {alias.name for alias in node.names} <= set(public)
        if isinstance(node, ast.Import):
            assert all(not alias.name.startswith("arnews_bench.") for alias in node.names)
