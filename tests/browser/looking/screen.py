"""What is pressed, touched and seen of photos on a screen."""

import pytest


def press(page, name):
    page.get_by_role("button", name=name, exact=True).locator("visible=true").click()


def drawn(page):
    """How each photo is moved and enlarged: scale, x, y."""
    return page.evaluate(
        """() => [...document.querySelectorAll(".frame > img")].map((image) => {
          const { a, e, f } = new DOMMatrix(getComputedStyle(image).transform);
          return [a, e, f];
        })"""
    )


def style(page, name):
    return page.evaluate(f"document.querySelectorAll('.frame')[1].style.{name}")


def middle(page, x=0.5, y=0.5):
    """A point of the frame in view, fractions of its size, as the screen counts."""
    box = page.locator(".frame:visible").first.bounding_box()
    return box["x"] + x * box["width"], box["y"] + y * box["height"]


def touch(page, *paths):
    """Fingers, each along its own points, at the same time."""
    session = page.context.new_cdp_session(page)
    for number, points in enumerate(zip(*paths, strict=True)):
        held = [{"x": x, "y": y, "id": finger} for finger, (x, y) in enumerate(points)]
        session.send("Input.dispatchTouchEvent", {"type": "touchMove" if number else "touchStart", "touchPoints": held})
    session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def scrolls(page):
    """Whether the page moves within two seconds; then it is put back."""
    for _ in range(40):
        if page.evaluate("scrollY") > 30:
            page.evaluate("scrollTo(0, 0)")
            return True
        page.wait_for_timeout(50)
    return False


def between(start, end, steps=8):
    (x, y), (u, v) = start, end
    return [(x + (u - x) * step / steps, y + (v - y) * step / steps) for step in range(steps + 1)]


def spots_meet(page):
    """Where the marked spots of both photos are on the screen now; laid on each other they are the same."""
    return page.evaluate(
        """() => [...document.querySelectorAll(".frame")].map((frame, side) => {
          const image = frame.querySelector("img");
          const matrix = new DOMMatrix(getComputedStyle(image).transform);
          const sent = document.querySelector(`[name=${["left", "right"][side]}_spots]`).value;
          const [width, height] = ["width", "height"].map((name) => Number(image.getAttribute(name)));
          const fit = Math.min(frame.clientWidth / width, frame.clientHeight / height);
          const edge = [(frame.clientWidth - width * fit) / 2, (frame.clientHeight - height * fit) / 2];
          return sent.split(" ").map((spot) => {
            const [x, y] = spot.split(",").map(Number);
            const at = matrix.transformPoint(new DOMPoint(edge[0] + x * width * fit, edge[1] + y * height * fit));
            return [Math.round(at.x), Math.round(at.y)];
          });
        })"""
    )


def laid(page):
    left, right = spots_meet(page)
    return right == [pytest.approx(spot, abs=1) for spot in left]
