"""What came in since the last review of a timeline, told in few words. Asks no database."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from journal import words
from journal.actions.treatments import FIELDS
from journal.models import Entry, Flag, Message, Photo, Progress, Treatment
from journal.recovery import scale
from journal.recovery.scale import QUESTIONS, WORDS
from journal.recovery.stretches import span

from .record import Record
from .since import Came, News, Seen, came

NOTE_SHOWN = 160  # letters; the whole note stands with its day
MESSAGES_SHOWN = 2  # the others stand in the thread
NOT_ANSWERED = "–"
Told = Iterable[tuple[str, list[str]]]


@dataclass(frozen=True, slots=True)
class Step:
    """A question's latest answer then and now, in words; `before` is empty where nobody had answered it."""

    question: str
    before: str
    after: str
    aside: str  # a worse answer that lies between the two, or the day of one that was not given on the latest


@dataclass(frozen=True, slots=True)
class Changed:
    """`seen` is None where nobody has reviewed the timeline yet: then all of it is new."""

    seen: Seen | None
    steps: Sequence[Step]
    lines: Sequence[tuple[str, str]]  # what, and all of it in a sentence
    # Messages of the patient in her own words, the newest first; some, and the rest counted.
    wrote: Sequence[str]
    unseen: Sequence[str]  # those before the look that are still marked as new: a look at a timeline opens no message

    @property
    def is_empty(self) -> bool:
        return not (self.steps or self.lines or self.wrote)


def changed(whole: Record, seen: Seen | None, news: News) -> Changed:
    """Everything that is newer than what was seen: scores, then what each kind of news says."""
    new = came(whole, seen)
    told = [*_signs(new), *_days(new), *_answers(new), *_photos(whole.photos, new), *_flags(whole.flags, new)]
    told += _rest(whole.treatment, new, news)
    steps = [step for question in QUESTIONS if (step := _step(question, new))]
    return Changed(seen, steps, [(name, "; ".join(said)) for name, said in told if said], *_wrote(new, news))


def _step(question: str, new: Came) -> Step | None:
    """None where nobody has answered this question since."""
    answered = [entry for entry in new.entries if _answer(entry, question)]
    news = [entry for entry in answered if entry in new.fresh]
    if not news or answered[-1] != news[-1]:
        return None
    then = [new.then[entry.pk] for entry in new.entries if entry.pk in new.then]
    before = next((entry for entry in reversed(then) if _answer(entry, question)), None)
    told_before = _answer(before, question) if before else ""
    return Step(question, told_before, _answer(news[-1], question), _aside(question, before, news, new.fresh[-1]))


def _aside(question: str, before: Entry | None, news: Sequence[Entry], latest: Entry) -> str:
    worst = max(news, key=lambda entry: (_score(entry, question), entry.on))
    if before and _score(worst, question) > max(_score(news[-1], question), _score(before, question)):
        return _("%(word)s on %(day)s between") % {"word": _answer(worst, question), "day": _day(worst)}
    return "" if news[-1] == latest else _day(news[-1])


def _answer(entry: Entry, question: str) -> str:
    if question == scale.MAY_BE_UNCLEAR and entry.redness_cant_tell:
        return _("can’t tell")
    score = getattr(entry, question)
    return "" if score is None else _(WORDS[score])


def _score(entry: Entry, question: str) -> int:
    return entry.scores().get(question, -1)


def _signs(new: Came) -> Told:
    known = {code for entry in new.then.values() for code in entry.signs}
    ticked: dict[str, list[int]] = {}
    for entry in new.fresh:
        there = new.then[entry.pk].signs if entry.pk in new.then else ()
        for code in entry.signs:
            if code not in there:
                ticked.setdefault(code, []).append(entry.day)
    first = [code for code in scale.SIGNS if code in ticked and code not in known]
    name = _("New signs") if new.seen else _("Signs ticked")
    yield name, [f"{words.sign_label(code)} ({_said(ticked[code])})" for code in first]
    again = [code for code in scale.SIGNS if code in ticked and code in known]
    yield _("Signs again"), [f"{words.SHORT.get(code, code)} ({_said(ticked[code])})" for code in again]
    latest = new.fresh[-1] if new.fresh else None
    if latest and not latest.signs:
        told = _("none ticked on %(day)s") if latest.signs_answered else _("not answered on %(day)s")
        yield _("Signs"), [told % {"day": _day(latest)}]


def _days(new: Came) -> Told:
    added = [one for one in new.added if not one.added_later]
    late = [one for one in new.added if one.added_later]
    yield _("Days added"), [_said([one.day for one in added])] if added else []
    yield _("Written later"), [_("%(day)s, on %(date)s") % {"day": _day(one), "date": _written(one)} for one in late]
    yield _("Corrected"), [_corrected(one, new.then[one.pk]) for one in new.fresh if one.pk in new.then]


def _written(entry: Entry) -> str:
    return date_format(entry.created_at.astimezone(entry.treatment.zone), "j F")


def _corrected(entry: Entry, old: Entry) -> str:
    """What a correction changed; the lines of the scores tell of the latest day only."""
    pairs = [(question, _answer(old, question), _answer(entry, question)) for question in QUESTIONS]
    told = [
        f"{_(scale.QUESTION_LABELS[question])} {before or NOT_ANSWERED} → {after or NOT_ANSWERED}"
        for question, before, after in pairs
        if before != after
    ]
    gone = [str(words.SHORT.get(code, code)) for code in old.signs if code not in entry.signs]
    if gone:
        told.append(_("no longer ticked: %(signs)s") % {"signs": ", ".join(gone)})
    return f"{_day(entry)} ({', '.join(told)})" if told else _day(entry)


def _answers(new: Came) -> Told:
    """Temperatures, wishes for a call and notes that were not there."""

    def came_with(name: str) -> list[Entry]:
        then = {key: getattr(entry, name) for key, entry in new.then.items()}
        return [one for one in new.fresh if getattr(one, name) and getattr(one, name) != then.get(one.pk)]

    worried = [one.day for one in came_with("worried")]
    yield _("Temperature"), [f"{one.temperature_c} °C, {_day(one)}" for one in came_with("temperature_c")]
    yield _("Asked for a call"), [_said(worried)] if worried else []
    yield _("Notes"), [f"{_day(one)}: “{_short(one.note)}”" for one in came_with("note")]


def _photos(photos: Iterable[Photo], new: Came) -> Told:
    fresh = sorted((photo for photo in photos if new.is_news(photo.added_at)), key=lambda photo: photo.order)
    said = {"n": len(fresh), "days": ", ".join(dict.fromkeys(map(words.moment, fresh)))}
    yield _("Photos"), [_("%(n)s new: %(days)s") % said] if fresh else []


def _flags(flags: Iterable[Flag], new: Came) -> Told:
    """Those that are live; without a review before it they are all on the page as what they are."""
    seen = new.seen
    live = [flag for flag in flags if seen and flag.is_live and new.is_news(flag.fired_at)]
    yield _("Flags raised"), [flag.title for flag in live if new.is_news(flag.raised_at)]
    again = [flag for flag in live if not new.is_news(flag.raised_at)]
    yield _("Fired again"), [f"{flag.title}, {_said([flag.day])}" for flag in again]


def _rest(treatment: Treatment, new: Came, news: News) -> Told:
    yield _("How it is going"), [_goal(treatment, one) for one in news.progress if new.is_news(one.at)]
    yield _("Treatment corrected"), _of_treatment(new, news)


def _wrote(new: Came, news: News) -> tuple[list[str], list[str]]:
    """What she wrote since, and before it where nobody has opened that."""
    fresh = [message for message in news.messages if new.is_news(message.at)]
    return _quoted(fresh), _quoted([one for one in news.messages if one.opened_at is None and one not in fresh])


def _quoted(written: Sequence[Message]) -> list[str]:
    told = [f"“{_short(message.text)}”" for message in written[:MESSAGES_SHOWN]]
    more = len(written) - len(told)
    return [*told, ngettext("%(n)s more", "%(n)s more", more) % {"n": more}] if more else told


def _goal(treatment: Treatment, one: Progress) -> str:
    said = {"goal": words.goal_label(treatment, one.goal), "answer": one.get_answer_display(), "week": one.week}
    return _("%(goal)s: %(answer)s, week %(week)s") % said


def _of_treatment(new: Came, news: News) -> list[str]:
    """Names of what was changed in the treatment since a review."""
    before = [one.answers for one in news.revisions if not new.is_news(one.at)]
    if not before:
        return []
    old, now = before[-1], news.revisions[-1].answers
    names = [_name_of(field) for field in FIELDS if old.get(field) != now.get(field)]
    return [*names, _("rules")] if old.get("protocol") != now.get("protocol") else names


def _name_of(field: str) -> str:
    return str(getattr(Treatment, field).field.verbose_name)


def _day(entry: Entry) -> str:
    return _said([entry.day])


def _said(days: Iterable[int]) -> str:
    """Days as stretches; those before the treatment are one."""
    counted = sorted({max(day, -1) for day in days})
    runs = [[day for _place, day in run] for _key, run in groupby(enumerate(counted), lambda pair: pair[1] - pair[0])]
    told = [span(max(run[0], 0), run[-1], _) for run in runs if run[-1] >= 0]
    return ", ".join([_("before treatment"), *told] if -1 in counted else told)


def _short(note: str) -> str:
    return note if len(note) <= NOTE_SHOWN else note[:NOTE_SHOWN].rstrip() + "…"
