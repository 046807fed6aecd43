"""Which state of the walk through the city shows which page; a page that nobody sees fails a test.

What `tests/web/gallery.py` shows is known from the templates that it has used.
"""

from typing import Final

WALKED: Final = {
    "web/calendar.html": "calendar",
    "web/cards/new.html": "card-new",
    "web/cases/card.html": "card-to-pay",
    "web/cases/ended.html": "ended",
    "web/cases/in_review.html": "in-review",
    "web/cases/refused.html": "refused",
    "web/cases/review.html": "review",
    "web/cases/waiting.html": "waiting",
    "web/cases/withdraw.html": "withdraw",
    "web/consent.html": "consent",
    "web/endorse_early.html": "endorse-early",
    "web/endorse_moved.html": "moved",
    "web/home/permit.html": "home-window",
    "web/home/under_way.html": "home-under-way",
    "web/home/welcome.html": "welcome",
    "web/looks/dispute.html": "dispute",
    "web/looks/list.html": "looks",
    "web/looks/object.html": "look-object",
    "web/messages.html": "messages",
    "web/pages/accessibility.html": "accessibility",
    "web/pages/account_closed.html": "account-closed",
    "web/pages/face_rules.html": "face-rules",
    "web/pages/help.html": "help",
    "web/pages/idle.html": "idle",
    "web/pages/points.html": "points",
    "web/pages/privacy.html": "privacy",
    "web/pages/record.html": "record",
    "web/pages/signed_out.html": "signed-out",
    "web/pages/uses.html": "uses",
    "web/pay/paid.html": "paid",
    "web/progress.html": "progress-live",
    "web/shares/list.html": "shares",
    "web/shares/new.html": "share-new",
    "web/shares/revoke.html": "share-revoke",
    "web/shares/share.html": "share",
    "web/sheets/held.html": "sheet-held",
    "web/sheets/list.html": "sheets",
    "web/sheets/made.html": "sheet",
    "web/sheets/making.html": "sheet-making",
    "web/sheets/new.html": "sheet-new",
    "web/sheets/withdraw.html": "sheet-withdraw",
    "web/sheets/withdrawn.html": "sheet-withdrawn",
    "web/verify/answer.html": "verify-true",
    "web/verify/code.html": "verify",
    "web/verify/file.html": "verify-file",
    "web/verify/share.html": "verify-share",
    "web/verify/shared.html": "verify-shared",
}

ELSEWHERE: Final = {
    "web/sheets/over.html": "tests/browser/test_sheet_time.py, where the clock has moved",
    "web/verify/too_many.html": "tests/browser/test_sheet_time.py, which closes the check",
}
"""Pages with a test of their own in a browser, and why."""
