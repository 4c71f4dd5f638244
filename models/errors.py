"""How a thing refuses what its state does not allow.

* NotPossible   the rule that was broken, as a stable code; service/errors.py gives it a status
"""


class NotPossible(Exception):
    """A thing was asked for what it cannot do in the state it is in."""

    def __init__(self, code: str, state: str = "") -> None:
        """Keep the stable code, and the state that stood in the way."""
        super().__init__(code)
        self.code = code
        self.state = state
