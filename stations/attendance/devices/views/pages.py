"""Which tablets there are and how they stand, for a station's leader and the city; enrolling, renaming and revoking one."""

import datetime as dt
from typing import TYPE_CHECKING

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from stations.attendance.device_events import is_clock_wrong
from stations.attendance.devices import columns, rules
from stations.attendance.devices.forms import RenameForm, RevokeForm, ShowCodeForm
from stations.attendance.devices.labels import TONES
from stations.attendance.devices.queries import devices
from stations.attendance.devices.rules import DeviceStatus
from stations.attendance.devices.services import enrolling, managing
from stations.attendance.labels import format_ahead
from stations.attendance.queries import counts
from stations.attendance.views import blueprint
from stations.committees import queries as committees
from stations.core import audit, list_files, lists, once, qr
from stations.core.access import Permission
from stations.core.database import creates, writes
from stations.core.forms import succeeds
from stations.core.guards import requires
from stations.core.labels import label
from stations.core.language import gettext as _
from stations.core.notices import address_of

if TYPE_CHECKING:
    from stations.attendance.devices.models import Device, DeviceCode
    from stations.committees.models import Station

FEW_STATIONS = 3
"""So many have their buttons on the list; who looks after more goes by the station."""


@blueprint.get("/attendance/devices")
@requires(Permission.DEVICE_MANAGE)
def all_devices() -> ResponseReturnValue:
    """Every tablet that one looks after: a leader's own station's, the city's all."""
    chosen = lists.chosen("q", "status")
    status = chosen.get("status", "")
    found = devices.found_for(
        current_user,
        words=chosen.get("q", ""),
        status=DeviceStatus(status) if status in set(DeviceStatus) else None,
        page=lists.asked_page(),
    )
    stations = committees.stations_for(current_user, Permission.DEVICE_MANAGE)
    state = next((label(one.status) for one in found.rows), status) if status else None
    return list_files.saved(
        columns.DEVICES, found.rows, _("端末の一覧"), chosen.get("q"), state
    ) or render_template(
        "attendance/devices/index.html",
        found=found,
        chosen=chosen,
        statuses=[(str(one), label(one)) for one in DeviceStatus],
        stations=stations if len(stations) <= FEW_STATIONS else [],
        rows=_rows(found.rows),
        breadcrumb=_trail((_("端末"), None)),
    )


@blueprint.get("/attendance/stations/<int:station_id>/devices")
@requires(Permission.DEVICE_MANAGE, of=counts.station)
def station_devices(station: "Station") -> ResponseReturnValue:
    """A station's tablets, and what was done to them."""
    found = lists.page_of(devices.devices_of(station), lists.asked_page())
    return list_files.saved(columns.DEVICES, found.rows, _("端末の一覧"), station.name) or render_template(
        "attendance/devices/station.html",
        station=station,
        found=found,
        rows=_rows(found.rows),
        events=devices.timeline_of(station),
        breadcrumb=_trail((_("端末"), url_for(".all_devices")), (station.name, None)),
    )


@blueprint.route("/attendance/stations/<int:station_id>/devices/new", methods=["GET", "POST"])
@requires(Permission.DEVICE_MANAGE, of=counts.station)
@creates
def show_code(station: "Station") -> ResponseReturnValue:
    """How a tablet is enrolled; pressed, a code as QR and digits, shown this once and good for ten minutes."""
    form = ShowCodeForm()
    shown: dict[str, object] = {}

    def show() -> None:
        code, made = enrolling.show_code(station=station, by=current_user)
        shown.update(_shown(code, made))

    if form.validate_on_submit() and succeeds(form, show):
        once.leads_to(url_for(".show_code", station_id=station.id))  # the code itself is shown only now
    return render_template(
        "attendance/devices/show_code.html",
        station=station,
        press=form,
        minutes=int(rules.CODE_LIFE.total_seconds() // 60),
        address=address_of("attendance.enrol"),
        breadcrumb=_trail(*_to(station), (_("端末を登録する"), None)),
        **shown,
    )


def _shown(code: str, made: "DeviceCode") -> dict[str, object]:
    """The code behind a #, so that it stands in no log of a server."""
    link = f"{address_of('attendance.enrol')}#{code}"
    return {
        "code": rules.spaced(code),
        "qr": qr.svg(link, _("タブレットで読み取るQRコード")),
        "until": made.expires_at,
    }


@blueprint.get("/attendance/devices/<int:device_id>")
@requires(Permission.DEVICE_MANAGE, of=devices.device)
def device(device: "Device") -> ResponseReturnValue:
    """One tablet: how it stands, and what was done to it."""
    return render_template(
        "attendance/devices/show.html",
        device=device,
        row=_rows([device])[0],
        events=audit.timeline(device),
        breadcrumb=_device_trail(device),
    )


@blueprint.route("/attendance/devices/<int:device_id>/rename", methods=["GET", "POST"])
@requires(Permission.DEVICE_MANAGE, of=devices.device)
@writes
def rename_device(device: "Device") -> ResponseReturnValue:
    """Another name; the tablet learns it at its next contact."""
    form, there = RenameForm(obj=device), url_for(".device", device_id=device.id)

    def rename() -> None:
        managing.rename(device=device, name=form.name.data or "", by=current_user)

    if form.validate_on_submit() and succeeds(form, rename):
        flash(_("端末の名前を変更しました。"), "success")
        return redirect(there, 303)
    return render_template(
        "attendance/devices/rename.html",
        device=device,
        form=form,
        breadcrumb=_device_trail(device, _("名前の変更")),
    )


@blueprint.route("/attendance/devices/<int:device_id>/revoke", methods=["GET", "POST"])
@requires(Permission.DEVICE_MANAGE, of=devices.device)
@writes
def revoke_device(device: "Device") -> ResponseReturnValue:
    """The end of a tablet's enrolment, with a reason."""
    form, there = RevokeForm(), url_for(".device", device_id=device.id)

    def revoke() -> None:
        managing.revoke(device=device, reason=form.reason.data or "", by=current_user)

    if form.validate_on_submit() and succeeds(form, revoke):
        flash(_("「%(name)s」の登録を取り消しました。", name=device.name), "success")
        return redirect(there, 303)
    if device.status is DeviceStatus.REVOKED:
        return redirect(there)
    return render_template(
        "attendance/devices/revoke.html",
        device=device,
        form=form,
        breadcrumb=_device_trail(device, _("登録の取消し")),
    )


def _rows(found: "list[Device]") -> list[dict[str, object]]:
    """Each tablet as a line of a list: its state, and how far its clock is off where that matters."""
    return [
        {
            "device": one,
            "called": label(one.status),
            "tone": TONES[one.status],
            "enrolled": one.status is DeviceStatus.ENROLLED,
            "clock": format_ahead(ahead)
            if is_clock_wrong(ahead := dt.timedelta(seconds=one.clock_ahead_seconds))
            else "",
        }
        for one in found
    ]


Step = tuple[str, str | None]


def _trail(*here: Step) -> list[Step]:
    return [(_("開催の記録"), url_for(".index")), *here]


def _to(station: "Station") -> list[Step]:
    here = (station.name, url_for(".station_devices", station_id=station.id))
    return [(_("端末"), url_for(".all_devices")), here]


def _device_trail(device: "Device", here: str = "") -> list[Step]:
    own = url_for(".device", device_id=device.id) if here else None
    return _trail(*_to(device.station), (device.name, own), *([(here, None)] if here else []))
