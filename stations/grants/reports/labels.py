"""What a report needs, as its list calls it."""

from stations.core import labels
from stations.core.language import lazy_gettext as _l
from stations.grants.reports.rules import Need

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
