"""Start-up: `arbench --help` beside an empty Typer program with two commands.

Both run as console scripts of the same interpreter, in turns, so that whatever else the machine
does hits both. Target: at most 1.5 times.
"""

import statistics
import subprocess
import sys
import sysconfig
import tempfile
import time
from pathlib import Path

ROUNDS = 15

EMPTY = """
import typer
app = typer.Typer()
@app.command()
def one() -> None:
    "First."
@app.command()
def two() -> None:
    "Second."
app()
"""


def seconds(command: list[str]) -> float:
    """How long a command takes."""
    start = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    return time.perf_counter() - start


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "empty.py"
        script.write_text(EMPTY, encoding="utf-8")
        commands = {
            "python -c pass": [sys.executable, "-c", "pass"],
            "empty Typer program --help": [sys.executable, str(script), "--help"],
            "arbench --help": [str(Path(sysconfig.get_path("scripts")) / "arbench"), "--help"],
            "import arnews_bench": [sys.executable, "-c", "import arnews_bench"],
        }
        for command in commands.values():
            seconds(command)  # the first run compiles and fills the disk cache
        times: dict[str, list[float]] = {name: [] for name in commands}
        for _ in range(ROUNDS):
            for name, command in commands.items():
                times[name].append(seconds(command))
    medians = {name: statistics.median(values) for name, values in times.items()}
    for name, median in medians.items():
        print(f"{name:<28} {1000 * median:7.1f} ms")
    ratio = medians["arbench --help"] / medians["empty Typer program --help"]
    print(f"arbench --help / empty Typer program: {ratio:.2f} (target: at most 1.5)")


if __name__ == "__main__":
    main()
