"""An urgent memo that nobody acknowledged goes on: to 福祉まるごと相談窓口, then to 地域共生課."""

from stations.core import audit, clock
from stations.core.database import lock
from stations.referrals import deadlines, queries
from stations.referrals.models import Observation
from stations.referrals.rules import ObservationAct
from stations.referrals.services import steps
from stations.referrals.services.observations import urgent_hours


def escalate(*, observation: Observation) -> bool:
    """Pass one memo on to the next in line, if its time has come; returns whether it was. The system's own act.

    The desk needs no consent (支援会議) and takes the memo over. 地域共生課, the last in line, is told its number and whom
    to telephone, never what it says.
    """
    lock(observation)
    if not queries.is_unanswered(observation, clock.now()):
        return False
    desk, before = queries.desk(), observation.agency
    if desk is not None and desk.id != before.id:
        observation.agency = desk
        observation.escalate_at = deadlines.answer_by(clock.now(), urgent_hours())
        _record(observation, ObservationAct.ESCALATE, {"from": before.name, "to": desk.name})
        people = queries.agency_people(desk.id) + queries.agency_people(before.id)
        subject = steps.MEMO_ESCALATED
    else:
        observation.escalate_at, observation.section_alerted_at = None, clock.now()
        _record(observation, ObservationAct.ALERT_SECTION, {})
        steps.tell(queries.section_people(), steps.MEMO_UNANSWERED, observation, by=None, alerted=True)
        people, subject = queries.agency_people(before.id), steps.MEMO_UNANSWERED
    steps.tell([*people, *queries.station_leaders(observation.station_id)], subject, observation, by=None)
    return True


def _record(observation: Observation, act: ObservationAct, detail: dict[str, str]) -> None:
    status = observation.status
    audit.record(observation, act=act, by=None, from_status=status, to_status=status, detail=detail)
