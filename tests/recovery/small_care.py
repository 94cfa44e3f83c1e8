"""The care part of a small protocol without fault, for tests that break it in one place."""

ROW = {"says": ["S4:red"], "kind": "stated", "basis": "It says so."}

SMALL_CARE = {
    "concerns": [{"code": "eczema", "asks": "Eczema?", "advice": "Wait.", "risk_factors": ["eczema"], **ROW}],
    "preparation": [{"code": "no-sun", "does": False, "from_day": -7, "to_day": 0, "text": "No sun.", **ROW}],
    "stages": [
        {"code": "numbing", "title": "Numbing", "text": "A cream is put on.", "minutes": [30, 60], **ROW},
        {"code": "large", "title": "Back", "text": "This takes an hour.", "areas": ["chest", "back"], **ROW},
    ],
    "clocks": [
        {
            "code": "sun",
            "topic": "Sun",
            "advice": [
                {"code": "no-sun", "does": False, "from_day": 0, "to_day": 6, "text": "No sun.", **ROW},
                {"code": "some-sun", "does": True, "from_day": 7, "to_day": 13, "text": "Some sun.", **ROW},
                {"code": "sun", "does": True, "from_day": 14, "to_day": None, "text": "Sun.", **ROW},
            ],
            "claims": [{"says": "S4:red", "to_day": 2}, {"says": "S4:sore", "to_day": 6}, {"says": "S4:dry"}],
        },
        {
            "code": "water",
            "topic": "Water",
            "advice": [{"code": "drink", "does": True, "from_day": 0, "to_day": 6, "text": "Drink.", **ROW}],
            "claims": [{"says": "S4:red", "to_day": -1}],
        },
        {
            "code": "picking",
            "topic": "Picking",
            "advice": [{"code": "no-picking", "does": False, "from_day": 0, "text": "Do not pick.", **ROW}],
            "claims": [],
        },
    ],
    "comforts": [
        {"code": "itch", "title": "Itch", "text": "Cool it.", "eases": ["itch", "warmth"], "clock": "water", **ROW}
    ],
    "results": [{"code": "glow", "from_day": 0, "title": "Glow", "text": "It may glow.", **ROW}],
    "goals": [{"code": "scars", "label": "Scars", **ROW}],
    "milestones": [{"week": 2, **ROW}],
    "spacing": {"from_day": 28, "to_day": 42, **ROW},
}
