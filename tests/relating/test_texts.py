from exchange.relating.texts import Lexicon, shared, words

BOILERPLATE = "This page provides detailed information about structure and function."
CLAIM = "Droplets sequester arachidonate before lipoxygenases reach the membrane"


def lexicon(count: int = 100) -> Lexicon:
    return Lexicon.of([*(f"{BOILERPLATE} Note {number}." for number in range(count)), CLAIM])


def test_words_of_many_texts_weigh_nothing() -> None:
    assert lexicon().weight("information") == 0 < lexicon().weight("arachidonate")


def test_boilerplate_is_not_shared() -> None:
    assert shared(words(BOILERPLATE), [words(BOILERPLATE)], lexicon()) == ()


def test_a_passage_that_says_most_of_a_claim_shares_its_distinctive_words() -> None:
    passage = words("In old cells droplets sequester arachidonate long before lipoxygenases come near.")

    assert {"arachidonate", "droplets"} <= {*shared(words(CLAIM), [passage], lexicon())}


def test_words_that_are_spread_over_passages_do_not_count() -> None:
    passages = [words(word) for word in CLAIM.split()]

    assert shared(words(CLAIM), passages, lexicon()) == ()


def test_a_few_words_of_a_claim_are_too_little() -> None:
    assert shared(words(CLAIM), [words("droplets sequester lipids")], lexicon()) == ()


def test_where_few_texts_are_known_nothing_is_said_to_be_shared() -> None:
    few = lexicon(10)

    assert not few.enough
    assert shared(words(CLAIM), [words(CLAIM)], few) == ()


def test_nothing_is_shared_with_a_page_without_passages() -> None:
    assert shared(words(CLAIM), [], lexicon()) == ()
