"""What an export has written."""

from exchange.domain.noun import Noun


class Written(Noun):
    """A file of the folder: its path in it, what it is called, what a row of it is, and how many there are."""

    name: str
    title: str
    about: str
    rows: int
