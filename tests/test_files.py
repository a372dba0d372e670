"""Reading says what is wrong and where; writing is all or nothing."""

import os

import msgspec
import pytest

from arnews_bench.errors import InputError
from arnews_bench.files import encode_lines, read_bytes, read_json_lines, replace_file
from arnews_bench.schema import TextSpan

GOOD = '{"start": 0, "end": 3, "text": "قال"}'.encode()
SPANS = msgspec.json.Decoder(TextSpan)


def read(path, *lines):
    path.write_bytes(b"\n".join(lines) + b"\n")
    return read_json_lines(path, SPANS)


def error_of(path, *lines):
    with pytest.raises(InputError) as caught:
        read(path, *lines)
    return str(caught.value)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "spans.jsonl"


def test_rows_come_with_their_line_numbers(path):
    span = TextSpan(start=0, end=3, text="قال")
    assert read(path, GOOD, b"", b"  ", GOOD) == [(1, span), (4, span)]


def test_a_byte_order_mark_and_windows_line_ends_do_no_harm(path):
    assert [line for line, _ in read(path, b"\xef\xbb\xbf" + GOOD + b"\r", b"\r", GOOD)] == [1, 3]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (b'{"start": 0', "broken JSON"),
        (GOOD + b" " + GOOD, "broken JSON"),
        (b'{"start": 0, "end": 3, "text": "\xff"}', "not UTF-8: byte 0xff at byte 33 of the line"),
        (b"\xff\xfe{", "not UTF-8: byte 0xff at byte 1 of the line"),
        (b'{"start": 0, "end": "3", "text": ""}', "field `end`: Expected `int`, got `str`"),
        (b'{"start": 0.5, "end": 3, "text": ""}', "field `start`: Expected `int`, got `float`"),
        (b'{"start": 0, "end": 3, "text": null}', "field `text`: Expected `str`, got `null`"),
        (b'{"start": 0, "end": 3, "text": "", "typ": 1}', "unknown field `typ`"),
        (b'{"start": 0, "text": ""}', "missing required field `end`"),
        (b"[0, 3]", "Expected `object`, got `array`"),
    ],
)
def test_a_bad_line_is_named_with_file_line_and_field(path, line, said):
    message = error_of(path, GOOD, line, GOOD)
    assert f"{path}:2: " in message
    assert said in message
    assert f"{path}:1:" not in message
    assert f"{path}:3:" not in message


def test_a_field_inside_a_record_is_named_with_its_path(path):
    path.write_bytes(b'[{"start": 0, "end": 1, "text": "a"}, {"start": "0"}]\n')
    with pytest.raises(InputError, match=r"field `\[1\]\.start`: Expected `int`"):
        read_json_lines(path, msgspec.json.Decoder(list[TextSpan]))


def test_of_many_bad_lines_twenty_are_shown_and_the_rest_counted(path):
    message = error_of(path, *[b"{"] * 23)
    assert f"{path}:20: " in message
    assert f"{path}:21: " not in message
    assert message.endswith("… and 3 more")


def test_twenty_bad_lines_are_all_shown(path):
    message = error_of(path, *[b"{"] * 20)
    assert f"{path}:20: " in message
    assert "more" not in message


@pytest.mark.parametrize("content", [b"", b"\n \n", b"\xef\xbb\xbf"])
def test_a_file_without_rows_is_an_error(path, content):
    assert "holds no rows" in error_of(path, content)


def test_a_missing_file_and_a_folder_are_told_apart(tmp_path):
    with pytest.raises(InputError, match=r"nothing\.jsonl: no such file"):
        read_bytes(tmp_path / "nothing.jsonl")
    with pytest.raises(InputError, match="is a folder, a file is needed"):
        read_bytes(tmp_path)


def test_a_path_through_a_file_cannot_be_read(path):
    path.write_bytes(GOOD)
    with pytest.raises(InputError, match="cannot be read: Not a directory"):
        read_bytes(path / "more")


def test_what_is_written_is_read_back(path):
    spans = [TextSpan(start=0, end=3, text="قال"), TextSpan(start=4, end=5, text="«\n»")]
    path.write_bytes(encode_lines(spans))
    assert [span for _, span in read_json_lines(path, SPANS)] == spans


def test_lines_are_utf_8_with_a_newline_after_each():
    spans = [TextSpan(start=0, end=3, text="قال")] * 2
    assert encode_lines(spans) == '{"start":0,"end":3,"text":"قال"}\n'.encode() * 2
    assert encode_lines([]) == b""


def test_a_file_is_replaced_and_its_folders_are_made(tmp_path):
    target = tmp_path / "a" / "b" / "rows.jsonl"
    replace_file(target, b"old")
    replace_file(target, b"new")
    assert target.read_bytes() == b"new"
    assert [entry.name for entry in target.parent.iterdir()] == ["rows.jsonl"]


@pytest.mark.parametrize("step", ["os.fsync", "pathlib.Path.chmod", "pathlib.Path.replace"])
@pytest.mark.parametrize("failure", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_a_failed_write_leaves_the_old_content_alone(tmp_path, monkeypatch, step, failure):
    target = tmp_path / "rows.jsonl"
    target.write_bytes(b"old")

    def fail(*_, **__):
        raise failure

    monkeypatch.setattr(step, fail)
    full = "rows.jsonl: cannot be written: No space left on device"
    with pytest.raises((InputError, KeyboardInterrupt), match=full if failure.args else None):
        replace_file(target, b"new")
    assert target.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [target]


def test_until_the_last_step_a_reader_sees_the_old_content(tmp_path, monkeypatch):
    target = tmp_path / "rows.jsonl"
    target.write_bytes(b"old")
    seen = []
    monkeypatch.setattr("os.fsync", lambda _: seen.append(target.read_bytes()))
    replace_file(target, b"new")
    assert seen == [b"old"]
    assert target.read_bytes() == b"new"


@pytest.mark.parametrize(("mask", "mode"), [(0o022, 0o644), (0o027, 0o640), (0o077, 0o600)])
def test_a_written_file_has_the_permissions_of_any_new_file(tmp_path, mask, mode):
    target = tmp_path / "rows.jsonl"
    before = os.umask(mask)
    try:
        replace_file(target, b"new")
        assert os.umask(mask) == mask
    finally:
        os.umask(before)
    assert target.stat().st_mode & 0o777 == mode


def test_a_folder_that_cannot_be_made_is_an_input_error(path):
    path.write_bytes(GOOD)
    with pytest.raises(InputError, match="cannot be written"):
        replace_file(path / "rows.jsonl", b"new")
    assert path.read_bytes() == GOOD
