"""Options that several commands share."""

from pathlib import Path
from typing import Annotated

import typer

__all__ = ["DataOption", "JsonOption", "ProtocolOption", "SplitOption"]

ProtocolOption = Annotated[
    str,
    typer.Option(help="[b]split[/b]: learn from train, answer --split. [b]cv[/b]: by page."),
]
SplitOption = Annotated[str, typer.Option(help="The split to answer under the protocol split.")]
DataOption = Annotated[
    Path | None,
    typer.Option(help="A folder to take in place of the bundled data.", show_default=False),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]
