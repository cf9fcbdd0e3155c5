"""A page or a hypothesis as others cite it: BibTeX, RIS and CSL-JSON, with the version that was seen."""

import datetime
import json
from collections.abc import Callable, Iterator

from exchange.domain.identity import slug
from exchange.domain.noun import Noun
from exchange.pages.render.escape import plain

PUBLISHER = "Exchange"
_BIBTEX = str.maketrans(
    {
        # Braces are counted by BibTeX even behind a backslash; these names are not.
        "{": r"\textbraceleft{}",
        "}": r"\textbraceright{}",
        "\\": r"\textbackslash{}",
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
        **{sign: f"\\{sign}" for sign in "#$%&_"},
    }
)
_SHORT_DIGEST = 12


class Citable(Noun):
    """What is cited: `at` is when this version came to be (UTC, ISO 8601), `url` is None where the wiki has no address.

    `number` is the score event's, None for a page, or for a hypothesis that has no score; `digest` is that of the stored
    record. `note` says in words how the hypothesis stood.
    """

    name: str
    title: str
    at: str
    digest: str
    number: int | None = None
    url: str | None = None
    note: str | None = None

    @property
    def key(self) -> str:
        """The citation key, of letters, digits and hyphens: the same for the same version."""
        version = self.digest[:_SHORT_DIGEST] if self.number is None else str(self.number)
        return f"exchange-{slug(self.name) or 'page'}-{version}"

    @property
    def version(self) -> str:
        """The version in words."""
        event = "" if self.number is None else f"score event {self.number}, "
        return f"{event}sha256 {self.digest[:_SHORT_DIGEST]}"

    @property
    def date(self) -> datetime.date:
        """The day of the version, in UTC."""
        return datetime.datetime.fromisoformat(self.at).astimezone(datetime.UTC).date()


def bibtex(cited: Citable) -> str:
    """One `@misc` entry. Letters of every script stay as they are (UTF-8); what TeX would obey is spelt out."""
    fields = {
        "title": f"{{{_tex(cited.title)}}}",
        "howpublished": PUBLISHER,
        "year": str(cited.date.year),
        "month": str(cited.date.month),
        "date": cited.date.isoformat(),
        "version": _tex(cited.version),
        "url": cited.url,
        "note": _tex(cited.note) if cited.note else None,
    }
    lines = [f"  {name} = {{{value}}}," for name, value in fields.items() if value]
    return "\n".join([f"@misc{{{cited.key},", *lines, "}", ""])


def ris(cited: Citable) -> str:
    """One record of type ELEC, each value on a line of its own, lines ended as the format has them."""
    return "".join(f"{tag}  - {value}\r\n" for tag, value in _ris(cited))


def _ris(cited: Citable) -> Iterator[tuple[str, str]]:
    yield "TY", "ELEC"
    yield "ID", cited.key
    yield "TI", plain(cited.title)
    yield "PB", PUBLISHER
    yield "PY", str(cited.date.year)
    yield "DA", cited.date.strftime("%Y/%m/%d")
    yield "ET", cited.version
    if cited.url:
        yield "UR", cited.url
    if cited.note:
        yield "N1", plain(cited.note)
    yield "ER", ""


def csl_json(cited: Citable) -> str:
    """A list with one item."""
    item = {
        "id": cited.key,
        "type": "webpage",
        "title": plain(cited.title),
        "publisher": PUBLISHER,
        "issued": {"date-parts": [[cited.date.year, cited.date.month, cited.date.day]]},
        "version": cited.version,
        "URL": cited.url,
        "note": plain(cited.note) if cited.note else None,
    }
    told = {name: value for name, value in item.items() if value is not None}
    return json.dumps([told], ensure_ascii=False, indent=2) + "\n"


def _tex(text: str) -> str:
    return plain(text).translate(_BIBTEX)


STYLES: dict[str, Callable[[Citable], str]] = {"bibtex": bibtex, "ris": ris, "csl-json": csl_json}
