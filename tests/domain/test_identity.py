import hashlib
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exchange.domain.identity import canonical, derived_hypothesis_id, digest, hypothesis_id, new_debate_id, slug
from exchange.errors import InputError

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=8,
)
FIELDS = st.dictionaries(st.text(max_size=5), st.integers() | st.booleans() | st.none(), min_size=2, max_size=5)


@pytest.mark.parametrize("text", ["h-3d993b5d", "H-3D993B5D", " h-3d993b5d\n"])
def test_a_hypothesis_id_is_read_without_case_and_space(text: str) -> None:
    assert hypothesis_id(text) == "h-3d993b5d"


def test_twelve_hex_digits_are_an_id() -> None:
    assert hypothesis_id("h-3d993b5dAC55") == "h-3d993b5dac55"


@pytest.mark.parametrize(
    "text",
    ["", "h-", "3d993b5d", "h-3d993b5", "h-3d993b5d0", "h-3d993b5d00ff0", "h-3d993b5g", "h_3d993b5d", "h-3d993b5d x"],
)
def test_anything_else_is_no_id(text: str) -> None:
    with pytest.raises(InputError, match="is not a hypothesis id"):
        hypothesis_id(text)


def test_a_derived_id_is_an_id() -> None:
    name = derived_hypothesis_id("PLIN2 protects", "")

    assert hypothesis_id(name) == name


def test_a_derived_id_ignores_case_and_outer_space() -> None:
    assert derived_hypothesis_id("PLIN2 protects", "") == derived_hypothesis_id(" plin2 PROTECTS ", "")


def test_another_statement_is_another_derived_id() -> None:
    assert derived_hypothesis_id("PLIN2", "protects") != derived_hypothesis_id("PLIN2", "harms")


def test_words_do_not_move_between_the_parts_of_a_derived_id() -> None:
    assert derived_hypothesis_id("PLIN2", "protects") != derived_hypothesis_id("PLIN2protects", "")


def test_debate_ids_differ() -> None:
    assert new_debate_id() != new_debate_id()


@settings(max_examples=60, deadline=None)
@given(FIELDS)
def test_the_order_of_keys_changes_no_digest(fields: dict[str, int | None]) -> None:
    backwards = dict(reversed(fields.items()))

    assert digest(fields) == digest(backwards)


def test_another_value_is_another_digest() -> None:
    assert digest({"clip": 0.10}) != digest({"clip": 0.11})


def test_a_digest_is_the_sha256_of_compact_sorted_json() -> None:
    assert digest({}) == "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"


def test_the_canonical_form_is_utf8_without_spaces() -> None:
    assert canonical({"b": ["β", 1], "a": None}) == '{"a":null,"b":["β",1]}'.encode()


@settings(max_examples=100, deadline=None)
@given(VALUES)
def test_a_digest_is_that_of_json_with_sorted_keys_whatever_the_value(value: object) -> None:
    form = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)

    assert digest(value) == hashlib.sha256(form.encode()).hexdigest()


@pytest.mark.parametrize("text", ["", "\x00\x1f\x7f\x80\u2028\ufeff", 'a"\\/b', "β-amyloid 🧬", "\ud7ff\ue000"])
def test_a_texts_digest_is_that_of_its_json_whatever_its_letters(text: str) -> None:
    form = json.dumps(text, ensure_ascii=False)

    assert digest(text) == hashlib.sha256(form.encode()).hexdigest()


@pytest.mark.parametrize("value", ["\ud800", {"a": "\udfff"}])
def test_half_a_letter_has_no_digest(value: object) -> None:
    with pytest.raises((TypeError, ValueError), match="surrogates"):
        digest(value)


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_what_json_cannot_hold_has_no_digest(number: float) -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        digest(number)


@pytest.mark.parametrize(
    ("text", "expected"), [("Cell Types", "cell-types"), ("  PLIN2 (perilipin 2) ", "plin2-perilipin-2"), ("--", "")]
)
def test_a_slug_joins_lower_case_words_by_hyphens(text: str, expected: str) -> None:
    assert expected == slug(text)
