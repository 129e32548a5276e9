"""An urgent memo that nobody acknowledged goes on: to 福祉まるごと相談窓口, then to 地域共生課."""

from stations.core import clock
from stations.core.access import AGENCY_ROLES
from stations.core.database import lock
from stations.referrals import deadlines
from stations.referrals.models import Observation
from stations.referrals.queries import sheets
from stations.referrals.rules import ObservationAct
from stations.referrals.services import notices, steps
from stations.referrals.services.observations import urgent_hours


def escalate(*, observation: Observation) -> bool:
    """Pass one memo on to the next in line, if its time has come; returns whether it was. The system's own act.

    The desk needs no consent (支援会議) and takes the memo over. 地域共生課, the last in line, is notified of its number and whom
    to telephone, never what it says.
    """
    lock(observation)
    if not sheets.is_unanswered(observation, clock.now()):
        return False
    desk, before = sheets.desk(), observation.agency
    if desk is None or desk.id == before.id:
        with steps.taking(observation, ObservationAct.ALERT_SECTION, by=None):
            observation.escalate_at, observation.section_alerted_at = None, clock.now()
        return True
    relieved = sheets.people_of(observation, AGENCY_ROLES)
    with steps.taking(observation, ObservationAct.ESCALATE, by=None) as taken:
        observation.agency = desk
        observation.escalate_at = deadlines.answer_by(clock.now(), urgent_hours())
        taken.detail = {"from": before.name, "to": desk.name}
    notified = sheets.people_of(observation, taken.step.notifies)
    left = [person for person in relieved if person not in notified]
    notices.notify(left, notices.MEMO_ESCALATED, observation, by=None)
    return True
