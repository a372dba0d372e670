"""The wheel: built, installed into a clean environment, and used there."""

import itertools
import json
import subprocess
import sys
import tomllib
import venv
from importlib.metadata import Distribution, distribution, distributions
from pathlib import Path

import pytest
import yaml
from loading import CONFIGS, built_rows, load
from packaging.requirements import Requirement

import arnews_bench as ab
from arnews_bench.paths import bundled_path

ROOT = Path(__file__).resolve().parent.parent


def run(*command: object, **options) -> str:
    result = subprocess.run(
        list(map(str, command)), capture_output=True, text=True, check=False, **options
    )
    assert result.returncode == 0, f"{command}\n{result.stdout}\n{result.stderr}"
    return result.stdout


@pytest.fixture(scope="module")
def installed(tmp_path_factory) -> Path:
    """The `bin` folder of a clean environment that holds the wheel and what it asks for.

    No registry is asked: what the wheel asks for is linked from the environment of the tests.
    """
    folder = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, ROOT)
    (wheel,) = folder.glob("*.whl")
    venv.create(folder / "venv")
    binaries = folder / "venv" / "bin"
    run(
        sys.executable, "-m", "pip", "--python", binaries / "python", "install", "--quiet",
        "--disable-pip-version-check", "--no-compile", "--no-index", "--no-deps", wheel,
    )  # fmt: skip
    (packages,) = (folder / "venv").glob("lib/python*/site-packages")
    (ours,) = distributions(path=[str(packages)])
    for found in required_by(ours):
        for name in {file.parts[0] for file in found.files or ()} - {"..", "__pycache__"}:
            (packages / name).symlink_to(found.locate_file(name))
    return binaries


def required_by(wanting: Distribution) -> list[Distribution]:
    """The distributions that one cannot do without, those that others of them ask for included."""
    found: dict[str, Distribution] = {}
    asked, left = set(), [(wanting, "")]
    while left:
        item, extra = left.pop()
        for wanted in map(Requirement, item.requires or ()):
            if wanted.marker is not None and not wanted.marker.evaluate({"extra": extra}):
                continue
            other = distribution(wanted.name)
            assert wanted.specifier.contains(other.version), f"{item.name} asks for {wanted}"
            found[other.name] = other
            new = {(other.name, extra) for extra in ("", *wanted.extras)} - asked
            asked |= new
            left += [(other, extra) for _, extra in new]
    return list(found.values())


def test_the_installed_wheel_evaluates_as_the_checkout_does(installed, tmp_path):
    shown = run(installed / "arbench", "eval", "majority", "--json", cwd=tmp_path)
    ours = {run.task: run for run in ab.evaluate("majority", out=None)}
    for record in json.loads(shown):
        assert record["dataset"]["fingerprint"] == ours[record["task"]].dataset.fingerprint
        assert record["metrics"] == ours[record["task"]].to_dict()["metrics"]


def test_the_installed_wheel_holds_the_corpus_and_its_sources(installed, tmp_path):
    assert "files are up to date" in run(
        installed / "arbench", "data", "build", "--check", cwd=tmp_path
    )


def test_load_dataset_works_on_the_data_of_the_wheel(installed, tmp_path):
    python = str(installed / "python")
    folder = run(python, "-c", "import arnews_bench; print(arnews_bench.data_dir())", cwd=tmp_path)
    assert str(installed.parent) in folder
    loaded = load(Path(folder.strip()), "normal", tmp_path, python)["normal"]
    assert {config: found["rows"] for config, found in loaded.items()} == {
        config: built_rows(config) for config in CONFIGS
    }


def test_the_package_has_one_version():
    citation = yaml.safe_load(bundled_path("CITATION.cff").read_text(encoding="utf-8"))
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert citation["version"] == ab.__version__
    assert f"## {ab.__version__} " in changelog
    assert f"Version {ab.__version__}, dataset" in readme


def test_the_dataset_has_one_version():
    card = (ab.data_dir() / "README.md").read_text(encoding="utf-8")
    version = yaml.safe_load(card.split("---")[1])["version"]
    croissant = json.loads((ab.data_dir() / "croissant.json").read_text(encoding="utf-8"))
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert {ab.load_task(name).version for name in ab.task_names()} == {version}
    assert croissant["version"] == version
    assert f"Version {version} of the dataset" in card
    assert f"dataset {version}" in changelog
    assert f"dataset version {version}" in readme


def test_every_direct_dependency_is_pinned():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"].values()
    wanted = [*project["dependencies"], *itertools.chain.from_iterable(extras)]
    names = {item.split(">")[0].split("[")[0].lower() for item in wanted} - {"arnews-bench"}
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pinned = {line.split("==")[0].lower() for line in lines if "==" in line}
    assert names <= pinned
