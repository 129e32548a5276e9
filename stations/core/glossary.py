"""Words of the field that committees meet on pages, each explained once in plain language."""

from typing import Any

from flask import Flask

from stations.core.language import lazy_gettext as _l

GLOSSARY: dict[str, tuple[Any, Any]] = {
    "table": (
        _l("付議"),
        _l("計画を全体会議の議題にかけることです。会議で話し合い、承認するかどうかを決めます。"),
    ),
    "issue": (
        _l("施行"),
        _l("決まったことを、番号と日付のある通知書にして相手に出すことです。出した日から効力があります。"),
    ),
    "order": (
        _l("支出命令"),
        _l("市の中で「この金額を支払ってよい」と決める手続きです。これが済むと、出納の担当が振り込みます。"),
    ),
    "determine": (
        _l("額の確定"),
        _l(
            "実績報告と領収書を市が検査して、最終的な金額を決めることです。多く受け取っていれば返し、足りなければ追加で支払われます。"
        ),
    ),
    "advance": (
        _l("概算払"),
        _l(
            "活動の前や途中に、見込みの金額を先に受け取ることです。活動が終わった後、実際の支出に合わせて精算します。"
        ),
    ),
    "fingerprint": (
        _l("照合値（SHA-256）"),
        _l(
            "書類の内容から計算した長い番号です。1文字でも変わると番号が変わるので、後から書きかえられていないことを確かめられます。"
        ),
    ),
    "reallocate": (
        _l("流用"),
        _l("費目のあいだで予算を動かすことです。決められた範囲なら届出だけで、超えると市の承認が要ります。"),
    ),
    "repay": (_l("戻入"), _l("使わなかったお金などを、同じ年度の市の予算に返すことです。")),
}


def init_app(app: Flask) -> None:
    app.jinja_env.globals["glossary"] = GLOSSARY
