"""What the Croissant description is taken from: the card, in YAML and prose, and the citation."""

import datetime as dt
import re
from typing import Any, NamedTuple, TypeVar

import msgspec
import yaml

from arnews_bench.errors import InputError
from arnews_bench.files import describe_invalid

__all__ = ["CARD", "Author", "Card", "Citation", "Config", "FrontMatter", "plain"]

CARD = "README.md"
_CITATION = "CITATION.cff"
_NO_PROSE = re.compile(r"<!--.*?-->|^```.*?^```$", re.MULTILINE | re.DOTALL)
_LIST_ITEM = re.compile(r"(?:-|\d+\.) ")

_T = TypeVar("_T")


class DataFile(msgspec.Struct, frozen=True):
    """A split of a config."""

    split: str
    path: str


class Config(msgspec.Struct, frozen=True):
    """A config and its files."""

    config_name: str
    data_files: tuple[DataFile, ...]


class DatasetInfo(msgspec.Struct, frozen=True):
    """The features of a config."""

    config_name: str
    features: tuple[dict[str, Any], ...]


class FrontMatter(msgspec.Struct, frozen=True):
    """What is read of the card's front matter; `datasets` and the Hub read more."""

    pretty_name: str
    version: str
    license: str
    language: tuple[str, ...]
    configs: tuple[Config, ...]
    dataset_info: tuple[DatasetInfo, ...]
    license_name: str | None = None
    tags: tuple[str, ...] = ()


class Card(NamedTuple):
    """The dataset card."""

    front: FrontMatter
    prose: str

    @classmethod
    def parse(cls, text: str) -> "Card":
        """Read a card.

        Raises:
            InputError: There is no front matter, or a field of it is missing or of another type.
        """
        match = re.match(r"---\n(.*?\n)---\n(.*)", text, re.DOTALL)
        if match is None:
            raise InputError(
                f"{CARD}: has no front matter; it must begin with a line `---`, then YAML, "
                "then a line `---`"
            )
        return cls(_read_yaml(match[1], FrontMatter, f"{CARD}, front matter"), match[2])

    def section(self, heading: str | None) -> list[str]:
        """The paragraphs and list items of a section, without tables, code and pictures.

        Args:
            heading: The heading of second level; None for what stands before the first.

        Raises:
            InputError: There is no such section, or no text in it.
        """
        lines: dict[str | None, list[str]] = {None: []}
        current: str | None = None
        for line in _NO_PROSE.sub("", self.prose).split("\n"):
            if line.startswith("## "):
                current = line.removeprefix("## ").strip()
                lines[current] = []
            elif _LIST_ITEM.match(line):
                lines[current] += ["", line.removeprefix("- ")]
            else:
                lines[current].append("" if line.startswith(("#", "|", "![")) else line)
        blocks = re.split(r"\n\s*\n", "\n".join(lines.get(heading, [])))
        found = [" ".join(block.split()) for block in blocks if block.strip()]
        if not found:
            place = "an introduction" if heading is None else f"a section `## {heading}` with text"
            raise InputError(f"{CARD}: {place} is missing; croissant.json is made from it")
        return found


class Author(msgspec.Struct, frozen=True, rename="kebab"):
    """A person, or an entity that has but one name."""

    name: str | None = None
    given_names: str | None = None
    family_names: str | None = None

    def as_jsonld(self) -> dict[str, str]:
        """The author as an organization or a person of schema.org."""
        if self.name:
            return {"@type": "sc:Organization", "name": self.name}
        names = (self.given_names, self.family_names)
        return {"@type": "sc:Person", "name": " ".join(name for name in names if name)}

    def as_bibtex(self) -> str:
        """The author as BibTeX has it: braces keep an entity's name in one piece."""
        names = (self.family_names, self.given_names)
        return f"{{{self.name}}}" if self.name else ", ".join(name for name in names if name)


class Citation(msgspec.Struct, frozen=True, rename="kebab"):
    """What is read of `CITATION.cff`."""

    title: str
    version: str
    date_released: dt.date
    authors: tuple[Author, ...]
    url: str | None = None
    repository_code: str | None = None

    @classmethod
    def parse(cls, text: str) -> "Citation":
        """Read a citation.

        Raises:
            InputError: It is not YAML, or a field is missing or of another type.
        """
        return _read_yaml(text, cls, _CITATION)

    def as_bibtex(self, dataset: str) -> str:
        """The citation as BibTeX, with the version of the dataset beside the package's."""
        return (
            "@misc{arnews_bench,\n"
            f"  author = {{{' and '.join(author.as_bibtex() for author in self.authors)}}},\n"
            f"  title  = {{{self.title}}},\n"
            f"  year   = {{{self.date_released.year}}},\n"
            f"  note   = {{Version {self.version}, dataset version {dataset}}}\n"
            "}"
        )


def plain(text: str) -> str:
    """Markdown without its marks."""
    return re.sub(r"\[([^\]]+)\]\([^)]+\)", r"\1", text).replace("**", "").replace("`", "")


def _read_yaml(text: str, kind: type[_T], where: str) -> _T:
    try:
        return msgspec.convert(yaml.safe_load(text), kind)
    except msgspec.ValidationError as error:
        raise InputError(f"{where}: {describe_invalid(error)}") from None
    # A value that looks like a day or a number and is none is a ValueError of Python's.
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise InputError(f"{where}: not YAML: {error}") from None
