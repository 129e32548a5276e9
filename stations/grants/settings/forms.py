"""The form of 制度設定."""

from wtforms import RadioField
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]  # newer than the stubs

from stations.core.forms import Form, Length, NotRequired, Required, TidyText, WholeNumberField, YenField
from stations.core.labels import label
from stations.core.language import lazy_gettext as _l
from stations.grants.settings.rules import FiscalTerms, ReallocationRule, parse_reminder_days


def _number(name: str) -> WholeNumberField:
    return WholeNumberField(name, [Required(_l("%(name)sを入力してください。", name=name))])


class DeadlinesForm(Form):
    """What of a year's settings may still change once somebody has applied under them."""

    processing_days = _number(_l("標準処理期間（申請・請求・報告を受けてからの日数）"))
    resubmit_days = _number(_l("差し戻した実績報告の再提出の期限（差戻しからの日数）"))
    reminder_days = TidyText(_l("実績報告の催促メールの日（期限からの日数）"), [Length(max=60)])

    def read_reminder_days(self) -> tuple[int, ...]:
        """`RuleBroken` on the field."""
        return parse_reminder_days(self.reminder_days.data or "")


class SettingsForm(DeadlinesForm):
    rate_numerator = _number(_l("補助率の分子"))
    rate_denominator = _number(_l("補助率の分母"))
    cap_yen = YenField(_l("1件の上限額"), [NotRequired()])
    unit_yen = YenField(_l("端数処理の単位"), [Required(_l("端数処理の単位を入力してください。"))])
    report_days = _number(_l("実績報告の期限（事業完了からの日数）"))
    report_latest_month = _number(_l("実績報告の最終期限（翌年度の月）"))
    report_latest_day = _number(_l("実績報告の最終期限（日）"))
    refund_days = _number(_l("返還の納期限（命令からの日数）"))
    reallocation_rule = RadioField(_l("流用のきまり"), [Required(_l("流用のきまりを選んでください。"))])
    document_prefix = TidyText(
        _l("文書番号の課記号"), [Required(_l("課記号を入力してください。")), Length(max=20)]
    )
    retention_years = _number(_l("帳簿と証拠書類の保存年数"))
    programme_item = TidyText(
        _l("重層的支援体制整備事業の区分"), [Required(_l("区分を入力してください。")), Length(max=20)]
    )
    scheme = TidyText(_l("補助金の名称"), [Required(_l("補助金の名称を入力してください。")), Length(max=100)])
    ordinance = TidyText(
        _l("根拠とする要綱"), [Required(_l("要綱の名称を入力してください。")), Length(max=100)]
    )

    def __init__(self, *args: object, **options: object) -> None:
        super().__init__(*args, **options)
        self.reallocation_rule.choices = [SelectChoice(rule.value, label(rule)) for rule in ReallocationRule]

    def terms(self, fiscal_year: int) -> FiscalTerms:
        """What was typed, as the rules take it."""
        return FiscalTerms(
            fiscal_year=fiscal_year,
            rate_numerator=self.rate_numerator.data,
            rate_denominator=self.rate_denominator.data,
            cap_yen=self.cap_yen.data,
            unit_yen=self.unit_yen.data,
            report_days=self.report_days.data,
            report_latest=(self.report_latest_month.data, self.report_latest_day.data),
            refund_days=self.refund_days.data,
            processing_days=self.processing_days.data,
            resubmit_days=self.resubmit_days.data,
            reminder_days=self.read_reminder_days(),
            reallocation_rule=ReallocationRule(self.reallocation_rule.data),
            document_prefix=self.document_prefix.data or "",
            retention_years=self.retention_years.data,
        )
