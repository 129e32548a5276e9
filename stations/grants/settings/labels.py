"""What the settings of a year and the acts on them are called."""

from enum import StrEnum

from stations.core import audit, labels
from stations.core.drafts import DraftAct
from stations.core.language import lazy_gettext as _l
from stations.grants.settings.rules import ReallocationRule

labels.register(
    {
        ReallocationRule.SMALLER20: _l("少ないほうの費目の2割まで自由に流用できる"),
        ReallocationRule.ANY20: _l("どの費目も2割を超えて動くときは変更承認が要る"),
    }
)


class SettingsAct(StrEnum):
    """What is done to a year's settings themselves; all else is done to their drafts."""

    SAVE = "save"


labels.register({SettingsAct.SAVE: _l("制度設定を保存する")})
audit.register("fiscal_year_setting", acts=(SettingsAct, DraftAct))
