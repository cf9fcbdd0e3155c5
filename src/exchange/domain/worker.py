"""A process that does items of batches which an engine hands out."""

from enum import StrEnum


class WorkerState(StrEnum):
    """`left` went by itself and gave back what it had; `gone` was silent, and another one took over what it had."""

    ALIVE = "alive"
    LEFT = "left"
    GONE = "gone"
