"""What roles, account states and acts are called."""

from stations.core import audit, labels
from stations.core.access import Role, Scope
from stations.core.language import lazy_gettext as _l
from stations.people.rules import AccountStatus, PersonAct, RequestKind

TONES: dict[AccountStatus, str] = {
    AccountStatus.INVITED: "blue",
    AccountStatus.ACTIVE: "green",
    AccountStatus.DISABLED: "grey",
}

labels.register(
    {
        Role.DRAFTER: _l("起案者（委員）"),
        Role.CHAIR: _l("代表"),
        Role.TREASURER: _l("会計"),
        Role.COMMITTEE_AUDITOR: _l("監査"),
        Role.OFFICER: _l("担当（地域共生課）"),
        Role.APPROVER: _l("課長"),
        Role.CASHIER: _l("出納"),
        Role.ADMINISTRATOR: _l("システム管理者"),
        Role.GENERAL_MEMBER: _l("全体会議委員"),
        Role.SECRETARIAT: _l("事務局（社協）"),
        Role.STATION_LEADER: _l("ステーション代表"),
        Role.VOLUNTEER: _l("ボランティア"),
        Role.CASE_WORKER: _l("相談員"),
        Role.MARUGOTO_DESK: _l("福祉まるごと相談窓口"),
        Role.EXTERNAL_AUDITOR: _l("外部監査"),
    }
)
labels.register(
    {
        Scope.CITY: _l("市全体"),
        Scope.COMMITTEE: _l("地区実行委員会"),
        Scope.STATION: _l("ステーション"),
        Scope.AGENCY: _l("相談機関"),
    }
)
labels.register(
    {
        AccountStatus.INVITED: _l("招待中"),
        AccountStatus.ACTIVE: _l("利用中"),
        AccountStatus.DISABLED: _l("停止中"),
    }
)
labels.register(
    {
        RequestKind.ROLE: _l("役割を加える"),
        RequestKind.RESET: _l("認証アプリの登録を解除する"),
        RequestKind.LINK: _l("このメールアドレスに、招待か再設定のリンクを送る"),
        RequestKind.ENABLE: _l("停止中の利用を再開する"),
    }
)
labels.register(
    {
        PersonAct.CREATE: _l("登録"),
        PersonAct.INVITE: _l("招待リンクの発行"),
        PersonAct.ISSUE_RESET: _l("再設定リンクの発行"),
        PersonAct.ACCEPT_LINK: _l("リンクからのパスワード設定"),
        PersonAct.CHANGE_PASSWORD: _l("パスワードの変更"),
        PersonAct.CHANGE_PROFILE: _l("登録内容の変更"),
        PersonAct.CHANGE_EMAIL: _l("メールアドレスの変更"),
        PersonAct.ENROL: _l("認証アプリの登録"),
        PersonAct.NEW_RECOVERY_CODES: _l("予備コードの発行"),
        PersonAct.RESET_SECOND_FACTOR: _l("認証アプリの登録解除"),
        PersonAct.GIVE_ROLE: _l("役割の付与"),
        PersonAct.END_ROLE: _l("役割の終了"),
        PersonAct.REVOKE_ROLE: _l("役割の取消し"),
        PersonAct.DISABLE: _l("利用停止"),
        PersonAct.ENABLE: _l("利用再開"),
        PersonAct.START_AGAIN: _l("パスワードと認証アプリの取消し（新しい登録のため）"),
        PersonAct.SIGN_OUT_EVERYWHERE: _l("すべての端末からサインアウト"),
        PersonAct.TRUST_DEVICE: _l("端末の登録"),
        PersonAct.REVOKE_DEVICE: _l("端末の登録の取消し"),
        PersonAct.ASK_ROLE: _l("役割の付与の確認を依頼"),
        PersonAct.ASK_RESET: _l("認証アプリの登録解除の確認を依頼"),
        PersonAct.ASK_LINK: _l("リンクの発行の確認を依頼"),
        PersonAct.ASK_ENABLE: _l("利用再開の確認を依頼"),
        PersonAct.ACCEPT_REQUEST: _l("もう1人のシステム管理者の確認"),
        PersonAct.DECLINE_REQUEST: _l("確認の依頼の取下げ・見送り"),
    }
)
audit.register("person", acts=PersonAct, statuses=AccountStatus)
