"""What administrators may type about partners."""

from typing import Any, Final

from django import forms
from django.core.validators import RegexValidator

from juzhu.modules.partners import jose, services
from juzhu.modules.partners.contracts import CODE, AnswerField, Scope
from juzhu.modules.partners.jose import JoseRefusedError
from juzhu.modules.partners.models import Partner, PartnerGrant, PartnerKey
from juzhu.modules.partners.texts import SCOPES

FIELDS: Final = {
    AnswerField.CONTINUOUS_SINCE: "连续持证起始日",
    AnswerField.HELD_PERIODS: "持证期间",
    AnswerField.FIRST_ISSUED_ON: "首次签发日期",
}


class _Day(forms.DateInput):
    """A day by the browser's own calendar."""

    def __init__(self) -> None:
        super().__init__({"type": "date"}, "%Y-%m-%d")


class PartnerForm(forms.ModelForm):  # type: ignore[type-arg]  # as `Panel`
    """What is registered of a partner."""

    code = forms.CharField(
        label="代码",
        help_text="小写字母、数字、连字符，登记后不能改",
        validators=[RegexValidator(f"^{CODE}$", "用 2 到 32 个小写字母、数字或连字符，以字母开头")],
    )
    name = forms.CharField(label="名称", help_text="持证人看到的名称", max_length=80)
    contact = forms.CharField(
        label="联系人", help_text="手机号或电子邮箱，出问题时通知", max_length=120
    )
    calls_per_minute = forms.IntegerField(
        label="每分钟调用上限", min_value=1, max_value=1_000_000, initial=6000
    )
    dpop = forms.BooleanField(label="要求证明持有密钥（DPoP）", required=False)
    jwks_uri = forms.URLField(
        label="公钥集地址",
        help_text="对方自己公布公钥时填；也可以在“公钥”里逐个登记",
        required=False,
        max_length=200,
        assume_scheme="https",
    )

    class Meta:
        model = Partner
        fields = ("code", *services.AMENDABLE)


class GrantForm(forms.ModelForm):  # type: ignore[type-arg]  # as `Panel`
    """Leave to ask for one purpose."""

    partner = forms.ModelChoiceField(Partner.objects.order_by("code"), label="部门")
    scope = forms.ChoiceField(label="用途", choices=[(it.value, SCOPES[it]) for it in Scope])
    legal_basis = forms.CharField(
        label="法律依据",
        help_text="法规名称和条款，持证人看得到",
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 3, "cols": 60}),
    )
    shown = forms.MultipleChoiceField(
        label="可看的内容",
        help_text="证件状态和有效期至总能看到",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=[(it.value, FIELDS[it]) for it in AnswerField],
    )
    confidential_days = forms.IntegerField(
        label="几天后告诉本人", help_text="0 是马上；法律要求保密的查询才填", min_value=0, initial=0
    )
    valid_from = forms.DateField(label="第一天", widget=_Day())
    valid_to = forms.DateField(label="最后一天", required=False, widget=_Day())
    per_subject_per_day = forms.IntegerField(
        label="一人一天几次", help_text="超过时发出警示", min_value=1, initial=20
    )

    class Meta:
        model = PartnerGrant
        fields = (
            *("partner", "scope", "legal_basis", "confidential_days"),
            *("valid_from", "valid_to", "per_subject_per_day"),
        )

    def __init__(self, *args: Any, **more: Any) -> None:
        row = more.get("instance")
        if row is not None:
            chosen = [name for name in row.fields.split(",") if name]
            more["initial"] = {"shown": chosen} | (more.get("initial") or {})
        super().__init__(*args, **more)

    def clean(self) -> dict[str, Any]:
        """Refuse days that run backwards."""
        given = super().clean() or {}
        first, last = given.get("valid_from"), given.get("valid_to")
        if first and last and last < first:
            self.add_error("valid_to", "最后一天早于第一天")
        return given


class KeyForm(forms.ModelForm):  # type: ignore[type-arg]  # as `Panel`
    """A public key to be registered."""

    partner = forms.ModelChoiceField(Partner.objects.order_by("code"), label="部门")
    text = forms.CharField(
        label="公钥",
        help_text="JWK 或 PEM，Ed25519 或 P-256；不要贴私钥",
        max_length=jose.LONGEST,
        widget=forms.Textarea(attrs={"rows": 8, "cols": 60}),
    )
    name = forms.CharField(
        label="名称（kid）", help_text="不填时用公钥自带的", required=False, max_length=64
    )

    class Meta:
        model = PartnerKey
        fields = ("partner",)

    def clean(self) -> dict[str, Any]:
        """Read the key, and refuse one that is there already."""
        given = super().clean() or {}
        if "partner" in given and "text" in given:
            try:
                given["key"], given["kid"] = jose.named_key(given["text"], given["name"])
            except JoseRefusedError as error:
                self.add_error("text", str(error))
                return given
            same = PartnerKey.objects.filter(thumbprint=jose.thumbprint(given["key"]))
            named = PartnerKey.objects.filter(partner=given["partner"], kid=given["kid"])
            if (same | named).exists():
                self.add_error("text", "这把公钥或这个名称已经登记过")
        return given
