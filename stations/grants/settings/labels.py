"""What the settings of a year and the acts on them are called."""

from enum import StrEnum

from stations.core import audit, labels
from stations.core.language import lazy_gettext as _l
from stations.grants.settings.rules import ReallocationRule

labels.register(
    {
        ReallocationRule.SMALLER20: _l("少ないほうの費目の2割まで自由に流用できる"),
        ReallocationRule.ANY20: _l("どの費目も2割を超えて動くときは変更承認が要る"),
    }
)


class SettingsAct(StrEnum):
    """制度設定 has no states; what was entered stands beside the act."""

    SAVE = "save"
    DRAFT = "draft"
    APPROVE = "approve"
    RETURN = "return"


labels.register(
    {
        SettingsAct.SAVE: _l("制度設定を保存する"),
        SettingsAct.DRAFT: _l("制度設定を起案する"),
        SettingsAct.APPROVE: _l("制度設定を決裁する"),
        SettingsAct.RETURN: _l("制度設定の起案を差し戻す"),
    }
)
audit.register("fiscal_year_setting", acts=SettingsAct)
audit.register("settings_draft", acts=SettingsAct)
