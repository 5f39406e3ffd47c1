"""Numbers and times as pages say them: thin space for thousands, space before the unit, the reader's decimal mark."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.utils import timezone
from django.utils.formats import date_format, get_format
from django.utils.translation import gettext as _

THIN: Final = "\u202f"
UNIT: Final = "\u00a0"


def decimal(value: float, places: int) -> str:
    """`value` with `places` digits after the reader's decimal mark: 1 234.5."""
    text = f"{value:,.{places}f}".replace(",", THIN)
    return text.replace(".", str(get_format("DECIMAL_SEPARATOR")))


def count(value: float) -> str:
    """A whole number: 39 272."""
    return decimal(round(value), 0)


def short(value: float) -> str:
    """A whole number on an axis: 0, 850, 2.5 k, 40 k, 1.2 M."""
    for size, unit in ((1_000_000, "M"), (10_000, "k")):
        if value >= size:
            small = value / (1_000 if unit == "k" else size)
            return decimal(small, 0 if float(small).is_integer() else 1) + UNIT + unit
    return decimal(value, 0 if float(value).is_integer() else 1)


def percent(share: float, scale: float = 1.0) -> str:
    """A share in [0, 1] as 96 %; with a `scale` of a tenth or less one more digit, since there it matters: 4.8 %."""
    places = 1 if scale <= 0.1 and not float(round(share * 100, 6)).is_integer() else 0
    return decimal(share * 100, places) + UNIT + "%"


def points(gain: float) -> str:
    """A change of a share, in points of a hundred with its sign: +1.2."""
    return ("+" if gain > 0 else "−" if gain < 0 else "±") + decimal(abs(gain) * 100, 1)


def seconds(value: float) -> str:
    """A length of time as a person says it: 4.1 s, 20 min, 6 h 50 min."""
    if value < 60:
        return decimal(value, 1 if value < 10 else 0) + UNIT + "s"
    minutes = round(value / 60)
    if minutes < 60:
        return f"{minutes}{UNIT}min"
    hours, rest = divmod(minutes, 60)
    return f"{hours}{UNIT}h" + (f" {rest}{UNIT}min" if rest and hours < 100 else "")


def when(moment: datetime, now: datetime | None = None) -> str:
    """A moment as a person says it: today 09:14, yesterday 17:20, 18 Nov 2026 17:20."""
    local = timezone.localtime(moment)
    today = timezone.localtime(now or timezone.now()).date()
    clock = date_format(local, "H:i")
    if local.date() == today:
        return _("today %(clock)s") % {"clock": clock}
    if local.date() == today - timedelta(days=1):
        return _("yesterday %(clock)s") % {"clock": clock}
    return date_format(local, "j M Y H:i" if local.year != today.year else "j M H:i")


def day(moment: datetime, now: datetime | None = None) -> str:
    """A day ahead, roughly as it is known: today, tomorrow, about Thursday 26 November."""
    on = timezone.localtime(moment).date()
    today = timezone.localtime(now or timezone.now()).date()
    if on <= today:
        return _("today")
    if on == today + timedelta(days=1):
        return _("tomorrow")
    return _("about %(day)s") % {"day": date_format(on, "l j F Y" if on.year != today.year else "l j F")}
