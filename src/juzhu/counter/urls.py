"""The staff's addresses; none carries a name, a citizen number or a phone."""

from django.urls import path

from juzhu.counter.views import accounts, shift, sign_in

app_name = "counter"

urlpatterns = [
    path("", sign_in.home, name="home"),
    path("sign-in/", sign_in.sign_in, name="sign-in"),
    path("sign-out/", sign_in.sign_out, name="sign-out"),
    path("password/", sign_in.password, name="password"),
    path("shift/", shift.begin, name="shift"),
    path("shift/end/", shift.hand_over, name="hand-over"),
    path("accounts/", accounts.accounts, name="accounts"),
    path("accounts/sessions/<int:number>/end/", accounts.end_session, name="end-session"),
]
