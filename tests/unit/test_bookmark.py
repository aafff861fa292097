"""Where a long scan was stopped: each command finds its own place again, and no other one's."""

from pathlib import Path
from typing import Any

import pytest

from ops.bookmark import Bookmark
from ops.terminal import Stop


def come(bookmark: Bookmark) -> Any:
    found: list[Any] = []
    bookmark.read(found.append)
    return found[0]


def test_only_the_same_command_goes_on(tmp_path: Path) -> None:
    fixing, looking = (Bookmark(tmp_path, {"survey": "shop", "fix": fix}) for fix in (True, False))
    fixing.keep(lambda: "here")
    with pytest.raises(Stop, match="nothing to resume of this very command"):
        looking.read(print)
    assert come(fixing) == "here"
    fixing.remove()
    with pytest.raises(Stop, match="nothing to resume"):
        fixing.read(print)


def test_commands_in_one_folder_do_not_lose_each_others_place(tmp_path: Path) -> None:
    one, other = (Bookmark(tmp_path, {"survey": survey}) for survey in ("shop", "cafe"))
    one.keep(lambda: "one")
    other.keep(lambda: "other")
    other.remove()
    assert come(one) == "one"
    assert len(list(tmp_path.iterdir())) == 1


def test_a_bookmark_is_whole_while_the_same_command_writes_it_elsewhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bookmark, elsewhere = (Bookmark(tmp_path, {}, monotonic=lambda: 0.0) for _ in range(2))
    replace = Path.replace

    def replace_while_another_process_writes(written: Path, place: Path) -> Path:
        monkeypatch.setattr(Path, "replace", replace)
        monkeypatch.setattr("os.getpid", lambda: -1)
        elsewhere.keep(lambda: "elsewhere", now=True)
        return replace(written, place)

    monkeypatch.setattr(Path, "replace", replace_while_another_process_writes)
    bookmark.keep(lambda: "here", now=True)
    assert come(bookmark) == "here"
    assert len(list(tmp_path.iterdir())) == 1


@pytest.mark.parametrize("content", ["", "{}", "[]", "null", "\xff"])
def test_what_no_command_wrote_is_told_and_not_gone_on_from(tmp_path: Path, content: str) -> None:
    bookmark = Bookmark(tmp_path, {"survey": "shop"})
    bookmark.path.write_text(content, encoding="latin-1")
    with pytest.raises(Stop, match="Leave out --resume"):
        bookmark.read(print)


def test_a_bookmark_is_written_every_few_seconds(tmp_path: Path) -> None:
    seconds = iter([0.0, 1.0, 1.0, 6.0, 6.0])
    bookmark = Bookmark(tmp_path, {}, monotonic=lambda: next(seconds))
    for where in ("first", "too soon", "later"):
        bookmark.keep(lambda where=where: where)  # type: ignore[misc]
    assert come(bookmark) == "later"
