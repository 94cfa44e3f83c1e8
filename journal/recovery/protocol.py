"""What is expected after a treatment, and when and how to speak up: one version."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from .care import Care
from .conditions import Silent
from .course import Course
from .rows import CheckIn, Modifier, Profile, Rule, SignWindow, Source, Statement
from .scale import Tier


@dataclass(frozen=True)
class Protocol:
    """One version. Rules are judged in the order in which they are written."""

    version: str
    title: str
    sources: Mapping[str, Source]
    statements: Mapping[str, Statement]
    closings: Mapping[Tier, str]  # how a message of this tier ends: what to do now
    profiles: tuple[Profile, ...]
    windows: tuple[SignWindow, ...]
    rules: tuple[Rule, ...]
    modifiers: tuple[Modifier, ...]
    checkins: tuple[CheckIn, ...]
    care: Care

    @cached_property
    def silences(self) -> tuple[Silent, ...]:
        """What the rules wait for on days without an entry."""
        return tuple(one for rule in self.rules for one in rule.when if isinstance(one, Silent))

    def rule(self, code: str) -> Rule:
        """Raises KeyError for a code this version does not have."""
        for rule in self.rules:
            if rule.code == code:
                return rule
        raise KeyError(f"{self.version} has no rule {code}")

    def modifier(self, code: str) -> Modifier:
        """Raises KeyError for a code this version does not have."""
        for modifier in self.modifiers:
            if modifier.code == code:
                return modifier
        raise KeyError(f"{self.version} has no modifier {code}")

    def profile_for(self, course: Course) -> Profile:
        """The first that fits, and "standard" where none does."""
        others = (profile for profile in self.profiles if profile.code != "standard" and profile.fits(course))
        return next(others, None) or next(profile for profile in self.profiles if profile.code == "standard")

    def windows_for(self, areas: frozenset[str]) -> Mapping[str, SignWindow]:
        """By sign; where several hold for these areas, the one that ends last."""
        fitting = [window for window in self.windows if not window.areas or not areas.isdisjoint(window.areas)]
        return {window.sign: window for window in sorted(fitting, key=lambda window: window.to_day)}

    def checkins_for(self, course: Course) -> tuple[CheckIn, ...]:
        """The days after the daily entries on which this patient is asked again, earliest first."""
        return tuple(
            sorted((one for one in self.checkins if one.who.includes(course)), key=lambda checkin: checkin.day)
        )
