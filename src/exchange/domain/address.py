"""Where a database is: the path of an SQLite file, or the address of a PostgreSQL database."""

import re
from pathlib import Path
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from exchange.errors import ConfigError

_SCHEMES = ("postgresql+psycopg", "postgresql")
_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
# The settings of a connection that name a place; others, which may be secrets, are not shown.
_PLACES = ("host", "port")
_HIDDEN = "***"


class Address:
    """`postgresql+psycopg://user:password@host:port/name?…`; as text it has no password."""

    def __init__(self, text: str) -> None:
        """Raises ConfigError, which does not repeat the text: there may be a password in it."""
        try:
            parts = urlsplit(text)
            port = parts.port
            settings = parse_qsl(parts.query, strict_parsing=bool(parts.query))
        except ValueError as error:
            raise _malformed() from error
        if parts.scheme not in _SCHEMES:
            raise ConfigError(
                f"A database is a path or begins with {_SCHEMES[0]}://, and this one begins with {parts.scheme}://."
            )
        name = unquote(parts.path.removeprefix("/"))
        if not name or "/" in name or parts.fragment:
            raise _malformed()
        self.url = f"{_SCHEMES[0]}{text[len(parts.scheme) :]}"
        self.name, self.password = name, unquote(parts.password or "") or dict(settings).get("password", "")
        user = f"{parts.username}@" if parts.username else ""
        host = f"{parts.hostname or ''}{f':{port}' if port else ''}"
        places = "&".join(f"{key}={quote(value, safe='/')}" for key, value in settings if key in _PLACES)
        self._shown = f"{_SCHEMES[0]}://{user}{host}/{quote(name)}{'?' if places else ''}{places}"
        self._secrets = [value for key, value in settings if key not in _PLACES and "pass" in key]
        self._secrets += [self.password, parts.password or ""]

    def hidden(self, text: str) -> str:
        """The text without the address's password."""
        for secret in sorted(filter(None, self._secrets), key=len, reverse=True):
            text = text.replace(secret, _HIDDEN)
        return text

    def __str__(self) -> str:
        return self._shown

    __repr__ = __str__

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Address) and self.url == other.url

    def __hash__(self) -> int:
        return hash(self.url)


Where = Path | Address


def where(text: str) -> Where:
    """The path or address that the text is. Raises ConfigError."""
    return Address(text) if _ADDRESS.match(text) else Path(text).expanduser()


def _malformed() -> ConfigError:
    return ConfigError(
        f"The address of the database cannot be read. Write {_SCHEMES[0]}://user@host:port/name; "
        "signs such as @ : / ? # % in a password are written as %40 and so on."
    )
