"""What the pages have in common: templates that escape, and a policy that allows only themselves.

A page asks the network for nothing. Its one style and its one script are rendered apart, so that
the content security policy can name them by their hashes.
"""

import base64
import hashlib
from collections.abc import Mapping
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

__all__ = ["render_page"]


def render_page(
    name: str, context: Mapping[str, object], *, style: Mapping[str, object] | None = None
) -> str:
    """A self-contained page from `<name>.html.j2`, `<name>.css.j2` and `<name>.js`.

    Args:
        name: The common name of the templates.
        context: What the page says; text is escaped.
        style: What the style sheet asks for.
    """
    environment = _environment()
    css = environment.get_template(f"{name}.css.j2").render(dict(style or {}))
    script = environment.get_template(f"{name}.js").render()
    own: dict[str, Any] = {
        "style": css,
        "script": script,
        "style_hash": _csp_hash(css),
        "script_hash": _csp_hash(script),
    }
    return environment.get_template(f"{name}.html.j2").render({**context, **own})


def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("arnews_bench.report", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _csp_hash(content: str) -> str:
    """What names an inline style or script in a content security policy."""
    return "sha256-" + base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
