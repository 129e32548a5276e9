"""What letters print for characters that no font has."""

from stations.core import audit, clock, documents
from stations.core.access import Actor, Permission, demand
from stations.core.database import add
from stations.core.messages import N_, RuleBroken
from stations.core.printed_as import PrintedAs
from stations.grants.letters.labels import CharacterAct

LONGEST = 20


def print_as(*, character: str, printed: str, reason: str, by: Actor) -> PrintedAs:
    """Decide what letters print for ``character`` ("" leaves it out); what was approved stays as it is.

    `RuleBroken` on "character" (one that can be printed is never printed otherwise), "printed" or "reason".
    """
    demand(by, Permission.GRANT_ISSUE, None)
    if len(character) != 1 or not documents.missing_glyphs(character):
        raise RuleBroken(
            "character", N_("印刷できない文字を1つ入力してください。印刷できる文字は、そのまま印刷されます。")
        )
    if documents.missing_glyphs(printed):
        raise RuleBroken("printed", N_("この文字も印刷できません。別の字にしてください。"))
    if len(printed) > LONGEST:
        raise RuleBroken("printed", N_("代わりに印刷する文字は、%(limit)s文字までです。"), limit=LONGEST)
    if not reason.strip():
        raise RuleBroken("reason", N_("理由を入力してください。"))
    decision = add(
        PrintedAs(character=character, printed=printed, reason=reason.strip(), by_id=by.id, at=clock.now())
    )
    audit.record(decision, act=CharacterAct.PRINT_AS, by=by, reason=decision.reason)
    return decision
