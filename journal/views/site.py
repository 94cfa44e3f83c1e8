from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe


@require_safe
@login_not_required
def healthz(request: HttpRequest) -> HttpResponse:
    """For the machine that watches this one: the application answers and reaches its database."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    # Without a body where none is asked for: the server warns of each.
    return HttpResponse("" if request.method == "HEAD" else "ok", content_type="text/plain")
