"""What the acts on receipts and accounts are called in a timeline, and what a report needs on its list."""

from stations.core import audit, labels
from stations.core.language import lazy_gettext as _l
from stations.grants.reporting import AccountsAct, Need, ReceiptAct
from stations.grants.rules import Status

labels.register(
    {
        AccountsAct.SAVE_REPORT: _l("実績報告を書く"),
        AccountsAct.AUDIT: _l("会計を監査する"),
        AccountsAct.QUESTION: _l("監査が会計に直してほしいと伝える"),
        AccountsAct.VOID_AUDIT: _l("会計が変わり、監査がやり直しになった"),
        AccountsAct.RECORD_INCOME: _l("収入を記録する"),
        AccountsAct.CORRECT_INCOME: _l("収入の記録を訂正する"),
        AccountsAct.CANCEL_INCOME: _l("収入の記録を取り消す"),
    }
)
labels.register(
    {
        ReceiptAct.ENTER: _l("領収書を登録する"),
        ReceiptAct.CORRECT: _l("領収書を訂正する"),
        ReceiptAct.CANCEL: _l("領収書を取り消す"),
        ReceiptAct.TICK: _l("領収書を確認する"),
        ReceiptAct.FIND: _l("領収書に指摘をつける"),
        ReceiptAct.ANSWER: _l("指摘に答える"),
        ReceiptAct.DISALLOW: _l("一部を対象外にする"),
        ReceiptAct.ALLOW_AGAIN: _l("対象外を取り消す"),
        ReceiptAct.CONFIRM: _l("もう1人の担当として確認する"),
    }
)
labels.register(
    {
        Need.SUMMARY: _l("実施した内容"),
        Need.COMPLETED_ON: _l("完了した日"),
        Need.CHANGE: _l("変更の申請"),
        Need.REALLOCATION: _l("費目の間の流用"),
        Need.FUNDS: _l("収入と支出のつり合い"),
        Need.AUDIT: _l("会計の監査"),
    }
)

audit.register("receipt", acts=ReceiptAct, statuses=Status)
