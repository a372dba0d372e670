"""The leaderboard in LaTeX, compiled: harmless under pdflatex, in Arabic under xelatex."""

import re
import shutil
import subprocess

import pytest
from invented_boards import EVIL, no_ceiling, three_tasks

from arnews_bench.leaderboard import leaderboard
from arnews_bench.report.latex import escape_latex, leaderboard_latex

ARABIC_FONT = "Amiri"


def fragment(*names):
    runs = [run for n, name in enumerate(names) for run in three_tasks(name, n % 10, 5)]
    return leaderboard_latex(leaderboard(runs, ceiling=no_ceiling))


def compiled(folder, engine, content, preamble=""):
    """Compile a fragment in a document, and return its log and the files that were read."""
    if shutil.which(engine) is None:
        pytest.skip(f"{engine} is not installed")
    (folder / "board.tex").write_text(content, "utf-8")
    (folder / "paper.tex").write_text(
        rf"\documentclass{{article}}\usepackage{{booktabs}}{preamble}"
        r"\begin{document}\input{board}\end{document}",
        "utf-8",
    )
    result = subprocess.run(
        [engine, "-interaction=nonstopmode", "-halt-on-error", "-recorder", "-no-shell-escape",
         "paper"],
        cwd=folder, capture_output=True, check=False,
    )  # fmt: skip
    log = (folder / "paper.log").read_text("utf-8", "replace")
    assert result.returncode == 0, log[-3000:]
    assert (folder / "paper.pdf").stat().st_size > 1000
    return log, (folder / "paper.fls").read_text("utf-8", "replace")


def arabic_preamble():
    if (
        shutil.which("fc-list") is None
        or ARABIC_FONT
        not in subprocess.run(
            ["fc-list", ":lang=ar", "family"], capture_output=True, text=True, check=False
        ).stdout
    ):
        pytest.skip(f"the font {ARABIC_FONT} is not installed")
    return rf"\usepackage{{fontspec}}\newfontfamily\arabicfont[Script=Arabic]{{{ARABIC_FONT}}}"


def test_a_board_compiles_under_pdflatex(tmp_path):
    content = fragment("linear", "majority")
    assert content.isascii()
    log, _ = compiled(tmp_path, "pdflatex", content)
    assert "Overfull \\hbox" not in log


def test_names_from_outside_are_typeset_and_not_obeyed(tmp_path):
    log, files = compiled(tmp_path, "pdflatex", fragment(*EVIL.values()))
    assert "passwd" not in files
    assert "Undefined control sequence" not in log


def test_every_letter_that_pdflatex_is_given_is_one_that_it_has(tmp_path):
    letters = [*map(chr, range(0x20, 0x7F)), *map(chr, range(0xA0, 0x250))]
    lines = ["".join(letters[i : i + 16]) for i in range(0, len(letters), 16)]
    log, _ = compiled(tmp_path, "pdflatex", fragment(*lines))
    assert "Missing character" not in log


@pytest.mark.parametrize("engine", ["xelatex", "lualatex"])
def test_arabic_names_are_typeset_in_arabic(tmp_path, engine):
    if engine == "lualatex" and not installed("luaotfload-main.lua"):
        pytest.skip("luaotfload is not installed")
    content = fragment(EVIL["arabic"], "py:نموذج الأخبار.py:C", "linear")
    log, files = compiled(tmp_path, engine, content, arabic_preamble())
    assert "Missing character" not in log
    assert ARABIC_FONT.lower() in (files + log).lower()


def installed(name):
    """Whether TeX finds a file."""
    found = shutil.which("kpsewhich") and subprocess.run(
        ["kpsewhich", name], capture_output=True, check=False
    )
    return bool(found) and found.returncode == 0


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (r"\input{/etc/passwd}", r"\textbackslash{}input\{/etc/passwd\}"),
        ("50 % & $1_000 #2", r"50 \% \& \$1\_000 \#2"),
        ("a^b~c", r"a\textasciicircum{}b\textasciitilde{}c"),
        ("<x|y>", r"\textless{}x\textbar{}y\textgreater{}"),
        ("a--b", "a-{}-b"),
        ("``q''", r"{\char96}{\char96}q{\char39}{\char39}"),
        ("one\ntwo", "one two"),
        ("\x1b[2J", r"\textbackslash{}x1b[2J"),
        ("café", "café"),
        ("1–2", r"1\textendash{}2"),
        ("لا", r"\arbenchtext{\arbencharabic{لا}}{[U+0644 U+0627]}"),
        ("中", r"\arbenchtext{中}{[U+4E2D]}"),
    ],
)
def test_latex_shows_a_text_as_it_is(text, expected):
    assert escape_latex(text) == expected


def test_arabic_words_stay_together_with_the_spaces_between_them():
    assert escape_latex("a نموذج الأخبار b").count(r"\arbencharabic") == 1
    assert r"\arbencharabic{نموذج الأخبار}" in escape_latex("a نموذج الأخبار b")


def test_a_comment_holds_nothing_from_outside():
    names = [line for line in fragment(*EVIL.values()).splitlines() if line.startswith("%")]
    assert names == [line for line in fragment("linear").splitlines() if line.startswith("%")]
    assert not re.search(r"(?<!\\)%", "\n".join(fragment(*EVIL.values()).splitlines()[30:]))
