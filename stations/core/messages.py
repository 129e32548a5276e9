"""The refusals that rules and services raise, and the marker for the text they carry.

Rules know nothing of languages: they mark their Japanese sentences with `N_` so that the catalogue
finds them, and the view translates `Refusal.message` and fills `Refusal.params` in.
"""


def N_(text: str) -> str:
    """Mark `text` for the catalogue and return it unchanged."""
    return text


class Refusal(Exception):
    """An act was not done, with a sentence for the person who asked for it; raised as one of the four kinds below.

    The kinds are siblings, so that a handler catches what it means: `Refusal` itself is caught only where every kind
    is answered alike.

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


class RuleBroken(Refusal):
    """What was asked for is against a rule; a form shows it beside its field (answers 422 where no form does)."""


class Conflict(Refusal):
    """The object is no longer in the state in which the act was offered (answers 409)."""


class NotAllowed(Refusal):
    """An act was tried by someone whose role, own draft or own committee forbids it (answers 403)."""


class EditConflict(Refusal):
    """Somebody else saved since the writer opened the page; nothing was overwritten (shown in the form)."""
