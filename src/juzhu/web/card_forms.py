"""Having a card made anew: why, and how to receive it."""

from collections.abc import Mapping
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from juzhu.domain.card import CardGround
from juzhu.domain.vocabulary import Business
from juzhu.modules.cases.contracts import Application, CardDelivery
from juzhu.web.fields import Option
from juzhu.web.forms import ApplyForm

BUSINESS_OF: Final[Mapping[CardGround, Business]] = {
    CardGround.LOST: Business.REISSUE,
    CardGround.DESTROYED: Business.REISSUE,
    CardGround.DAMAGED: Business.REPLACEMENT,
    CardGround.CHANGED: Business.REPLACEMENT,
    CardGround.FIRST: Business.REISSUE,
}
"""Under which business a card is made for each reason; the first card later counts as reissue."""


class CardForm(ApplyForm):
    """How to receive the new card."""

    delivery = forms.ChoiceField(
        label=_("怎么领新卡"),
        widget=forms.RadioSelect,
        choices=[
            (CardDelivery.POINT.value, Option(_("到受理点领取"), _("可以请人代领"))),
            (CardDelivery.POST.value, Option(_("邮寄到登记住址"), _("邮费到付，由您承担"))),
        ],
        error_messages={"required": _("请选择怎么领新卡")},
    )

    def __init__(self, *args: Any, ground: CardGround, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.ground = ground

    def wish(self) -> Application:
        """Return the application as typed; call only when valid."""
        typed = self.application()
        return Application(
            business=BUSINESS_OF[self.ground],
            key=typed.key,
            phone=typed.phone,
            delivery=typed.delivery,
            point=typed.point,
            agent=typed.agent,
            ground=self.ground,
        )
