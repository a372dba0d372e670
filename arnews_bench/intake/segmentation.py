"""A proposal of the documents on a scraped news page, from its lines alone.

The rules look at the order of lines, the gaps between them and repeated titles. A person corrects
the proposal; `benchmarks/segmentation.py` measures how much there is to correct.
"""

from collections.abc import Iterable
from typing import NamedTuple

from arnews_bench.intake.lines import Line, Role, ends_sentence, page_lines
from arnews_bench.schema import Kind
from arnews_bench.text import Span, normalise

__all__ = ["Proposal", "propose"]

# One paragraph of at most this many words is a teaser, even if it was not cut off.
_TEASER_WORDS = 60


class Proposal(NamedTuple):
    """A document that a page seems to hold, as ranges of the page."""

    kind: Kind
    title: Span | None
    body: Span | None


class _Title(NamedTuple):
    line: Line
    repeated: bool = False
    # Whether a byline, a dateline or the like stands between the text before and this title.
    parted: bool = False


class _Draft(NamedTuple):
    """A document that is being read: its title and its paragraphs so far."""

    title: _Title | None
    paragraphs: list[Line]

    @property
    def cut_off(self) -> bool:
        """Whether its last paragraph breaks off."""
        return not ends_sentence(self.paragraphs[-1].text)

    @property
    def gap(self) -> int:
        """The widest gap between its paragraphs."""
        return max((line.gap for line in self.paragraphs[1:]), default=-1)

    def proposal(self) -> Proposal:
        first, last = self.paragraphs[0], self.paragraphs[-1]
        title = self.title.line.span if self.title else None
        short = len(self.paragraphs) == 1 and (
            self.cut_off or len(last.text.split()) <= _TEASER_WORDS
        )
        # Without a title it is no brief, whatever its length.
        kind: Kind = "brief" if short and title else "article"
        return Proposal(kind, title, Span(first.span.start, last.span.end))

    @property
    def is_scrap(self) -> bool:
        """Whether it is a ticker or the like: one run of words, no title above, no stop after."""
        return self.title is None and len(self.paragraphs) == 1 and self.cut_off


def propose(raw: str) -> list[Proposal]:
    """Cut a page into documents by its structure.

    An article is a title and the paragraphs after it, a brief a title and one teaser, a headline
    an item of a list or of a section of other articles. Navigation, captions, bylines, datelines,
    keywords, copyright lines, standfirsts and the second copy of a title are left out as far as
    rules can tell.

    Args:
        raw: The text of the page.

    Returns:
        The documents in the order of the page; their ranges do not overlap.
    """
    reader = _Reader()
    for line in page_lines(raw):
        reader.read(line)
    reader.close()
    return _without_copies(raw, reader.found)


class _Reader:
    """Reads the lines of a page in order; what it has found lies in `found`."""

    def __init__(self) -> None:
        self.found: list[Proposal] = []
        self._draft: _Draft | None = None
        self._titles: list[_Title] = []
        self._related = False
        self._parted = False

    def read(self, line: Line) -> None:
        """Take the next line."""
        match line.role:
            case Role.RELATED:
                self.close()
                self._related = True
            case Role.END if self._draft is not None or self._related:
                self.close()
                self._related = False
            case Role.END:
                # Above the first paragraph it is one more thing around the article.
                self._parted = True
            case Role.AROUND:
                self._parted = True
            case Role.CAPTION:
                # Among teasers every picture belongs to another one; in an article it may stand
                # between two paragraphs.
                self._parted |= self._related
            case Role.HEADLINE | Role.LISTED:
                self._read_title(line)
            case Role.PARAGRAPH:
                self._read_paragraph(line)

    def close(self) -> None:
        """End the document that is being read; titles that wait for a text are headlines."""
        self._finish()
        self._emit_headlines(self._titles)
        self._titles = []
        self._parted = False

    def _read_title(self, line: Line) -> None:
        draft = self._draft
        if draft and draft.title and not self._titles and draft.title.line.key == line.key:
            # A paragraph between two copies of a title is the standfirst.
            if len(draft.paragraphs) == 1 and line.role is Role.HEADLINE:
                self._titles = [draft.title._replace(repeated=True)]
                self._draft = None
            return
        for place, title in enumerate(self._titles):
            if title.line.key != line.key:
                continue
            if title.line.role is Role.LISTED:
                return
            if line.role is Role.HEADLINE:
                # What stands between two copies of a title goes with its picture.
                self._titles[place:] = [title._replace(repeated=True)]
                return
        self._titles.append(_Title(line, parted=self._parted))

    def _read_paragraph(self, line: Line) -> None:
        if self._draft is None or self._starts_anew(self._draft, line):
            self._finish()
            title = self._take_title()
            self._draft = _Draft(title, [line])
        else:
            # What waited were subheadings.
            self._draft.paragraphs.append(line)
        self._titles = []
        self._parted = False

    def _starts_anew(self, draft: _Draft, line: Line) -> bool:
        """Whether a paragraph after a title is another document's, not one after a subheading."""
        if not self._titles or self._titles[0].line.role is Role.LISTED:
            return False
        title = self._titles[0]
        if title.repeated or title.parted or draft.cut_off:
            return True
        # A title stands apart from the text before it: by more than paragraphs do, or while it
        # stands right on top of its own text.
        above = title.line.gap
        if draft.gap < 0:
            return self._related or above > line.gap
        return above > draft.gap

    def _take_title(self) -> _Title | None:
        """The title of the paragraph that was just read; the others may be headlines."""
        candidates = [t for t in self._titles if t.line.role is Role.HEADLINE]
        listed = [t for t in self._titles if t.line.role is Role.LISTED]
        if not candidates:
            # A teaser may stand below an item of the list.
            title = listed.pop() if listed else None
            self._emit_headlines(listed)
            return title
        repeated = [title for title in candidates if title.repeated]
        if repeated:
            title = repeated[0]
        elif self._related:
            # Headlines without a teaser, and then one with it.
            title = candidates[-1]
        else:
            # A title, and then its standfirst or a caption.
            title = candidates[0]
        above = title.line.span.start
        self._emit_headlines(t for t in self._titles if t.line.span.start < above)
        return title

    def _finish(self) -> None:
        if self._draft is not None and not self._draft.is_scrap:
            self.found.append(self._draft.proposal())
        self._draft = None

    def _emit_headlines(self, titles: Iterable[_Title]) -> None:
        """Lone titles are headlines in a list or under a heading; else they are the site's."""
        for title in titles:
            if self._related or title.line.role is Role.LISTED:
                self.found.append(Proposal("headline", title.line.span, None))


def _without_copies(raw: str, proposals: Iterable[Proposal]) -> list[Proposal]:
    """Pages print an article twice, or a headline in two lists: the first copy is kept."""
    seen: set[tuple[str, ...]] = set()
    kept = []
    for proposal in proposals:
        spans = (proposal.title, proposal.body)
        text = tuple(normalise(raw[s.start : s.end]) if s else "" for s in spans)
        if text not in seen:
            kept.append(proposal)
        seen.add(text)
    return kept
