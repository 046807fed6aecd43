"""The staff's addresses; none carries a name, a citizen number or a phone."""

from django.urls import path

from juzhu.counter.views import accounts, business, desk, lists, requests, shift, sign_in

app_name = "counter"

urlpatterns = [
    path("", sign_in.home, name="home"),
    path("sign-in/", sign_in.sign_in, name="sign-in"),
    path("sign-out/", sign_in.sign_out, name="sign-out"),
    path("password/", sign_in.password, name="password"),
    path("shift/", shift.begin, name="shift"),
    path("shift/end/", shift.hand_over, name="hand-over"),
    path("desk/", desk.desk_page, name="desk"),
    path("desk/find/", desk.find, name="find"),
    path("desk/choose/", desk.choose, name="choose"),
    path("desk/newcomer/", desk.newcomer, name="newcomer"),
    path("desk/show/<slug:field>/", desk.show, name="show"),
    path("desk/leave/", desk.leave, name="leave"),
    path("desk/stay/", desk.stay, name="stay"),
    path("desk/endorse/", business.endorse, name="endorse"),
    path("desk/apply/", business.apply, name="apply"),
    path("desk/cases/<slug:number>/", business.case, name="case"),
    path("desk/cases/<slug:number>/again/", business.again, name="case-again"),
    path("desk/sheet/", requests.sheet, name="sheet"),
    path("desk/sheet/<slug:number>/", requests.sheet_made, name="sheet-made"),
    path("desk/sheet/<slug:number>/file.pdf", requests.sheet_file, name="sheet-file"),
    path("desk/phone/", requests.phone, name="phone"),
    path("desk/agent/", requests.agent, name="agent"),
    path("desk/cancel/", requests.cancel, name="cancel"),
    path("desk/cancel/statement/", requests.statement, name="statement"),
    path("desk/done/<slug:what>/", requests.done, name="done"),
    path("day/", lists.day, name="day"),
    path("tickets/next/", lists.next_ticket, name="next-ticket"),
    path("tickets/new/", lists.new_ticket, name="new-ticket"),
    path("accounts/", accounts.accounts, name="accounts"),
    path("accounts/sessions/<int:number>/end/", accounts.end_session, name="end-session"),
]
