"""A part of a prompt: a Jinja2 template that sees its variables and nothing else."""

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from arnews_bench.errors import InputError, did_you_mean

if TYPE_CHECKING:
    from jinja2 import Template
    from jinja2.sandbox import SandboxedEnvironment

__all__ = ["Part", "Variables"]

_TEMPLATE = "<template>"


class Variables(NamedTuple):
    """The variables that a part of the template may use, and those that it has to."""

    known: Sequence[str]
    needed: Sequence[str] = ()


class Part:
    """A part of the template.

    Attributes:
        name: `system` or `user`.
    """

    def __init__(self, path: Path, name: str, source: str, line: int) -> None:
        """Compile it.

        Args:
            path: The file, for messages.
            name: `system` or `user`.
            source: The template.
            line: The line of the file that it begins on.

        Raises:
            InputError: It is no Jinja2 template.
        """
        self.name = name
        self._path, self._source, self._line = path, source, line
        self._template = self._compiled()

    def check(self, variables: Variables) -> None:
        """Refuse unknown variables, and the lack of those that are needed.

        Raises:
            InputError: With the line of the first one.
        """
        from jinja2 import meta, nodes

        tree = _environment().parse(self._source)
        used = meta.find_undeclared_variables(tree)
        names = list(tree.find_all(nodes.Name))
        # What is set in each branch of a condition counts as undeclared after it.
        own = {found.name for found in names if found.ctx == "store"}
        unknown = used.difference(variables.known, own)
        for found in names:
            if found.name in unknown:
                raise self._error(
                    found.lineno,
                    f"unknown variable {found.name!r} in the {self.name} part; "
                    f"{did_you_mean(found.name, variables.known)}",
                )
        for name in variables.needed:
            if name not in used:
                raise self._error(
                    1,
                    f"the {self.name} part does not hold {{{{ {name} }}}}, so that the model would "
                    "not see it",
                )

    def render(self, variables: Mapping[str, object]) -> str:
        """The part with its variables put in, without white space around it.

        Raises:
            InputError: The template fails, with its line.
        """
        try:
            return self._template.render(variables).strip()
        # A template may call anything on its variables: whatever it raises is its own mistake.
        except Exception as error:
            line = _line_in_template(error)
            raise self._error(line, f"the {self.name} part cannot be filled in: {error}") from None

    def _compiled(self) -> "Template":
        from jinja2 import TemplateSyntaxError

        try:
            return _environment().from_string(self._source)
        except TemplateSyntaxError as error:
            raise self._error(
                error.lineno, f"the {self.name} part is no Jinja2 template: {error.message}"
            ) from None

    def _error(self, line: int, message: str) -> InputError:
        return InputError(f"{self._path}:{self._line + line - 1}: {message}")


def _line_in_template(error: BaseException) -> int:
    """The line of a template that an error comes from."""
    line, trace = 1, error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == _TEMPLATE:
            line = trace.tb_lineno
        trace = trace.tb_next
    return line


@cache
def _environment() -> "SandboxedEnvironment":
    """Templates come from users too: they see their variables and nothing else."""
    import json

    from jinja2 import StrictUndefined
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    environment = ImmutableSandboxedEnvironment(
        # What comes out is read by a model, not by a browser.
        autoescape=False,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["json"] = lambda value: json.dumps(value, ensure_ascii=False)
    return environment
