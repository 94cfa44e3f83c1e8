from django.conf import settings
from django.http import HttpRequest


def site(request: HttpRequest) -> dict[str, bool]:
    """For every template: `demo` is true where the people are made up."""
    return {"demo": settings.DEMO}
