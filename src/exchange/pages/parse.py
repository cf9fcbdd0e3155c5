"""The text of a page -> a Page."""

import re
from collections.abc import Iterable

from exchange.domain.identity import kind_path
from exchange.domain.identity import slug as slugged
from exchange.domain.page import Entity, Listed, Page, Passage
from exchange.errors import InputError
from exchange.pages import flattened, furniture
from exchange.pages.markdown import blocks, plain

_HEADING = re.compile(r"^#{1,6}\s+(?P<title>.*?)\s*#*$")
_CITE_BUTTON = re.compile(r"^\W*Cite This Artifact\s*\n", re.MULTILINE)
_ENTITY = re.compile(r"^/(?P<path>[a-z][a-z0-9-]*)/(?P<slug>[A-Za-z0-9][\w.-]*)/?$")
_SLUG = re.compile(r"[A-Za-z0-9][\w-]*")
_NOT_ENTITIES = frozenset({"hypothesis", "hypotheses", "artifact", "exchange", "wiki", "debate"})
_NOT_EVIDENCE = frozenset({"see also", "external links", "references", "further reading"})
_RELATED = "related hypotheses"
_REFERENCES = "references"
_SHORTEST_PASSAGE = 30


def parse(text: str, name: str) -> Page:
    """The page that `text` holds; `name` is what its file is called. Raises InputError."""
    rest, metadata, artifact = furniture.take_metadata(text)
    title, markdown = _titled(rest, name)
    markdown, infobox = furniture.take_infobox(markdown)
    markdown, sections = _take_sections(markdown, (_RELATED, _REFERENCES))
    listed, listed_by, other = furniture.read_listing(sections[_RELATED])
    references = furniture.read_references(sections[_REFERENCES])
    body = _rejoined(markdown, other, sections[_REFERENCES])
    found = list(blocks(body))
    values = [block for _, value in infobox for block in blocks(value)] + [
        block for label, _ in infobox for block in blocks(label)
    ]
    if not any(block.text for block in found):
        raise InputError(f"{name} has a title and nothing else: there is no text to import.")
    return Page(
        slug=_slug(metadata, artifact, name),
        title=title,
        kind=metadata.get("entity_type") if isinstance(metadata.get("entity_type"), str) else None,
        body=body,
        source=text,
        infobox=tuple(row for row in infobox if row != ("", title)),
        links=_entities(link for block in values + found for link in block.links),
        passages=_passages((block.section, block.text, block.keys) for block in found),
        cited=tuple(dict.fromkeys(key for block in values + found for key in block.keys)),
        references=references,
        metadata=metadata,
        artifact=artifact,
        listed=_once(listed),
        listed_by=listed_by,
    )


def file_name(page: Page) -> str:
    """What a file with the page's source must be called, without its ending, so that it gives the page again.

    A page that names neither its title nor its slug has taken them from its file's name.
    """
    rest, metadata, artifact = furniture.take_metadata(page.source)
    for name in (page.slug, page.title, f"wiki-{page.slug}"):
        if "/" not in name and _titled(rest, name)[0] == page.title and _slug(metadata, artifact, name) == page.slug:
            return name
    return page.slug


def own_entity(page: Page) -> Entity:
    """The entity that the page is about: its kind's plural and the rest of its slug, as links to it are written."""
    plural = kind_path(page.kind or "")
    if page.kind and page.slug.startswith(f"{plural}-"):
        return Entity(path=plural, slug=page.slug.removeprefix(f"{plural}-"), name=page.title)
    return Entity(path="pages", slug=page.slug, name=page.title)


def _titled(text: str, name: str) -> tuple[str, str]:
    """The title, and the page as Markdown without it."""
    text = _CITE_BUTTON.sub("", text, count=1)
    if flat := flattened.is_flattened(text):
        text = flattened.without_excerpt(text)
    lines = text.strip().split("\n")
    first = _HEADING.match(lines[0])
    if not flat and not first:
        return name, text.strip()
    title = first["title"] if first else lines[0].strip()
    while lines and lines[0].lstrip("# ").strip() in (title, ""):
        lines.pop(0)
    rest = "\n".join(lines)
    return plain(title), flattened.unflatten(rest) if flat else rest


def _take_sections(markdown: str, wanted: tuple[str, ...]) -> tuple[str, dict[str, list[str]]]:
    """The Markdown without the wanted sections, and the lines of each."""
    taken: dict[str, list[str]] = {title: [] for title in wanted}
    kept: list[str] = []
    here: list[str] = kept
    in_code = False
    for line in markdown.split("\n"):
        in_code ^= line.startswith(("```", "~~~"))
        heading = None if in_code else _HEADING.match(line)
        if heading:
            title = heading["title"].strip().lower()
            here = taken.get(title, kept)
            if title in taken:
                continue
        here.append(line)
    return "\n".join(kept), taken


def _rejoined(markdown: str, other: list[str], references: list[str]) -> str:
    """The body, with what the taken sections held beside their own kind of line."""
    parts = [markdown.strip()]
    if other:
        parts.append("## Related Hypotheses\n\n" + "\n".join(other))
    if any(line.strip() for line in references):
        parts.append("## References\n\n" + "\n".join(references).strip())
    return "\n\n".join(part for part in parts if part)


def _slug(metadata: dict[str, object], artifact: str | None, name: str) -> str:
    named = metadata.get("slug")
    if isinstance(named, str) and _SLUG.fullmatch(named):
        return named
    return slugged((artifact or name).removeprefix("wiki-")) or "page"


def _entities(links: Iterable[tuple[str, str]]) -> tuple[Entity, ...]:
    found: dict[str, Entity] = {}
    for address, words in links:
        link = _ENTITY.match(address)
        if link and link["path"] not in _NOT_ENTITIES:
            entity = Entity(path=link["path"], slug=link["slug"], name=words or link["slug"])
            found.setdefault(entity.key, entity)
    return tuple(found.values())


def _passages(blocks: Iterable[tuple[str, str, tuple[str, ...]]]) -> tuple[Passage, ...]:
    return tuple(
        Passage(section=section, text=text, keys=keys)
        for section, text, keys in blocks
        if len(text) >= _SHORTEST_PASSAGE and section.lower() not in _NOT_EVIDENCE
    )


def _once(listed: tuple[Listed, ...]) -> tuple[Listed, ...]:
    """Each hypothesis as it is listed first."""
    first: dict[str, Listed] = {}
    for each in listed:
        first.setdefault(each.hypothesis, each)
    return tuple(first.values())
