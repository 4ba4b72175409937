from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class DeskFigure:
    """One of the large numbers on a desk; `note` becomes a link when there is a `url`."""

    label: str
    value: int | str
    of: int | str = ""
    note: str = ""
    url: str = ""
