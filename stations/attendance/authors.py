"""Who tapped: a mark that the server signs when it draws the counting page, and the device keeps with each touch.

A tablet is passed from hand to hand, and what one volunteer tapped without a network may be sent while another is
signed in. The sender is believed about the author only through this mark. It cannot be made up (it is signed with the
installation's key), names one person and one opening, and holds for touches between the drawing of the page and the
longest session after it; `services.receive` also asks that the person had a role at the station on that day. Any other
touch is stored as its sender's, with `AttendanceEvent.author_unsure`; and its `sent_by_id` keeps who sent what somebody else tapped.
What remains possible is what an unattended session always allows: to tap in the name of who is signed in on that tablet.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from flask import current_app
from itsdangerous import BadData, URLSafeSerializer

from stations.core import clock
from stations.people.rules import LONGEST_SESSION

# The judged time of a touch is a little uncertain, by the time a batch takes to arrive.
_TOLERANCE = timedelta(minutes=5)


@dataclass(frozen=True)
class Mark:
    """What a signed mark says: this person was signed in at the counting page of this opening at this time."""

    person_id: int
    opening_id: int
    drawn_at: datetime

    def holds_for(self, opening_id: int, happened_at: datetime) -> bool:
        """Whether a touch of this opening at this time may have been made on that page."""
        age = happened_at - self.drawn_at
        return opening_id == self.opening_id and -_TOLERANCE <= age <= LONGEST_SESSION


def mark(*, person_id: int, opening_id: int) -> str:
    """The mark for the page that is drawn now."""
    return str(_signer().dumps([person_id, opening_id, int(clock.now().timestamp())]))


def read(text: str | None) -> Mark | None:
    """What a mark says; None when there is none, or this installation did not sign it."""
    try:
        person_id, opening_id, drawn = _signer().loads(text or "")
    except BadData:
        return None
    return Mark(person_id, opening_id, datetime.fromtimestamp(drawn, UTC))


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["STATIONS"].secret_key, salt="stations.attendance:author")
