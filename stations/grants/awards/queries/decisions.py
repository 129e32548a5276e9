"""What was decided on a grant: its award, and the 取消し of it, published or not."""

from stations.core.money import Yen
from stations.grants.awards.models import GrantCancellation
from stations.grants.models import Grant
from stations.grants.queries import drafts


def pending_cancellation(grant: Grant) -> GrantCancellation | None:
    """The drafted 取消し of a grant that nobody has decided yet."""
    return drafts.pending(GrantCancellation, grant)


def returned_cancellation(grant: Grant) -> GrantCancellation | None:
    """The draft that came back last (差戻し); None once another has been made."""
    return drafts.returned(GrantCancellation, grant)


def cancellations_without_letter(grant: Grant) -> list[GrantCancellation]:
    """The decided 取消し that are not published to the committee, oldest first (letters follow in order).

    An award that was published is also taken back by a letter; of one that was not, nothing is published.
    """
    kinds = [letter.kind for letter in grant.letters]
    if grant.kept_yen is None or "award" not in kinds:
        return []
    return _decided(grant)[kinds.count("cancellation") :]


def award_before(cancellation: GrantCancellation, grant: Grant) -> int:
    """The award as it was before a decided 取消し: what an earlier one had left, else what was awarded."""
    earlier = [row.kept_yen for row in _decided(grant) if row.id < cancellation.id]
    return earlier[-1] if earlier else grant.awarded_yen or 0


def award_as_published(grant: Grant) -> int | None:
    """決定額 as it was published last: a 取消し counts from its letter on."""
    unpublished = cancellations_without_letter(grant)
    return award_before(unpublished[0], grant) if unpublished else decided_award(grant)


def _decided(grant: Grant) -> list[GrantCancellation]:
    return [one for one in grant.cancellations if one.approved]


def cancellation_unpublished(grant: Grant) -> bool:
    """Whether a 取消し waits for its letter."""
    return bool(cancellations_without_letter(grant))


def is_cancelled(grant: Grant) -> bool:
    """Whether the award was taken back (取消し), also after the refund: its amount is fixed by no 額の確定.

    Of a 一部取消し that is reported, inspected and determined it is not.
    """
    return grant.fixed_yen is not None and grant.determination_drafted_by_id is None


def first_award(grant: Grant) -> Yen | None:
    """What was awarded, a 取消し left aside; None until the award is approved, and for a refusal."""
    return grant.awarded_yen if grant.decision_approved_by_id and grant.refusal_reason is None else None


def decided_award(grant: Grant) -> Yen | None:
    """決定額: `first_award`, and after a 取消し what is left of it (0 when all of it was cancelled)."""
    return first_award(grant) if grant.kept_yen is None else grant.kept_yen
