from jinja2 import Environment, StrictUndefined

from exchange import JinjaExtension
from exchange.pages import words
from tests import places
from tests.pages.hosts.conftest import HOSTILE

SLUG = "genes-plin2"


def rendered(template: str, autoescape: bool = True) -> str:
    environment = Environment(extensions=["exchange.JinjaExtension"], autoescape=autoescape, undefined=StrictUndefined)
    return environment.from_string(template).render(slug=SLUG)


def test_the_extension_may_be_given_by_its_name_or_itself() -> None:
    by_name = rendered("{{ slug | related }}")
    itself = Environment(extensions=[JinjaExtension], autoescape=True).from_string("{{ slug | related }}")

    assert itself.render(slug=SLUG) == by_name


def test_the_global_gives_a_template_the_records() -> None:
    template = "{% for each in related(slug).hypotheses %}{{ each.id }} {{ each.value }};{% endfor %}"

    assert rendered(template) == f"h-0e9a3b1c 0.7;h-5d20c7f4 None;{HOSTILE} None;"


def test_one_hypothesis_is_a_record_too() -> None:
    assert rendered("{{ hypothesis('h-0e9a3b1c').hypothesis.value }}") == "0.7"


def test_the_filter_gives_markup_that_is_not_escaped_again() -> None:
    assert rendered("{{ slug | related }}").startswith('<section class="exchange"')


def test_the_filter_gives_the_same_whether_the_host_escapes_or_not() -> None:
    template = f"{{{{ slug | related }}}}{{{{ '{HOSTILE}' | hypothesis }}}}"

    assert rendered(template) == rendered(template, autoescape=False)


def test_markup_in_a_hypothesis_is_text() -> None:
    shown = rendered(f"{{{{ slug | related }}}}{{{{ '{HOSTILE}' | hypothesis }}}}")

    assert ("<img" in shown, shown.count("&lt;img"), "49" in shown) == (False, 3, False)


def test_a_hypothesis_within_a_sentence_is_its_link_and_how_it_stands() -> None:
    assert rendered("{{ 'h-0e9a3b1c' | hypothesis }}") == (
        '<span class="exchange-line"><a href="/hypothesis/h-0e9a3b1c">'
        "<bdi>PLIN2 lets astrocytes hold inflammatory lipids</bdi></a> "
        "<strong>0.70</strong> (0.35–0.85) △ strong · uncalibrated</span>"
    )


def test_an_unknown_hypothesis_is_a_sentence() -> None:
    assert words.NO_SUCH in rendered("{{ 'h-ffffffff' | hypothesis }}{{ none | hypothesis }}")


def test_an_unknown_page_is_a_sentence() -> None:
    assert words.NONE in rendered("{{ 'genes-nonesuch' | related }}")


def test_a_missing_database_is_a_sentence() -> None:
    places.file().unlink()

    assert words.PROBLEM in rendered("{{ slug | related }}")
