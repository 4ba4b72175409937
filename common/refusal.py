"""How an action says no to a deed that is not possible (any more)."""


class Refused(Exception):
    """The state of things does not allow the deed; nothing was changed.

    `reason` is a translated sentence for the person; `field` names the form
    field it belongs to, or None for the form as a whole. Who may do something
    is another matter: that is `PermissionDenied`.
    """

    def __init__(self, reason: str, *, field: str | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.field = field
