"""What is asked of the engine as a whole."""

from pruvan_desk.core.changes import Changes
from pruvan_desk.operations.integrations import ask_engine
from pruvan_desk.store.database import Database

STOP = "stop"


def ask_stop(database: Database, who: str) -> Changes:
    """Asks the engine that is at work to stop, as a signal does; one that starts later does not heed it."""
    return ask_engine(database, STOP, who)
