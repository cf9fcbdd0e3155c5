"""What tests of debates stand on, ours and yours: scripted models, and a server that goes wrong as it is told.

Every name is loaded when it is first used. Single faults are made by the functions in `exchange.testing.faults`; a
server in a process of its own is started by `exchange.testing.provider`.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from exchange.llm.scripted import ScriptedModel
    from exchange.testing.batch_fault import BATCHES
    from exchange.testing.fault import Fault, Way
    from exchange.testing.faults import CATALOGUE
    from exchange.testing.obliging import oblige
    from exchange.testing.scripts import agreeable_script, judged, script, spoken
    from exchange.testing.served import Served, in_flight, read_log
    from exchange.testing.server import FaultServer

__all__ = [
    "BATCHES",
    "CATALOGUE",
    "Fault",
    "FaultServer",
    "ScriptedModel",
    "Served",
    "Way",
    "agreeable_script",
    "in_flight",
    "judged",
    "oblige",
    "read_log",
    "script",
    "spoken",
]

_ROOMS = {
    "BATCHES": "exchange.testing.batch_fault",
    "CATALOGUE": "exchange.testing.faults",
    "Fault": "exchange.testing.fault",
    "FaultServer": "exchange.testing.server",
    "ScriptedModel": "exchange.llm.scripted",
    "Served": "exchange.testing.served",
    "Way": "exchange.testing.fault",
    "agreeable_script": "exchange.testing.scripts",
    "in_flight": "exchange.testing.served",
    "judged": "exchange.testing.scripts",
    "oblige": "exchange.testing.obliging",
    "read_log": "exchange.testing.served",
    "script": "exchange.testing.scripts",
    "spoken": "exchange.testing.scripts",
}


def __getattr__(name: str) -> Any:
    if name not in _ROOMS:
        raise AttributeError(f"module 'exchange.testing' has no attribute {name!r}")
    return getattr(import_module(_ROOMS[name]), name)


def __dir__() -> list[str]:
    return list(__all__)
