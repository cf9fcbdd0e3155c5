"""Files of verdicts: what is taken in, and what is refused with its line."""

from pathlib import Path
from time import perf_counter

import pytest

from exchange.errors import InputError
from exchange.jobs.tracks import Read, read_track

HEAD = "item,rater,p,truth\n"


def read(folder: Path, content: str | bytes, *where: tuple[str, str]) -> Read:
    path = folder / "verdicts.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_track(path, where)


def refused(folder: Path, content: str | bytes, *where: tuple[str, str]) -> str:
    with pytest.raises(InputError) as raised:
        read(folder, content, *where)
    return str(raised.value).removeprefix(f"{folder / 'verdicts.csv'}")


def test_a_file_becomes_a_track(tmp_path: Path) -> None:
    track = read(tmp_path, HEAD + "b,x,0.25,1\na,x,.5,0\na,y,1,0\n").track

    assert (track.items, track.raters, track.truth.tolist(), track.panels()) == (
        ("a", "b"),
        ("x", "y"),
        [0, 1],
        [{"x": 0.5, "y": 1.0}, {"x": 0.25}],
    )


@pytest.mark.parametrize(
    "content",
    [
        "\ufeff" + HEAD + "a,x,0.5,1\n",
        HEAD.replace("\n", "\r\n") + "a,x,0.5,1\r\n",
        "truth,more,p,rater,item\n1,words,0.5,x,a\n",
        "item, rater, p, truth\n a , x , 0.5 , 1.0 \n\n",
        '"item","rater","p","truth"\n"a","x","5e-1","1"\n',
    ],
    ids=["byte order mark", "CRLF", "another order and one column more", "blanks", "quotes"],
)
def test_the_form_of_the_file_makes_no_difference(tmp_path: Path, content: str) -> None:
    track = read(tmp_path, content).track

    assert (track.panels(), track.truth.tolist()) == ([{"x": 0.5}], [1])


def test_a_rater_who_rated_an_item_twice_counts_with_the_mean(tmp_path: Path) -> None:
    assert read(tmp_path, HEAD + "a,x,0.25,1\na,x,0.75,1\n").track.panels() == [{"x": 0.5}]


def test_a_row_without_a_probability_is_no_verdict_and_is_counted(tmp_path: Path) -> None:
    found = read(tmp_path, HEAD + "a,x,0.25,1\na,y,,1\nb,y,,0\n")

    assert (found.track.items, found.track.raters, found.blank) == (("a",), ("x",), 2)


def test_verdicts_that_name_no_rater_are_one_raters(tmp_path: Path) -> None:
    found = read(tmp_path, HEAD + "a,,0.25,1\na,,0.75,1\n")

    assert (found.track.panels(), found.unnamed) == ([{"": 0.5}], 2)


def test_rows_are_picked_by_the_values_of_their_columns(tmp_path: Path) -> None:
    content = "round,set,item,rater,p,truth\n1,A,a,x,0.1,1\n2,A,b,x,0.2,1\n2,B,c,x,oops,1\n"

    assert read(tmp_path, content, ("round", "2"), ("set", "A")).track.items == ("b",)


@pytest.mark.parametrize("p", ["1.01", "-0.1", "NaN", "inf", "0,7", "1e400", "50%", "0x1", "1_0", "٠", "NA", "none"])
def test_a_p_that_is_no_probability_is_refused_with_its_line(tmp_path: Path, p: str) -> None:
    assert refused(tmp_path, HEAD + f'a,x,0.5,1\nb,x,"{p}",1\n').startswith(f", line 3: p is {p!r}")


@pytest.mark.parametrize("truth", ["", "2", "0.5", "true", "yes", "-1", "NaN"])
def test_a_truth_that_is_neither_0_nor_1_is_refused_with_its_line(tmp_path: Path, truth: str) -> None:
    assert refused(tmp_path, HEAD + f"a,x,0.5,{truth}\n").startswith(f", line 2: truth is {truth!r}")


def test_an_item_with_two_truths_is_refused_with_both_lines(tmp_path: Path) -> None:
    assert refused(tmp_path, HEAD + "a,x,0.5,1\nb,x,0.5,1\na,y,0.5,0\n") == (
        ", line 4: the truth of 'a' is 0 here and 1 on line 2."
    )


@pytest.mark.parametrize("column", ["item", "rater", "p", "truth"])
def test_a_missing_column_is_named(tmp_path: Path, column: str) -> None:
    assert refused(tmp_path, HEAD.replace(column, "x") + "a,x,0.5,1\n").startswith(
        f", line 1: the column {column!r} is missing."
    )


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (HEAD + ",x,0.5,1\n", ", line 2: the item is blank."),
        (HEAD + "a,x,0.5\n", ", line 2: there are 3 cells, and 4 columns."),
        (HEAD + "a,x,0.5,1,\n", ", line 2: there are 5 cells, and 4 columns."),
        ("item,p,rater,p,truth\n", ", line 1: the column 'p' is named twice."),
        (HEAD, " holds no verdicts."),
        (HEAD + "a,x,,1\n", " holds no verdicts."),
        (HEAD + '"a,x,0.5,1\n', ", line 2: not CSV: unexpected end of data."),
        (b"", " is empty."),
        (HEAD.encode() + b"\xff,x,0.5,1\n", " is not text: byte 19 is no UTF-8. Save it in UTF-8."),
    ],
)
def test_what_is_no_file_of_verdicts_is_refused(tmp_path: Path, content: str | bytes, said: str) -> None:
    assert refused(tmp_path, content) == said


def test_a_column_to_pick_by_that_is_not_there_is_refused(tmp_path: Path) -> None:
    assert refused(tmp_path, HEAD, ("round", "1")) == (
        " has no column 'round' for --where; it has item, rater, p, truth."
    )


def test_values_that_no_row_has_are_refused(tmp_path: Path) -> None:
    assert refused(tmp_path, HEAD + "a,x,0.5,1\n", ("item", "b")) == " holds no verdicts that --where asks for."


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="No such file"):
        read_track(tmp_path / "nix.csv")


@pytest.mark.parametrize(
    ("name", "where", "items", "raters"),
    [
        ("pooledmarket_verdicts", (), 103, 345),
        ("aggrecat_verdicts", (("round", "round_1"),), 25, 25),
        ("nyu_verdicts_dev", (("final", "1"),), 283, 19),
        ("llmbar_natural_verdicts", (), 100, 65),
    ],
)
def test_public_panels_are_taken_in_as_they_are(
    shared: Path, name: str, where: tuple[tuple[str, str], ...], items: int, raters: int
) -> None:
    track = read_track(shared / "data" / f"{name}.csv", where).track

    assert (len(track.items), len(track.raters)) == (items, raters)


def test_a_header_of_a_hundred_thousand_columns_is_read_within_seconds(tmp_path: Path) -> None:
    more = 100_000
    content = HEAD.strip() + "".join(f",c{number}" for number in range(more)) + "\na,x,0.5,1" + "," * more + "\n"
    began = perf_counter()

    assert read(tmp_path, content).track.items == ("a",)
    assert perf_counter() - began < 10
