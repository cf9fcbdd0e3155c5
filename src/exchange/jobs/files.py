"""Files of hypotheses: JSON Lines or CSV, one hypothesis a row."""

import csv
import io
import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, Self

import jiter
from pydantic import Field, ValidationError, field_validator, model_validator

from exchange.domain.hypothesis import Hypothesis
from exchange.domain.identity import derived_hypothesis_id, hypothesis_id
from exchange.domain.noun import Noun, complaint
from exchange.errors import InputError

_UNSEEN = re.compile("[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_LISTS = ("targets", "pages")


class HypothesisRow(Noun):
    """A row of the file. In CSV, `targets` and `pages` are separated by semicolons; `score` has an `origin`."""

    id: str | None = None
    title: str = Field(min_length=1)
    statement: str | None = None
    targets: tuple[str, ...] = ()
    pages: tuple[str, ...] = ()
    score: float | None = Field(default=None, ge=0, le=1)
    origin: str | None = Field(default=None, min_length=1)

    @field_validator("title", "statement", "targets", "pages", "origin")
    @classmethod
    def _on_one_line(cls, value: Any) -> Any:
        if isinstance(value, tuple):
            return tuple(one_line(each) for each in value)
        return one_line(value) if value is not None else None

    @field_validator("score")
    @classmethod
    def _without_the_sign_of_zero(cls, value: float | None) -> float | None:
        return None if value is None else value + 0.0

    @model_validator(mode="after")
    def _names_its_origin(self) -> Self:
        if self.score is not None and self.origin is None:
            raise ValueError("a score needs an origin: who gave it")
        return self

    def hypothesis(self) -> Hypothesis:
        """The hypothesis; without an id it gets one made of its words. Raises InputError for an id that is none."""
        name = hypothesis_id(self.id) if self.id else derived_hypothesis_id(self.title, self.statement or "")
        return Hypothesis(id=name, title=self.title.strip(), statement=self.statement, targets=self.targets)


def row_of(hypothesis: Hypothesis, pages: Sequence[str], score: float | None, origin: str | None) -> HypothesisRow:
    """The row from which a file gives the hypothesis again. Words that nobody sees are left out, as reading would refuse them.

    A title of nothing else becomes the id.
    """
    return HypothesisRow(
        id=hypothesis.id,
        title=_seen(hypothesis.title) or hypothesis.id,
        statement=_seen(hypothesis.statement or ""),
        targets=tuple(filter(None, map(_seen, hypothesis.targets))),
        pages=tuple(pages),
        score=score,
        origin=None if score is None else origin,
    )


def _seen(text: str) -> str | None:
    try:
        return one_line(text)
    except ValueError:
        return None


def one_line(text: str) -> str:
    """The words on one line, without characters that nobody sees. Raises ValueError where none are left."""
    line = " ".join(_UNSEEN.sub("", " ".join(text.split())).split())
    if not line:
        raise ValueError("there are no words in it")
    return line


def read_rows(text: str, name: str, csv_file: bool) -> list[HypothesisRow]:
    """All rows of the file. Raises InputError naming the line of the first that does not fit; ids may not repeat."""
    rows: list[HypothesisRow] = []
    seen: dict[str, int] = {}
    for line, values in _csv_values(text, name) if csv_file else _json_values(text, name):
        try:
            row = HypothesisRow.from_json(json.dumps(values))
            here = row.hypothesis().id
        except ValidationError as error:
            where, said = complaint(error)
            columns = ", ".join(HypothesisRow.model_fields)
            raise InputError(
                f"{name}, line {line}: {where or 'the row'}: {said}. Nothing was imported. The columns are {columns}."
            ) from error
        except InputError as error:
            raise InputError(f"{name}, line {line}: {error} Nothing was imported.") from error
        if here in seen:
            raise InputError(f"{name}, line {line}: {here} stands on line {seen[here]} too. Nothing was imported.")
        seen[here] = line
        rows.append(row)
    if not rows:
        raise InputError(f"{name} holds no hypotheses.")
    return rows


def _json_values(text: str, name: str) -> Iterator[tuple[int, Any]]:
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            try:
                yield number, jiter.from_json(line.encode(), catch_duplicate_keys=True)
            except ValueError as error:
                raise InputError(f"{name}, line {number}: not JSON: {error}. Nothing was imported.") from error


def _csv_values(text: str, name: str) -> Iterator[tuple[int, dict[str, Any]]]:
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True, restkey="more cells than columns")
    try:
        _name_each_column_once(reader.fieldnames or (), name)
        for row in reader:
            yield (
                reader.line_num,
                {key: _cell(key, value, name, reader.line_num) for key, value in row.items() if value},
            )
    except csv.Error as error:
        raise InputError(f"{name}, line {reader.reader.line_num}: not CSV: {error}. Nothing was imported.") from error


def _name_each_column_once(columns: Sequence[str], name: str) -> None:
    repeated = next((column for column, times in Counter(columns).items() if column and times > 1), None)
    if repeated:
        raise InputError(f"{name}, line 1: the column {repeated} is named twice. Nothing was imported.")


def _cell(column: str, value: Any, name: str, line: int) -> Any:
    if column in _LISTS:
        return [part.strip() for part in value.split(";") if part.strip()]
    return _number(value, name, line) if column == "score" else value


def _number(text: str, name: str, line: int) -> Any:
    """A number as JSON writes it, so that both kinds of file take the same; blanks around it do not count."""
    if not _NUMBER.fullmatch(text.strip(" \t")):
        raise InputError(
            f"{name}, line {line}: score: {text!r} is no number as JSON writes it, such as 0.7. Nothing was imported."
        )
    return float(text)
