"""The application: every package's blueprint, in the order of the layers."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Flask, current_app, request, url_for
from flask_babel import Babel
from flask_login import current_user
from flask_wtf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from stations.applications.views import blueprint as applications
from stations.attendance.cli import commands as attendance_commands
from stations.attendance.views import blueprint as attendance
from stations.committees.cli import commands as committees_commands
from stations.committees.views import blueprint as committees
from stations.core import (
    cli,
    compression,
    database,
    errors,
    formatting,
    glossary,
    guards,
    japanese,
    labels,
    language,
    limits,
    lists,
    migrations,
    statics,
    templating,
    viewing,
    web,
)
from stations.core.access import Permission, can
from stations.core.addresses import Application
from stations.core.config import Config
from stations.core.language import lazy_gettext as _l
from stations.demo.cli import commands as demo_commands
from stations.directory.views import blueprint as directory
from stations.grants.cli import commands as grants_commands
from stations.grants.views import blueprint as grants
from stations.meetings.views import blueprint as meetings
from stations.people import session as people_session
from stations.people import trusted
from stations.people.cli import commands as people_commands
from stations.people.views import blueprint as people
from stations.referrals.cli import commands as referrals_commands
from stations.referrals.views import blueprint as referrals
from stations.reports.views import blueprint as reports

PACKAGE = Path(__file__).parent
BLUEPRINTS = (people, committees, applications, attendance, meetings, grants, referrals, directory, reports)
COMMANDS = (
    cli.commands,
    cli.key_commands,
    people_commands,
    committees_commands,
    attendance_commands,
    grants_commands,
    referrals_commands,
    demo_commands,
)


@dataclass(frozen=True)
class NavItem:
    """One entry of the main menu; shown to those who hold ``permission`` anywhere."""

    label: Any
    endpoint: str
    icon: str
    permission: Permission

    @property
    def url(self) -> str:
        return url_for(self.endpoint)

    @property
    def current(self) -> bool:
        """Whether the page is this entry, or lies below it (no other entry of its package is nearer)."""
        if request.endpoint in NAVIGATION_ENDPOINTS:
            return request.endpoint == self.endpoint
        below = {"reports": "reports.overview", "people": "people.index"}
        here = request.blueprint or ""
        return self.endpoint == below.get(here, f"{here}.index")


NAVIGATION = (
    NavItem(_l("ホーム"), "reports.home", "home", Permission.OWN_ACCOUNT),
    NavItem(_l("地区とステーション"), "committees.index", "station", Permission.STATION_READ),
    NavItem(_l("計画"), "applications.index", "plan", Permission.PLAN_READ),
    NavItem(_l("全体会議"), "meetings.index", "meeting", Permission.MEETING_READ),
    NavItem(_l("助成金"), "grants.index", "money", Permission.GRANT_READ),
    NavItem(_l("開催の記録"), "attendance.index", "calendar", Permission.VISIT_READ),
    NavItem(_l("つなぎ"), "referrals.index", "referral", Permission.REFERRAL_READ),
    NavItem(_l("相談機関"), "referrals.agencies", "link", Permission.AGENCY_MANAGE),
    NavItem(_l("全体の状況"), "reports.overview", "chart", Permission.OVERVIEW_READ),
    NavItem(_l("利用者の管理"), "people.index", "people", Permission.PEOPLE_MANAGE),
    NavItem(_l("閲覧の記録"), "people.view_log", "lock", Permission.AUDIT_READ),
)
NAVIGATION_ENDPOINTS = frozenset(item.endpoint for item in NAVIGATION)


def create_app(config: Config | None = None) -> Flask:
    """Build the application; raises ConfigError when the environment does not allow a start."""
    config = config or Config.from_environment()
    app = Application(
        "stations", template_folder=str(PACKAGE.parent / "templates"), static_folder=str(statics.SOURCES)
    )
    app.config.update(_flask_settings(config))
    if config.proxies:
        behind = ProxyFix(app.wsgi_app, x_for=config.proxies, x_proto=config.proxies, x_host=config.proxies)
        app.wsgi_app = behind  # type: ignore[method-assign]  # Flask's own way of adding middleware
    templating.init_app(app)
    errors.init_app(app)
    database.init_app(app)
    migrations.init_app(app)
    limits.init_app(app)
    csrf = CSRFProtect(app)
    Babel(app, locale_selector=web.language, default_translation_directories=str(PACKAGE / "translations"))
    language.init_app(app)
    japanese.init_app(app)
    formatting.init_app(app)
    glossary.init_app(app)
    lists.init_app(app)
    web.init_app(app)
    statics.init_app(app)
    compression.init_app(app)
    people_session.init_app(app)
    viewing.ask_for_proof_by(app, trusted.proof)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    for group in COMMANDS:
        app.cli.add_command(group)
    for view in app.view_functions.values():
        if getattr(view, "access", guards.Access(None)).by_device:
            csrf.exempt(view)  # a tablet has no session and no form: its guard demands a header of its own
    app.context_processor(_page_context)
    missing = guards.unmarked(app.view_functions.items())
    if missing:
        raise RuntimeError(f"views without @requires, @public or @by_device: {', '.join(missing)}")
    return app


def _flask_settings(config: Config) -> dict[str, Any]:
    url = config.database_url.replace("postgresql://", "postgresql+psycopg://", 1)
    engine: dict[str, Any] = {"url": url}
    if url.startswith("sqlite"):
        Path(url.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)
    else:
        engine["pool_pre_ping"] = True
    return {
        "STATIONS": config,
        "SECRET_KEY": config.secret_key,
        "SQLALCHEMY_ENGINES": {"default": engine},
        "SESSION_COOKIE_NAME": "stations",
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": config.production,
        "WTF_CSRF_TIME_LIMIT": None,  # the session's own end is the limit: a slow writer must not lose a form
        "MAX_CONTENT_LENGTH": limits.WITH_FILE.size,  # each route has its own: core.limits
        "MAX_FORM_MEMORY_SIZE": limits.WITH_FILE.text,
        "BABEL_DEFAULT_LOCALE": "ja",
        "BABEL_DEFAULT_TIMEZONE": "Asia/Tokyo",
        "TEMPLATES_AUTO_RELOAD": False,
    }


def _page_context() -> dict[str, Any]:
    config: Config = current_app.config["STATIONS"]
    # Not the proxy, which looks the person up at each touch: a page asks `can` often.
    person = current_user._get_current_object()
    signed_in = person is not None and person.is_authenticated
    return {
        "current_user": person,
        "language": web.language(),
        "languages": web.LANGUAGES,
        "contact": {"name": config.contact_name, "phone": config.contact_phone},
        "nav_items": [item for item in NAVIGATION if can(person, item.permission)] if signed_in else [],
        "idle_seconds": people_session.idle_seconds() if signed_in else None,
        "extend_url": url_for("people.extend") if signed_in else None,
        "can": lambda permission, obj=None: can(person, Permission(permission), obj),
        "label": labels.text,
    }
