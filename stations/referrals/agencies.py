"""Rules of agencies: what is done to one, and what who is 福祉まるごと相談窓口 asks for. Pure, as `rules`."""

from datetime import date
from enum import StrEnum

from stations.core.messages import N_, RuleBroken


class AgencyStatus(StrEnum):
    OPEN = "open"
    CLOSED = "closed"


class AgencyAct(StrEnum):
    """What is done to an agency; appointing and relieving are of 福祉まるごと相談窓口."""

    CREATE = "create"
    EDIT = "edit"
    APPOINT_DESK = "appoint_desk"
    RELIEVE_DESK = "relieve_desk"


def check_desk_stays_open(*, is_desk: bool, closed_on: date | None) -> None:
    """`RuleBroken` on "closed_on" when 福祉まるごと相談窓口 would end by the way (社会福祉法106条の6 needs its receiver)."""
    if is_desk and closed_on is not None:
        raise RuleBroken(
            "closed_on",
            N_("福祉まるごと相談窓口は廃止できません。先に、ほかの相談機関を窓口にしてください。"),
        )
