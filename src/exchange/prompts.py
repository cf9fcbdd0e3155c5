"""prompts/*.md -> prompts with a digest. A missing or an unused variable is an error."""

import hashlib
import tomllib
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from string import Template

from exchange.errors import PromptError
from exchange.shipped import shipped

_FENCE = "+++"


@dataclass(frozen=True, kw_only=True)
class Prompt:
    """A prompt file: `variables` is exactly what its text uses; `digest` is the SHA-256 of the file."""

    name: str
    version: str
    variables: frozenset[str]
    text: str
    digest: str

    def fill(self, **values: str) -> str:
        """The text with every variable replaced; raises PromptError unless the names are exactly the variables."""
        self.expect(frozenset(values))
        return "".join(values[part] if is_name else part for part, is_name in self._parts)

    @cached_property
    def _parts(self) -> tuple[tuple[str, bool], ...]:
        """The text, taken apart once: words of ours, and names of variables."""
        parts, end = [], 0
        for found in Template.pattern.finditer(self.text):
            name = found["named"] or found["braced"]
            parts += [(self.text[end : found.start()], False), (name or "$", bool(name))]
            end = found.end()
        return *parts, (self.text[end:], False)

    def expect(self, names: frozenset[str]) -> None:
        """Raises PromptError unless `names` are exactly the variables that the prompt uses."""
        if lacking := sorted(names - self.variables):
            raise PromptError(f"The prompt {self.name!r} lacks the variable ${{{lacking[0]}}}; put it into its text.")
        if invented := sorted(self.variables - names):
            raise PromptError(f"The prompt {self.name!r} uses ${{{invented[0]}}}, which nothing fills; take it out.")


def load(name: str, variables: frozenset[str], folder: Path | None = None) -> Prompt:
    """The prompt `name`.md of `folder` (the shipped prompts by default). Raises PromptError."""
    path = (folder or shipped("prompts")) / f"{name}.md"
    try:
        seen = path.stat()
        prompt = _read(path, seen.st_mtime_ns, seen.st_size, seen.st_ino)
    except (OSError, UnicodeDecodeError) as error:
        raise PromptError(f"The prompt {path} cannot be read: {error}.") from error
    prompt.expect(variables)
    return prompt


@lru_cache(maxsize=64)
def _read(path: Path, *_stamp: int) -> Prompt:
    """The prompt, as long as its file has that stamp."""
    return _parse(path, path.read_bytes().decode())


def _parse(path: Path, text: str) -> Prompt:
    opening, _, rest = text.partition(f"{_FENCE}\n")
    front, closing, body = rest.partition(f"\n{_FENCE}\n")
    if opening or not closing:
        raise PromptError(f"The prompt {path} must begin with front matter between two lines {_FENCE}.")
    try:
        fields = tomllib.loads(front)
        name, version, declared = fields["name"], fields["version"], frozenset(fields["variables"])
        if not isinstance(name, str) or not isinstance(version, str):
            raise TypeError("name and version are strings")
    except (tomllib.TOMLDecodeError, KeyError, TypeError) as error:
        raise PromptError(f"The front matter of {path} needs name, version and variables: {error}.") from error
    template = Template(body)
    if not template.is_valid():
        raise PromptError(f"The prompt {path} has a $ that begins no variable; write $$ for the sign itself.")
    used = frozenset(template.get_identifiers())
    if used != declared:
        odd = sorted(used ^ declared)[0]
        where = "uses it and does not declare it" if odd in used else "declares it and does not use it"
        raise PromptError(f"The variable {odd!r} of the prompt {path}: the file {where}.")
    return Prompt(
        name=name,
        version=version,
        variables=used,
        text=body.strip(),
        digest=hashlib.sha256(text.encode()).hexdigest(),
    )
