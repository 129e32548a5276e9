"""What the marks of a station are called."""

from stations.core.language import lazy_gettext as _l
from stations.directory.rules import Mark

MARKS = {Mark.STEP_FREE: _l("段差なし"), Mark.WHEELCHAIR: _l("車いすで入れます")}
