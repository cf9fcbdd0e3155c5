"""The rows of the matrix by name. Each is a function of the size that returns an outcome for each of its lines."""

from collections.abc import Callable, Iterator, Mapping

from tests.faults.busy import busy
from tests.faults.disk import disk
from tests.faults.kill import kill
from tests.faults.killed_batches import killed_batches
from tests.faults.limits import limits
from tests.faults.money import money
from tests.faults.outcome import Outcome, Size
from tests.faults.points import points
from tests.faults.poison import poison
from tests.faults.provider_batches import provider_batches
from tests.faults.replies import replies
from tests.faults.secrets import secrets
from tests.faults.verifying import verifying
from tests.faults.workers import workers
from tests.faults.writers import writers

ROWS: Mapping[str, Callable[[Size], Iterator[Outcome]]] = {
    "kill": kill,
    "points": points,
    "writers": writers,
    "replies": replies,
    "busy": busy,
    "limits": limits,
    "money": money,
    "poison": poison,
    "batches": killed_batches,
    "workers": workers,
    "disk": disk,
    "secrets": secrets,
    "verifying": verifying,
    "provider-batches": provider_batches,
}
