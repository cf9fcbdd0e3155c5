"""Files, environment and flags become frozen settings; an unknown key is refused."""

import datetime
import json
import os
import re
import tomllib
from fnmatch import fnmatchcase
from functools import cache, lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

from platformdirs import user_config_path, user_data_path
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
    TomlConfigSettingsSource,
)

from exchange.domain.address import Where, where
from exchange.domain.bands import Bands
from exchange.domain.format import Format
from exchange.domain.money import Price
from exchange.domain.noun import Noun, complaint
from exchange.domain.rubric import Rubric
from exchange.errors import ConfigError, RubricError
from exchange.shipped import shipped

_SITE = re.compile(
    r"https?://(?:[a-z0-9._-]+|\[[0-9a-f:.]+\])(?::[0-9]+)?(?:/[a-z0-9._~/%-]*)?", re.IGNORECASE | re.ASCII
)
_Record = TypeVar("_Record", bound=Noun)


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Limits(_Table):
    """Seconds, counts of calls, and US dollars."""

    concurrency: int = Field(ge=1, le=1_000)
    connect_seconds: float = Field(gt=0)
    call_seconds: float = Field(gt=0)
    attempts: int = Field(ge=1, le=20)
    longest_wait: float = Field(ge=0)
    lease_seconds: float = Field(ge=1)
    debates: int = Field(ge=1, le=1_000)
    item_seconds: float = Field(gt=0)
    heartbeat_seconds: float = Field(ge=1)
    outage_seconds: float = Field(ge=0)
    daily_cost: Annotated[float, Field(ge=0)] | Literal["none"]

    @property
    def cap(self) -> float | None:
        """What all runs of a day may cost, in US dollars."""
        return None if self.daily_cost == "none" else self.daily_cost


class BatchSettings(_Table):
    """How questions become provider batches: seconds, what one file may hold, how many debates are held at once."""

    quiet_seconds: float = Field(ge=0)
    first_pause: float = Field(gt=0)
    longest_pause: float = Field(gt=0)
    requests: int = Field(ge=1, le=50_000)
    bytes: int = Field(ge=1_000, le=200_000_000)
    debates: int = Field(ge=1)


class Rates(_Table):
    """What a model allows in a minute."""

    requests: int | None = Field(default=None, ge=1)
    tokens: int | None = Field(default=None, ge=1)


class Settings(BaseSettings):
    """What configs/exchange.toml documents, key by key."""

    model_config = SettingsConfigDict(
        frozen=True, extra="forbid", env_prefix="EXCHANGE_", env_nested_delimiter="__", allow_inf_nan=False
    )

    format: str
    db: str = Field(repr=False)
    paid_calls: bool
    tracing: bool
    site: str
    models: dict[str, str | datetime.date]
    keys: dict[str, str]
    limits: Limits
    batches: BatchSettings
    rates: dict[str, Rates]

    @field_validator("site")
    @classmethod
    def _leads_somewhere(cls, site: str) -> str:
        if site and not _SITE.fullmatch(site):
            raise ValueError(f"{site!r} is no base address: write http(s)://host, with a path if need be, or nothing")
        return site.rstrip("/")

    @field_validator("db")
    @classmethod
    def _can_be_read(cls, db: str) -> str:
        try:
            where(db)
        except ConfigError as error:
            raise ValueError(str(error).rstrip(".")) from None
        return db

    @property
    def database(self) -> Where:
        """The SQLite file, or the address of the PostgreSQL database."""
        return where(self.db) if self.db else user_data_path("exchange", appauthor=False) / "exchange.db"

    def rate(self, model: str) -> Rates | None:
        """What the model of that full name allows in a minute: of the patterns that fit, the first."""
        return next((rate for pattern, rate in self.rates.items() if fnmatchcase(model, pattern)), None)

    def model(self, name: str) -> str:
        """The full name of a model: `name` itself, or what [models] says it stands for; raises ConfigError."""
        if ":" in name:
            return name
        full = self.models.get(name)
        if not isinstance(full, str) or ":" not in full:
            known = ", ".join(sorted(key for key, value in self.models.items() if isinstance(value, str)))
            raise ConfigError(
                f"No model is called {name!r}. Write provider:name, as in local:smollm2, or one of [models]: {known}."
            )
        return full

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 # pydantic-settings' signature
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 # the same
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Flags, then environment, then the user's file, then the shipped one."""
        files = [TomlConfigSettingsSource(settings_cls, path) for path in (user_file(), shipped_file())]
        return init_settings, env_settings, *files


def shipped_file() -> Path:
    """The shipped exchange.toml, which holds every key."""
    return shipped("configs") / "exchange.toml"


def user_file() -> Path:
    """The user's exchange.toml: EXCHANGE_CONFIG names it, else it lies where the system keeps settings."""
    named = os.environ.get("EXCHANGE_CONFIG")
    return Path(named).expanduser() if named else user_config_path("exchange", appauthor=False) / "exchange.toml"


def settings(**flags: Any) -> Settings:
    """The settings with `flags` on top (None means: not given). Raises ConfigError."""
    _check_environment()
    try:
        return Settings(**{key: value for key, value in flags.items() if value is not None})
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{user_file()} is not TOML: {error}.") from error
    except SettingsError as error:
        raise ConfigError(f"The environment does not fit: {error}.") from error
    except OSError as error:
        raise ConfigError(f"{user_file()} cannot be read: {error.strerror}.") from error
    except (ValidationError, UnicodeDecodeError) as error:
        raise ConfigError(f"The settings of {user_file()} and EXCHANGE_… do not fit: {_first(error)}.") from error


_VARIABLES: tuple[Any, ...] = (
    *(f"EXCHANGE_{name.upper()}" for name in ("config", *Settings.model_fields)),
    *("HOME", "XDG_CONFIG_HOME", "XDG_CONFIG_DIRS", "XDG_DATA_HOME", "XDG_DATA_DIRS"),
)
_ENVIRONMENT: Any = os.environ
# Each look into the environment as text decodes it, and every page looks.
if os.supports_bytes_environ:
    _VARIABLES, _ENVIRONMENT = tuple(map(os.fsencode, _VARIABLES)), os.environb


def stamp() -> tuple[object, ...]:
    """What settings and bands are made from, as far as it can change: while this is the same, so are they."""
    named = tuple(map(_ENVIRONMENT.get, _VARIABLES))
    return named, *map(_stamp, _own_files(named))


@cache
def _own_files(_named: tuple[Any, ...]) -> tuple[str, str]:
    """The user's settings and bands, as long as the environment is such."""
    return str(user_file()), str(user_file().parent / "bands.toml")


def _stamp(path: str) -> tuple[int, ...]:
    try:
        seen = os.stat(path)
    except OSError:
        return ()
    return seen.st_mtime_ns, seen.st_size, seen.st_ino


def _check_environment() -> None:
    named = os.environ.get("EXCHANGE_CONFIG")
    if named and not user_file().is_file():
        raise ConfigError(f"EXCHANGE_CONFIG names {named}, and there is no such file.")
    known = {"CONFIG", *(field.upper() for field in Settings.model_fields)}
    for variable in sorted(os.environ):
        if variable.startswith("EXCHANGE_") and variable.removeprefix("EXCHANGE_").split("__")[0] not in known:
            raise ConfigError(f"The environment has {variable}, which is no setting; see configs/exchange.toml.")


def format_named(name: str) -> Format:
    """A debate format by name or path. Raises ConfigError."""
    return _read("formats", name, Format, ConfigError)


def rubric_named(name: str) -> Rubric:
    """A rubric by name or path. Raises RubricError."""
    return _read("rubrics", name, Rubric, RubricError)


def bands() -> Bands:
    """The bands: the user's bands.toml where there is one, else the shipped one. Raises ConfigError."""
    own = user_file().parent / "bands.toml"
    return _parse(own if own.is_file() else shipped("configs") / "bands.toml", Bands, ConfigError)


def prices_file() -> Path:
    """Where the user's own prices lie, if there are any."""
    return user_file().parent / "prices.toml"


def prices() -> dict[str, Price]:
    """The user's own prices, by a model's full name or a pattern of it, in the file's order. Raises ConfigError."""
    own = prices_file()
    return _parse(own if own.is_file() else shipped("configs") / "prices.toml", _Prices, ConfigError).models


class _Prices(Noun):
    models: dict[str, Price] = Field(default_factory=dict)


def _read(kind: str, name: str, record: type[_Record], raised: type[Exception]) -> _Record:
    folders = (user_file().parent / kind, shipped("configs") / kind)
    paths = [Path(name)] if name.endswith(".toml") else [folder / f"{name}.toml" for folder in folders]
    for path in paths:
        if path.is_file():
            return _parse(path, record, raised)
    known = sorted({path.stem for folder in folders for path in folder.glob("*.toml")})
    raise raised(f"There is no {kind[:-1]} {name!r}. There are: {', '.join(known)}; or name a .toml file.")


def _parse(path: Path, record: type[_Record], raised: type[Exception]) -> _Record:
    try:
        found: _Record = _parsed(path, record, _stamp(str(path)))
    except OSError as error:
        raise raised(f"{path} cannot be read: {error.strerror}.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise raised(f"{path} is not TOML: {error}.") from error
    except ValidationError as error:
        raise raised(f"{path} does not fit: {_first(error)}.") from error
    return found


@lru_cache(maxsize=64)
def _parsed(path: Path, record: type[_Record], _stamp: tuple[int, ...]) -> _Record:
    """What the file holds, as long as it has that stamp."""
    with path.open("rb") as file:
        content = tomllib.load(file)
    return record.from_json(json.dumps(content, default=str))


def _first(error: ValidationError | UnicodeDecodeError) -> str:
    """The first complaint, in words: which key, what is wrong with it."""
    if isinstance(error, UnicodeDecodeError):
        return "it is not UTF-8"
    where, said = complaint(error)
    if error.errors(include_url=False)[0]["type"] == "extra_forbidden":
        return f"unknown key {where!r}"
    return f"{where or 'the file'!r}: {said[0].lower()}{said[1:]}"
