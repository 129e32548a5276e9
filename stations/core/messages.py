"""The one exception that pure rules raise, and the marker for the text it carries.

Rules know nothing of languages: they mark their Japanese sentences with `N_` so that the catalogue
finds them, and the view translates `RuleBroken.message` and fills `RuleBroken.params` in.
"""


def N_(text: str) -> str:
    """Mark `text` for the catalogue and return it unchanged."""
    return text


class RuleBroken(Exception):
    """Something a person asked for is against a rule.

    field: the name of the form field to point at, or None for the form as a whole.
    message: a sentence marked with `N_` saying what to do; its `%(name)s` places are filled from params.
    """

    def __init__(self, field: str | None, message: str, /, **params: object) -> None:
        super().__init__(field, message, params)
        self.field = field
        self.message = message
        self.params = params

    def __str__(self) -> str:
        return self.message % self.params if self.params else self.message


class Conflict(RuleBroken):
    """The object is no longer in the state in which the act was offered (views answer 409)."""


class NotAllowed(RuleBroken):
    """An act was tried by someone whose role, own draft or own committee forbids it (answers 403)."""
