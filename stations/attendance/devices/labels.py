"""What states of a tablet and acts on it are called."""

from stations.attendance.devices.rules import CodeAct, DeviceAct, DeviceStatus
from stations.core import audit, labels
from stations.core.language import lazy_gettext as _l

TONES: dict[DeviceStatus, str] = {DeviceStatus.ENROLLED: "green", DeviceStatus.REVOKED: "grey"}

labels.register({DeviceStatus.ENROLLED: _l("登録中"), DeviceStatus.REVOKED: _l("取消し済み")})
labels.register(
    {
        DeviceAct.ENROL: _l("端末を登録"),
        DeviceAct.RENAME: _l("端末の名前を変更"),
        DeviceAct.REVOKE: _l("端末の登録を取消し"),
    }
)
labels.register({CodeAct.SHOW: _l("登録番号を表示")})

audit.register("device", acts=DeviceAct, statuses=DeviceStatus)
audit.register("device_code", acts=CodeAct)
