"""The command line `arbench`: parses, calls the library, prints. It holds no logic."""

import sys

import typer

from arnews_bench.cli import catalog, corpus, evaluation
from arnews_bench.errors import ArnewsError, printable

__all__ = ["app", "main"]

app = typer.Typer(
    name="arbench",
    help="The benchmark for Arabic news NLP: entities, stance and source attribution.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)
evaluation.register(app)
catalog.register(app)
app.add_typer(corpus.app, name="data")

_INTERRUPTED = 130


def main() -> None:
    """Run the command line; a user's mistake ends in one message and an exit code."""
    try:
        app()
    except ArnewsError as error:
        sys.stderr.write(f"arbench: {printable(str(error))}\n")
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        sys.stderr.write("arbench: interrupted; the same call goes on from here\n")
        sys.exit(_INTERRUPTED)
    except BrokenPipeError:
        # The reader, `head` say, has what it wanted.
        sys.stderr.close()
        sys.exit(0)
