"""The stories of grants: from 交付申請 to 完結, each stopped where its undertaking says."""

import sqlalchemy as sa

from stations.applications.models import Plan
from stations.core import clock
from stations.core.access import Role
from stations.core.database import db
from stations.core.money import Yen, floor_unit
from stations.demo import spending
from stations.demo.diary import Days, Story
from stations.demo.timetable import Timetable, When
from stations.demo.town import Town
from stations.demo.undertakings import Session, Settlement, Undertaking
from stations.grants.awards.services import awards, cancellations, changes
from stations.grants.letters.services import letters
from stations.grants.models import Grant
from stations.grants.payments.models import PaymentRequest
from stations.grants.payments.services import corrections, payments
from stations.grants.reports.services import inspections, reports
from stations.grants.rules import PaymentStatus, Status
from stations.grants.settings.rules import FiscalTerms
from stations.grants.settings.services import approve_settings, draft_settings
from stations.grants.settlement.queries import calculation
from stations.grants.settlement.services import determinations, recoveries, refunds

_UNIT = 1_000
# Among the stations at work, the second advance has come to different points.
_SECOND_ADVANCES = (
    PaymentStatus.REQUESTED,
    PaymentStatus.DRAFTED,
    PaymentStatus.ORDERED,
    PaymentStatus.PAID,
    PaymentStatus.RETURNED,
)


def settings(days: Days, town: Town) -> Story:
    """The 制度設定 of both years, drafted by an officer and approved by the section head before each begins; the next waits."""
    for year, entered in (
        (days.year - 1, days.winter(2, 2, of=days.year - 1)),
        (days.year, days.before(2, 2)),
    ):
        yield entered
        draft = draft_settings(terms=_terms(year), by=town.officer())
        approve_settings(draft=draft, by=town.city[Role.APPROVER][0])
    yield days.share(0.96)
    draft_settings(terms=_terms(days.year + 1), by=town.officer())  # waits for the section head


def _terms(year: int) -> FiscalTerms:
    return FiscalTerms(
        fiscal_year=year,
        cap_yen=600_000,
        unit_yen=_UNIT,
        processing_days=90,
        document_prefix="松地共（見本）",
    )


def story(town: Town, task: Undertaking, plans: dict[Undertaking, Plan], nth: int) -> Story:
    """One grant's life; ``nth`` varies what is left open in it."""
    times = Timetable(town.days, task, town.dice.random())
    officers = town.of(task.place)
    yield times.at(When.APPLY)
    within = task.session in {Session.SUMMER, Session.AUTUMN}
    grant = awards.apply(
        plan=plans[task], starts_on=clock.today() if within else None, by=officers[Role.CHAIR]
    )
    yield from _decision(town, task, grant, times)
    if grant.status is not Status.ACTIVE:
        return
    yield from _advance(town, task, grant, times)
    yield from spending.story(town, task, grant, times)
    if task.grant is Status.CANCELLED:
        yield from _cancel_all(town, task, grant, times)
        return
    if task.cancelled_part:
        yield from _cancel_part(town, grant, times)
    if task.grant is Status.PARTLY_CANCELLED:
        return
    if task.grant in {Status.ACTIVE, Status.CHANGE_REQUESTED}:
        yield from _second_advance(town, task, grant, nth)
        yield from _change(town, task, grant)
        return
    if task.grant is Status.DISCONTINUED:
        yield from _discontinue(town, task, grant, times)
        return
    yield from _report(town, task, grant, times)
    if task.grant not in {Status.REPORTED, Status.REPORT_RETURNED}:
        yield from _settle(town, task, grant, times)


def _decision(town: Town, task: Undertaking, grant: Grant, times: Timetable) -> Story:
    """審査, 起案, 決裁, 施行."""
    by = town.officer(len(task.title) % 2)
    if task.grant is Status.APPLIED:
        return
    yield times.at(When.REVIEW)
    if task.grant is Status.WITHDRAWN:
        awards.withdraw(
            grant=grant, by=town.of(task.place)[Role.CHAIR], reason="町会の祭りといっしょに開くことにしたため"
        )
        return
    awards.begin_review(grant=grant, by=by)
    if task.grant is Status.REVIEWING:
        return
    yield times.at(When.DRAFT)
    if task.grant is Status.REFUSED:
        awards.draft_refusal(
            grant=grant, reason="店舗の内装工事は、補助の対象となる経費にあたらないため", by=by
        )
    else:
        conditions = "備品は台帳に記録し、5年間保管すること。" if len(task.title) % 3 == 0 else ""
        awards.draft_award(grant=grant, awarded_yen=_award(task, grant), conditions=conditions, by=by)
    if task.grant is Status.DECIDING:
        return
    yield times.at(When.APPROVE)
    awards.approve_decision(grant=grant, by=town.city[Role.APPROVER][0])
    if task.grant is Status.AWARDED:
        return
    yield times.at(When.ISSUE)
    letters.issue(grant=grant, by=by)


def _award(task: Undertaking, grant: Grant) -> Yen:
    """As requested; one in four is cut by a tenth."""
    if task.whole_year and len(task.place.key) % 4 == 0:
        return floor_unit(grant.requested_yen * 9 // 10, _UNIT)
    return grant.requested_yen


def _advance(town: Town, task: Undertaking, grant: Grant, times: Timetable) -> Story:
    """概算払: all of a small award, six tenths of a year's."""
    assert grant.awarded_yen is not None
    all_at_once = (
        task.settlement is not Settlement.BALANCE
        and task.grant is not Status.DISCONTINUED
        and (task.last_year or not task.whole_year)
    )
    amount = grant.awarded_yen if all_at_once else floor_unit(grant.awarded_yen * 6 // 10, _UNIT)
    yield times.at(When.REQUEST)
    request = payments.request_advance(
        grant=grant,
        amount_yen=amount,
        purpose="会場使用料と材料費の支払いのため",
        by=town.of(task.place)[Role.TREASURER],
    )
    yield times.at(When.ORDER)
    payments.draft_order(request=request, by=town.officer(1))
    yield times.at(When.ORDER, 0.3)
    payments.order_payment(request=request, by=town.city[Role.APPROVER][0])
    yield times.at(When.PAY)
    _pay(town, request)
    if task.whole_year and task.place.key == "mabashi":
        yield times.at(When.PAY, 0.4)
        again = corrections.fail_payment(
            request=request,
            returned_on=clock.today(),
            reason="口座名義の変更の届出がなく、振込先の口座が見つからなかったため（銀行から組戻し）",
            by=town.city[Role.CASHIER][0],
        )
        assert again is not None
        yield times.at(When.PAY, 0.6)
        payments.draft_order(request=again, by=town.officer(1))
        payments.order_payment(request=again, by=town.city[Role.APPROVER][0])
        yield times.at(When.PAY, 0.75)
        _pay(town, again)


def _pay(town: Town, request: PaymentRequest) -> None:
    payments.record_payment(
        request=request,
        paid_on=clock.today(),
        reference=f"振込{request.id:04d}",
        by=town.city[Role.CASHIER][0],
    )


def _second_advance(town: Town, task: Undertaking, grant: Grant, nth: int) -> Story:
    """The rest of the award, asked for lately."""
    assert grant.awarded_yen is not None
    wanted, days = _SECOND_ADVANCES[nth % len(_SECOND_ADVANCES)], town.days
    treasurer = town.of(task.place)[Role.TREASURER]
    rest = grant.awarded_yen - floor_unit(grant.awarded_yen * 6 // 10, _UNIT)
    if wanted is PaymentStatus.PAID:
        yield days.share(0.95)
        mistaken = payments.request_advance(
            grant=grant, amount_yen=rest // 2, purpose="会場使用料のため", by=treasurer
        )
        yield days.share(0.9525)
        payments.withdraw_advance(request=mistaken, by=treasurer, reason="材料費も合わせて請求し直すため")
    yield days.share(0.955)
    request = payments.request_advance(
        grant=grant, amount_yen=rest, purpose="これからの会場使用料と材料費のため", by=treasurer
    )
    if wanted is PaymentStatus.REQUESTED:
        return
    yield days.share(0.965)
    if wanted is PaymentStatus.RETURNED:
        payments.return_request(
            request=request,
            reason="前回の概算払の使いみちが分かる領収書を先に登録してください。",
            by=town.officer(1),
        )
        return
    payments.draft_order(request=request, by=town.officer(1))
    if wanted is PaymentStatus.DRAFTED:
        return
    payments.order_payment(request=request, by=town.city[Role.APPROVER][0])
    if wanted is PaymentStatus.PAID:
        yield days.share(0.975)
        _pay(town, request)


def _change(town: Town, task: Undertaking, grant: Grant) -> Story:
    """変更: the farm's is approved, 馬橋's refused, 矢切's waits for its decision, after a withdrawn one."""
    if task.place.key not in {"farm", "hidamari", "mabashi"}:
        return
    yield town.days.share(0.98)
    lines = sorted(grant.lines, key=lambda line: line.awarded_yen)
    unspent = {line.id: line.awarded_yen - spending.spent(line) for line in lines}
    give = max(lines, key=lambda line: unspent[line.id])
    take = next(line for line in lines if line.category is not give.category)
    budgets = {line.id: line.awarded_yen for line in lines}
    moved = floor_unit(unspent[give.id] * 6 // 10, 100)
    budgets[give.id] -= moved
    budgets[take.id] += moved
    chair = town.of(task.place)[Role.CHAIR]
    reason = "参加者が増え、当初の費目のままでは足りなくなったため"
    changes.request_change(grant=grant, budgets=budgets, reason=reason, by=chair)
    if task.grant is Status.CHANGE_REQUESTED:
        yield town.days.share(0.983)
        changes.withdraw_change(grant=grant, by=chair, reason="理由の書き方を、会計と相談し直すため")
        yield town.days.share(0.987)
        reason = "参加者が春の2倍に増え、当初の費目のままでは材料費が足りなくなったため"
        changes.request_change(grant=grant, budgets=budgets, reason=reason, by=chair)
    if task.grant is Status.ACTIVE and grant.status is Status.CHANGE_REQUESTED:
        yield town.days.share(0.985)
        refused = task.place.key == "mabashi"
        changes.decide_change(
            grant=grant,
            approve=not refused,
            reason="講師の謝礼は、当初の計画のとおりにまかなえると見込まれるため" if refused else "",
            by=town.city[Role.APPROVER][0],
        )
        letters.issue_change(grant=grant, by=town.officer())


def _discontinue(town: Town, task: Undertaking, grant: Grant, times: Timetable) -> Story:
    """中止 while an advance is still asked for: the request lapses."""
    assert grant.awarded_yen is not None
    yield times.at(When.SPEND_TO, 0.9)
    payments.request_advance(
        grant=grant,
        amount_yen=grant.awarded_yen - floor_unit(grant.awarded_yen * 6 // 10, _UNIT),
        purpose="これからの会場使用料のため",
        by=town.of(task.place)[Role.TREASURER],
    )
    yield times.at(When.COMPLETE)
    awards.discontinue(
        grant=grant, reason="協力店が閉店し、続けられなくなったため", by=town.of(task.place)[Role.CHAIR]
    )


def _cancel_part(town: Town, grant: Grant, times: Timetable) -> Story:
    """一部取消し: at most what the preparations have cost by then is left, once a report shows it."""
    yield times.at(When.COMPLETE)
    cancellations.draft_cancellation(
        grant=grant,
        reason="会場の使用許可が取り消され、事業を行えなくなったため",
        kept_yen=calculation.keepable(grant).limit,
        by=town.officer(),
    )
    cancellations.cancel(grant=grant, by=town.city[Role.APPROVER][0])
    letters.issue_cancellation(grant=grant, by=town.officer())


def _cancel_all(town: Town, task: Undertaking, grant: Grant, times: Timetable) -> Story:
    """取消し: no report came after the 中止・廃止, so nothing is left and all that was paid has to come back."""
    yield times.at(When.COMPLETE)
    awards.discontinue(grant=grant, reason="担い手が見つからないため", by=town.of(task.place)[Role.CHAIR])
    yield times.at(When.CLOSE)
    cancellations.draft_cancellation(
        grant=grant, reason="期限までに実績報告書が提出されなかったため", by=town.officer()
    )
    cancellations.cancel(grant=grant, by=town.city[Role.APPROVER][0])
    letters.issue_cancellation(grant=grant, by=town.officer())


def _report(town: Town, task: Undertaking, grant: Grant, times: Timetable) -> Story:
    """実績報告 after 監査; some come back once."""
    officers = town.of(task.place)
    yield town.days.leisure(times.at(When.COMPLETE))
    reports.save_report(
        grant=grant,
        summary=(
            f"「{task.title}」の準備をしたが、会場が使えなくなり、開けなかった。"
            if task.cancelled_part
            else f"「{task.title}」を計画どおりに行った。会場では、こどもと高齢の方が自然に言葉を交わしていた。"
        ),
        results="初めて来た人が続けて来るようになった。次は、平日の夕方にも開きたい。",
        completed_on=clock.today(),
        by=officers[Role.CHAIR],
    )
    spending.bear_rest(town, task, grant)
    yield town.days.leisure(times.at(When.AUDIT))
    reports.audit_accounts(grant=grant, by=officers[Role.COMMITTEE_AUDITOR])
    yield times.at(When.REPORT)
    reports.submit_report(grant=grant, by=officers[Role.CHAIR])
    if task.grant is Status.REPORTED:
        yield from _questions(town, task, grant, times)
    if task.grant is Status.REPORT_RETURNED or (task.last_year and task.place.key == "nishiguchi"):
        yield times.at(When.REPORT, 0.4)
        receipt = spending.unreadable(grant)
        inspections.tick(receipt=receipt, ok=False, finding="宛名が読み取れません。", by=town.officer(1))
        reports.return_report(
            grant=grant,
            reason=f"領収書{receipt.number}番の宛名が読み取れません。撮り直すか、発行者に確かめてください。",
            by=town.officer(1),
        )
        if task.grant is Status.REPORT_RETURNED:
            return
        yield times.at(When.REPORT, 0.6)
        spending.enter_again(town, task, grant)
        reports.audit_accounts(grant=grant, by=officers[Role.COMMITTEE_AUDITOR])
        reports.submit_report(grant=grant, by=officers[Role.CHAIR])


def _questions(town: Town, task: Undertaking, grant: Grant, times: Timetable) -> Story:
    """指摘 on two receipts while the report is with the city: one is answered in words, one waits."""
    yield times.at(When.REPORT, 0.3)
    db.session.expire(grant, ["receipts"])
    active = [one for one in grant.receipts if one.cancelled_at is None]
    big = max(active, key=lambda one: one.amount_yen)
    inspections.tick(
        receipt=big, ok=True, by=town.officer(1)
    )  # above the award: a second official looks at it
    first, second = [one for one in active if one is not big][:2]
    inspections.tick(receipt=first, ok=False, finding="何人分の材料ですか。", by=town.officer(1))
    inspections.tick(receipt=second, ok=False, finding="どの回で使ったものですか。", by=town.officer(1))
    yield times.at(When.REPORT, 0.6)
    inspections.answer(
        receipt=first, text="参加者24人と、見本用の1人分です。", by=town.of(task.place)[Role.TREASURER]
    )


def _settle(town: Town, task: Undertaking, grant: Grant, times: Timetable) -> Story:
    """検査, 額の確定, and what follows from it."""
    yield times.at(When.INSPECT)
    db.session.expire(grant, ["receipts"])
    for receipt in grant.receipts:
        if receipt.cancelled_at is None:
            inspections.tick(receipt=receipt, ok=True, by=town.officer(1))
    if task.grant in {Status.INSPECTED, Status.DETERMINING}:
        _disallow(town, grant)
    inspections.inspect(grant=grant, by=town.officer(1))
    if task.grant is Status.INSPECTED:
        return
    yield times.at(When.INSPECT, 0.5)
    determinations.draft_determination(grant=grant, by=town.officer())
    if task.grant is Status.DETERMINING:
        return
    yield times.at(When.DETERMINE)
    determinations.determine(grant=grant, by=town.city[Role.APPROVER][1])
    if task.grant is Status.DETERMINED:
        return
    yield times.at(When.NOTIFY)
    letters.issue_determination(grant=grant, by=town.officer())
    yield times.at(When.SETTLE)
    settled = determinations.settlement_of(grant)
    if settled.refund:
        yield from _refund(town, task, grant, times)
    elif settled.balance:
        yield from _balance(town, task, grant, times)
    if task.grant is Status.CLOSED:
        yield times.at(When.CLOSE)
        determinations.close(grant=grant, by=town.officer())
    if task.last_year and task.place.key in {"farm", "mabashi"}:
        yield from _recover(town, grant, paid=task.place.key == "farm")


def _disallow(town: Town, grant: Grant) -> None:
    """A few hundred yen of one receipt do not count."""
    receipt = max(
        (one for one in grant.receipts if one.cancelled_at is None),
        key=lambda one: (one.amount_yen, one.number),
    )
    inspections.disallow(
        receipt=receipt,
        line_id=receipt.splits[0].line_id,
        amount_yen=min(480, receipt.amount_yen),
        reason="個人の飲み物の代金が含まれているため",
        by=town.officer(1),
    )


def _recover(town: Town, grant: Grant, *, paid: bool) -> Story:
    """A finding about a grant that is closed: one is repaid, the other waits for its decision."""
    yield town.days.share(0.9)
    receipt = max(grant.receipts, key=lambda one: (one.cancelled_at is None, one.amount_yen))
    found = recoveries.draft(
        grant=grant,
        disallowed_yen=max(receipt.amount_yen, _UNIT * 2),
        reason=f"領収書{receipt.number}番の品物が、補助事業では使われていなかったため",
        by=town.officer(),
    )
    if not paid:
        return
    yield town.days.share(0.91)
    recoveries.approve(recovery=found, by=town.city[Role.APPROVER][0])
    yield town.days.share(0.92)
    recoveries.issue(recovery=found, by=town.officer())
    yield town.days.share(0.96)
    recoveries.record(
        recovery=found, received_on=clock.today(), reference="納付書", by=town.city[Role.CASHIER][0]
    )


def _refund(town: Town, task: Undertaking, grant: Grant, times: Timetable) -> Story:
    refunds.draft_refund(grant=grant, by=town.officer(1))
    refunds.order_refund(grant=grant, by=town.city[Role.APPROVER][0])
    refunds.issue_refund(grant=grant, by=town.officer())
    if task.grant is Status.REFUND_DUE:
        return
    yield times.at(When.CASH)
    refunds.record_refund(
        grant=grant, received_on=clock.today(), reference="納付書", by=town.city[Role.CASHIER][0]
    )


def _balance(town: Town, task: Undertaking, grant: Grant, times: Timetable) -> Story:
    determinations.order_balance(grant=grant, by=town.officer(1))
    if task.grant is Status.BALANCE_DUE:
        return
    request = db.session.scalars(sa.select(PaymentRequest).filter_by(grant_id=grant.id, kind="balance")).one()
    yield times.at(When.SETTLE, 0.5)
    payments.order_payment(request=request, by=town.city[Role.APPROVER][0])
    yield times.at(When.CASH)
    _pay(town, request)
