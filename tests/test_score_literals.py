"""However a score is written, what is stored is a finite number from 0 to 1, or nothing."""

import json
import math
import re
from collections.abc import Callable, Iterator
from random import Random

import pytest

from exchange.debate.replies import Judgment
from exchange.domain.calls import Reply, Usage
from exchange.errors import Conflict, InputError, ReplyError
from exchange.jobs.files import read_rows
from exchange.llm.reply import parse
from exchange.store.engine import Store
from tests.builders import judged
from tests.store.rows import HYPOTHESIS, begun, execute

# PostgreSQL's columns have types, and round or refuse what SQLite's conditions do.
pytestmark = pytest.mark.sqlite
LITERALS = 2_000
REPLY = json.dumps(judged(777))
NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
INTEGER = re.compile(r"-?(?:0|[1-9][0-9]*)")
ODD = re.findall(
    r"\S+",
    r"""
    NaN nan NAN -NaN Infinity -Infinity infinity inf -inf Inf 1e309 -1e309 1e400 -1e400 1e999999999 1E+400 9e-400 -9e-400
    true false null True None yes undefined 0x1 0x1p-1 0b1 0o1 1_0 0_5 0_0.5 1e-0_3 .5 5. . - + -. e5 1e 1e+ 0.5e +0.5 +1
    +0 -0.0 -0 -0e0 0 1 0.0 1.0 00 01 -01 00.5 1e-3 1E-3 1e0 10e-1 100e-2 0.1e1 1.0000000001 0.9999999999 -1e-9 1e-9
    -1e-320 5e-324 1e-400 100 101 -1 55.5 55.0 5e1 99.999999999999999999 100.0 1e2 2 0.30000000000000004 0,5 0.5f 0.5L 1/2
    50% ½ ٠.٥ ٥٥ ۰.۵ ०.५ ０.５ ５５ 0．5 −0.5 0.5; 0.5# 'half' "0.7" "1" "" "NaN" "١" [] [0.5] {} {"value":0.5} 0.5,0.6 0.5}
    0.5{} {0.5} {"credence":10,"credence":90} 10,"credence":90 0.1,"score":0.9 0.1,"sc\u006fre":0.9 12345678901234567890
    1e18 -1e18 0.0000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000001
    """,
)
BLANK = [
    " 0.5 ",
    "\t0.5",
    "0.5\u00a0",
    "\u20030.5",
    "0. 5",
    "- 0.5",
    "5 5",
    "0.5\u200b",
    "\ufeff0.5",
    " ",
    "9" * 400,
    "9" * 5_000,
]
COLUMNS = (
    "hypothesis_id, debate_id, cause, state, value, low, high, composite, standing, demonstration, policy, record,"
    " digest, at"
)
EVENT = (
    f"INSERT OR IGNORE INTO score_event ({COLUMNS}) VALUES (?, ?, ?, 'scored', ?, ?, ?, ?, 6, 0, 'p', '{{}}', '', '')"
)
VERDICT = (
    'INSERT OR IGNORE INTO verdict (debate_id, seat, "when", "order", model, credence, call_id, record, digest)'
    " VALUES (?, ?, 'prior', 'blind', 'm', ?, 1, '{}', '')"
)
# Where a column's value stands among value, low, high and composite that fit together.
EVENTS: dict[str, Callable[[object], tuple[object, ...]]] = {
    "value": lambda given: ("imported", given, None, None, None),
    "low": lambda given: ("first debate", 1, given, 1, None),
    "high": lambda given: ("first debate", 0, 0, given, None),
    "composite": lambda given: ("first debate", 0.5, 0.4, 0.6, given),
}


def literals() -> list[str]:
    """The odd ones, and numbers of all sizes in all notations; the same ones every time."""
    chance = Random(11)
    found = dict.fromkeys([*ODD, *BLANK, *map(str, range(-20, 121))])
    while len(found) < LITERALS:
        found[_written(chance)] = None
    return list(found)


def _written(chance: Random) -> str:
    number = chance.choice(
        [chance.random(), chance.uniform(-2, 3), chance.uniform(-30, 130), chance.random(), chance.gauss(0, 1e6)]
    )
    notation = chance.choice(
        ["{:.2f}", "{!r}", "{:e}", "{:.3E}", "{:.0f}", "{:.0f}", "{:+.2f}", "{:g}", "{:08.3f}", "{:,.1f}"]
    )
    text = notation.format(number)
    return chance.choice([str.strip] * 7 + [_quoted, _in_arabic, _wide])(text)


def _quoted(text: str) -> str:
    return f'"{text}"'


def _in_arabic(text: str) -> str:
    return text.translate({ord("0") + digit: 0x0660 + digit for digit in range(10)})


def _wide(text: str) -> str:
    return text.translate({ord("0") + digit: 0xFF10 + digit for digit in range(10)})


ALL = literals()


def fraction(text: str) -> float | None:
    """The number from 0 to 1 that JSON's grammar reads in it."""
    stripped = text.strip(" \t\n\r")
    value = float(stripped) if NUMBER.fullmatch(stripped) else math.nan
    return value + 0.0 if 0 <= value <= 1 else None


def percentage(text: str) -> int | None:
    """The integer from 0 to 100 that JSON's grammar reads in it."""
    stripped = text.strip(" \t\n\r")
    whole = INTEGER.fullmatch(stripped) and len(stripped) < 10
    return int(stripped) if whole and 0 <= int(stripped) <= 100 else None


def plain(value: object) -> bool:
    """Is it nothing, or a finite number from 0 to 1 without the sign of zero?"""
    return value is None or (type(value) is float and 0 <= value <= 1 and math.copysign(1, value) > 0)


def said(text: str) -> Reply:
    return Reply(text=text, finish="stop", usage=Usage())


def believed(literal: str) -> int | None:
    """The credence of a judge who writes it so, None where the reply is refused."""
    try:
        return parse(said(REPLY.replace("777", literal)), Judgment).credence
    except ReplyError:
        return None


def imported(literal: str, csv_file: bool) -> float | None:
    """The score that a file gives a hypothesis so, None where the file is refused."""
    cell = '"{}"'.format(literal.replace('"', '""'))
    text = f"title,origin,score\nx,y,{cell}\n" if csv_file else f'{{"title": "x", "origin": "y", "score": {literal}}}'
    try:
        return read_rows(text, "a file", csv_file)[0].score
    except InputError:
        return None


def inserted(store: Store, insert: str, rows: list[tuple[object, ...]]) -> None:
    """What the database does not refuse of these rows."""
    with store.writing() as transaction:
        transaction.exec_driver_sql(insert, rows)


def given() -> Iterator[object]:
    """Every literal as text, as bytes, and as the number that Python reads in it."""
    for literal in ALL:
        yield from (literal, literal.encode())
        try:
            yield float(literal)
        except ValueError:
            continue


def stored(store: Store, column: str, table: str) -> list[object]:
    with store.reading() as transaction:
        return [row[0] for row in transaction.exec_driver_sql(f"SELECT {column} FROM {table}")]


def one_begun(store: Store) -> str:
    """The id of a debate that verdicts and scores can name as theirs."""
    return begun(store).debate


def test_there_are_2000_literals_of_which_many_are_scores_and_many_are_none() -> None:
    scores = sum(fraction(each) is not None for each in ALL)
    credences = sum(percentage(each) is not None for each in ALL)

    assert (len(set(ALL)), 300 < scores < 1_700, credences > 100) == (LITERALS, True, True)


def test_a_judges_credence_is_an_integer_from_0_to_100_or_nothing() -> None:
    odd = [each for each in ALL if (believed(each), type(believed(each))) != (percentage(each), type(percentage(each)))]

    assert odd == []


@pytest.mark.parametrize("csv_file", [True, False], ids=["CSV", "JSON Lines"])
def test_an_imported_score_is_a_fraction_written_as_in_json_or_nothing(csv_file: bool) -> None:
    read = {each: imported(each, csv_file) for each in ALL}
    odd = [each for each, value in read.items() if value != fraction(each) or not plain(value)]

    assert odd == []


@pytest.mark.parametrize("column", EVENTS)
def test_whatever_is_inserted_as_a_score_is_stored_as_a_fraction_or_not_at_all(
    example_store: Store, column: str
) -> None:
    debate = one_begun(example_store)
    rows = [EVENTS[column](each) for each in given()]
    debates = [None if cause == "imported" else debate for cause, *_ in rows]
    inserted(example_store, EVENT, [(HYPOTHESIS, name, *row) for name, row in zip(debates, rows, strict=True)])
    found = stored(example_store, column, "score_event")
    wanted = {fraction(each) for each in ALL} - {None}

    assert ([], set()) == ([each for each in found if not (each is None or plain(each))], wanted - set(found))


def test_whatever_is_inserted_as_a_credence_is_stored_as_a_whole_percentage_or_not_at_all(example_store: Store) -> None:
    debate = one_begun(example_store)
    inserted(example_store, VERDICT, [(debate, f"judge-{seat}", each) for seat, each in enumerate(given())])
    found = stored(example_store, "credence", "verdict")
    wanted = {percentage(each) for each in ALL} - {None}

    assert ([], set()) == (
        [each for each in found if type(each) is not int or not 0 <= each <= 100],
        wanted - set(found),
    )


@pytest.mark.parametrize("credence", [55.5, 0.7, 99.9999, "55.5", 1e-9])
def test_a_credence_that_is_not_whole_is_refused(example_store: Store, credence: object) -> None:
    debate = one_begun(example_store)

    with pytest.raises(Conflict, match="credence_is_whole"):
        execute(example_store, VERDICT.replace(" OR IGNORE", ""), debate, "judge-1", credence)


@pytest.mark.parametrize("zero", [-0.0, "-0.0", "-0", "-0e0"])
def test_a_negative_zero_is_stored_as_zero(example_store: Store, zero: object) -> None:
    execute(example_store, EVENT, HYPOTHESIS, None, *EVENTS["value"](zero))

    assert [str(each) for each in stored(example_store, "value", "score_event")] == ["0.0"]


def test_a_column_that_is_named_twice_is_refused() -> None:
    with pytest.raises(InputError, match="line 1: the column score is named twice"):
        read_rows("title,origin,score,score\nx,y,0.1,0.9\n", "a file", csv_file=True)


@pytest.mark.parametrize("score", ["0_5", "nan", "٠.٥", "infinity", ".5", "0,5"])
def test_a_score_that_json_would_not_write_is_refused_with_how_to_write_it(score: str) -> None:
    with pytest.raises(InputError, match=f"line 2: score: '{score}' is no number as JSON writes it, such as 0.7"):
        read_rows(f'title,origin,score\nx,y,"{score}"\n', "a file", csv_file=True)
