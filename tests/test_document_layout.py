"""However annotations overlap, their pieces give the text, and each lies where it belongs."""

from arnews_bench.report.document_layout import Mark, Piece, RoleSpan, text_pieces


def pieces_of(nodes):
    for node in nodes:
        if isinstance(node, Piece):
            yield node
            yield from pieces_of(node.children)


def text_of(node):
    return "".join(map(text_of, node.children)) if isinstance(node, Piece) else node.text


def segments_of(nodes):
    for node in nodes:
        yield from segments_of(node.children) if isinstance(node, Piece) else [node]


def test_marks_that_nest_become_pieces_that_nest():
    # وزير الخارجية الروسي: OCC, with NORP at its end.
    outer, inner = Mark("entity", 0, 20, 0, "OCC"), Mark("entity", 14, 20, 1, "NORP")
    (piece,) = text_pieces("وزير الخارجية الروسي", [outer, inner], [])
    assert (piece.mark, piece.height, piece.is_last) == (outer, 1, True)
    plain, nested = piece.children
    assert plain.text == "وزير الخارجية "
    assert (nested.mark, nested.height, text_of(nested)) == (inner, 0, "الروسي")


def test_of_two_marks_that_cross_the_later_one_comes_in_two_pieces():
    first, second = Mark("entity", 0, 4, 0, "ORG"), Mark("entity", 2, 6, 1, "LOC")
    nodes = text_pieces("abcdefgh", [first, second], [])
    assert [(p.mark.name, text_of(p), p.is_last) for p in pieces_of(nodes)] == [
        ("ORG", "abcd", True),
        ("LOC", "cd", False),
        ("LOC", "ef", True),
    ]
    assert "".join(map(text_of, nodes)) == "abcdefgh"


def test_roles_cut_no_mark():
    mark = Mark("entity", 0, 4, 0, "ORG")
    nodes = text_pieces("abcdef", [mark], [RoleSpan("content", 2, 6, "A01")])
    assert [text_of(piece) for piece in pieces_of(nodes)] == ["abcd"]
    assert [(s.text, dict(s.roles)) for s in segments_of(nodes)] == [
        ("ab", {}),
        ("cd", {"content": ("A01",)}),
        ("ef", {"content": ("A01",)}),
    ]


def test_a_segment_knows_every_attribution_that_covers_it():
    roles = [
        RoleSpan("content", 0, 8, "A01"),
        RoleSpan("cue", 2, 4, "A02"),
        RoleSpan("content", 3, 6, "A02"),
    ]
    assert [
        (s.text, dict(s.roles), s.begins) for s in segments_of(text_pieces("abcdefgh", [], roles))
    ] == [
        ("ab", {"content": ("A01",)}, ()),
        ("c", {"content": ("A01",), "cue": ("A02",)}, ("A02",)),
        ("d", {"content": ("A01", "A02"), "cue": ("A02",)}, ()),
        ("ef", {"content": ("A01", "A02")}, ()),
        ("gh", {"content": ("A01",)}, ()),
    ]


def test_a_text_without_annotations_is_one_segment_and_an_empty_one_none():
    assert [s.text for s in text_pieces("abc", [], [])] == ["abc"]
    assert text_pieces("", [], []) == ()
