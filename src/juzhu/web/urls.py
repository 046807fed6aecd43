"""The citizen's addresses; none carries a name or a citizen number."""

from django.urls import path

from juzhu.web.views import apply, case, endorse, home, lists, pages, sign_in

app_name = "web"

urlpatterns = [
    path("", home.home, name="home"),
    path("sign-in/", sign_in.sign_in, name="sign-in"),
    path("sign-in/code/", sign_in.ask_code, name="sign-in-code"),
    path("sign-in/code/enter/", sign_in.enter_code, name="sign-in-enter"),
    path("sign-out/", sign_in.sign_out, name="sign-out"),
    path("signed-out/", pages.page("web/pages/signed_out.html"), name="signed-out"),
    path("apply/", apply.apply, name="apply"),
    path("endorse/", endorse.endorse, name="endorse"),
    path("endorse/moved/", pages.page("web/endorse_moved.html"), name="moved"),
    path("cases/<slug:number>/", case.case, name="case"),
    path("cases/<slug:number>/again/", case.again, name="case-again"),
    path("cases/<slug:number>/withdraw/", case.withdraw, name="case-withdraw"),
    path("cases/<slug:number>/review/", case.review, name="case-review"),
    path("cases/<slug:number>/remind/", case.remind, name="case-remind"),
    path("progress/", lists.progress, name="progress"),
    path("messages/", lists.messages, name="messages"),
    path("looks/", lists.looks, name="looks"),
    path("points/", pages.acceptance_points, name="points"),
    path("help/", pages.page("web/pages/help.html"), name="help"),
    path("privacy/", pages.page("web/pages/privacy.html"), name="privacy"),
    path("accessibility/", pages.page("web/pages/accessibility.html"), name="accessibility"),
    path("face-rules/", pages.page("web/pages/face_rules.html"), name="face-rules"),
    path("uses/", pages.page("web/pages/uses.html"), name="uses"),
    path("display/", pages.display, name="display"),
    path("idle/", pages.idle, name="idle"),
    path("stay/", pages.stay, name="stay"),
    path("robots.txt", pages.robots, name="robots"),
]
