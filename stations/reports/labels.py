"""What the stages of the overview are called."""

from stations.core import labels
from stations.core.language import lazy_gettext as _l
from stations.reports.rules import Stage

labels.register(
    {
        Stage.DRAFTING: _l("計画作成"),
        Stage.CHECKING: _l("事務局確認"),
        Stage.MEETING: _l("全体会議"),
        Stage.APPROVED: _l("承認済"),
        Stage.DECIDING: _l("交付審査"),
        Stage.RUNNING: _l("実施中"),
        Stage.REPORTING: _l("報告・検査"),
        Stage.SETTLING: _l("精算"),
        Stage.CLOSED: _l("完結"),
        Stage.ENDED: _l("不承認・取下げ"),
    }
)

PAYMENTS = _l("支払")  # payment requests have a line of their own beside the stages
