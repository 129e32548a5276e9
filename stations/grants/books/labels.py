"""What receipts, their acts and the accounts of the ledger are called."""

from stations.core import audit, labels
from stations.core.language import lazy_gettext as _l
from stations.grants.books.rules.accounts import ReceiptAct
from stations.grants.books.rules.bookkeeping import Account
from stations.grants.books.rules.receipts import Level, ReceiptKind
from stations.grants.rules import Status

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

audit.register("receipt", acts=ReceiptAct, statuses=Status)
labels.register(
    {
        ReceiptKind.RECEIPT: _l("領収書"),
        ReceiptKind.BANK_SLIP: _l("振込明細"),
        ReceiptKind.ESTIMATE: _l("見積書"),
        ReceiptKind.INVOICE: _l("請求書"),
        ReceiptKind.DELIVERY_NOTE: _l("納品書"),
    }
)
labels.register(
    {
        Level.ERROR: _l("直してください"),
        Level.WARNING: _l("ご確認ください"),
    }
)
labels.register(
    {
        Account.CITY_CASH: _l("市"),
        Account.COMMITTEE_CASH: _l("実行委員会の現金・預金"),
        Account.EXPENSE: _l("支出"),
        Account.INCOME: _l("収入"),
        Account.OWN_FUNDS: _l("自己資金"),
    }
)
