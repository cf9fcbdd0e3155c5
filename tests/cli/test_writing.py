"""What a command writes is whole or not there."""

import os
import threading
from pathlib import Path

import pytest

from exchange.cli.writing import write
from exchange.errors import InputError


def test_a_file_is_written_with_the_folders_above_it(tmp_path: Path) -> None:
    write(tmp_path / "a" / "b" / "c.svg", "△")

    assert (tmp_path / "a" / "b" / "c.svg").read_bytes() == "△".encode()


def test_a_file_takes_the_place_of_an_older_one_and_leaves_nothing_beside_it(tmp_path: Path) -> None:
    for text in ("older and longer", "newer"):
        write(tmp_path / "a.svg", text)

    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("a.svg", "newer")]


def test_what_cannot_be_written_whole_leaves_the_older_file(tmp_path: Path) -> None:
    (tmp_path / "a.svg").write_text("older")
    with pytest.raises(UnicodeEncodeError):
        write(tmp_path / "a.svg", "newer \ud800")

    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("a.svg", "older")]


def test_a_link_goes_on_pointing_to_the_file(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "file")
    write(tmp_path / "link", "x")

    assert ((tmp_path / "link").is_symlink(), (tmp_path / "file").read_text()) == (True, "x")


def test_a_pipe_is_written_to_and_stays_one(tmp_path: Path) -> None:
    pipe, read = tmp_path / "pipe", []
    os.mkfifo(pipe)
    reader = threading.Thread(target=lambda: read.append(pipe.read_text()))
    reader.start()
    write(pipe, "x")
    reader.join()

    assert (read, pipe.is_fifo()) == (["x"], True)


@pytest.mark.parametrize("path", ["", "file/a.svg"])
def test_what_is_no_place_for_a_file_is_refused(tmp_path: Path, path: str) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(InputError, match="cannot be written"):
        write(tmp_path / path, "x")
