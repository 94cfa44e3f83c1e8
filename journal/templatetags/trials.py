"""The counts of a dry run in words. Of recorded courses an administrator reads no number that is of a few people."""

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from journal.trial import Change, Trial

register = template.Library()

FEWEST = 5  # courses; fewer could be one person


@register.simple_tag
def trial_line(trial: Trial, hide_few: bool = False) -> str:
    """How much would change, as sentences. Sums leave out what is hidden, or a difference would tell it."""
    courses, (appear, vanish) = trial.touched, _sums(trial, hide_few)
    line = _("In %(entries)s, %(appear)s and %(vanish)s, in %(courses)s.") % {
        "entries": ngettext("%(number)s entry", "%(number)s entries", trial.entries) % {"number": trial.entries},
        "appear": ngettext("%(number)s finding would appear", "%(number)s findings would appear", appear)
        % {"number": appear},
        "vanish": ngettext("%(number)s would vanish", "%(number)s would vanish", vanish) % {"number": vanish},
        "courses": ngettext(
            "%(number)s course", "%(number)s courses", FEWEST if _is_hidden(courses, hide_few) else courses
        )
        % {"number": _number(courses, courses, hide_few)},
    }
    left_out = any(_is_hidden(change.courses, hide_few) for change in trial.changed)
    more = _("Rules that change fewer than %(number)s courses are left out of these sums.") % {"number": FEWEST}
    return f"{line} {more}" if left_out else line


@register.simple_tag
def per_100(trial: Trial, hide_few: bool = False) -> str:
    """The same per 100 entries."""
    appear, vanish = (f"{100 * count / (trial.entries or 1):.1f}" for count in _sums(trial, hide_few))
    return _("Per 100 entries: %(appear)s appear and %(vanish)s vanish.") % {"appear": appear, "vanish": vanish}


def _sums(trial: Trial, hide_few: bool) -> tuple[int, int]:
    counted = [change for change in trial.changed if not _is_hidden(change.courses, hide_few)]
    return sum(change.appear for change in counted), sum(change.vanish for change in counted)


def _is_hidden(courses: int, hide_few: bool) -> bool:
    return hide_few and 0 < courses < FEWEST


@register.simple_tag
def trial_cells(change: Change, hide_few: bool = False) -> list[str]:
    """Findings now and with the draft, those that appear and vanish, and the courses that change, as cells of a table.

    Of few courses neither the findings that change nor their sum with the others is told.
    """
    then = (
        _("about as many") if _is_hidden(change.courses, hide_few) else str(_number(change.then, change.then, hide_few))
    )
    changing = (_number(count, change.courses, hide_few) for count in (change.appear, change.vanish, change.courses))
    return [str(_number(change.now, change.now, hide_few)), then, *map(str, changing)]


def _number(count: int, courses: int, hide_few: bool) -> int | str:
    """A count of something in so many courses."""
    if count and (_is_hidden(count, hide_few) or _is_hidden(courses, hide_few)):
        return _("fewer than %(number)s") % {"number": FEWEST}
    return count
