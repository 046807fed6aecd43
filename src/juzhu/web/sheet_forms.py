"""The forms of the information sheet: making one, sharing, and checking in public."""

from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from juzhu.domain.sheet import CHECK_CODE_LENGTH, SHARE_CODE_LENGTH
from juzhu.modules.sheets.contracts import ShareField
from juzhu.ports.sheets import MOST_FILE_BYTES
from juzhu.web.fields import BirthDateField, CodeField, Option, PurposeField
from juzhu.web.forms import Form, KeyedForm
from juzhu.web.sheet_texts import OTHER, PURPOSES, SHARED, SHARED_HINTS


class SheetForm(KeyedForm):
    """What the sheet is for: one of the common purposes, or one's own words."""

    purpose = forms.ChoiceField(
        label=_("给谁看、办什么事"),
        widget=forms.RadioSelect,
        choices=[
            *((value, Option(text)) for value, text in PURPOSES.items()),
            (OTHER, Option(_("其他"), _("自己写一个用途"))),
        ],
        error_messages={"required": _("请选择用途"), "invalid_choice": _("请从下面选择用途")},
    )
    own_purpose = PurposeField(
        label=_("写明用途"), help_text=_("最多 20 个字，例如“办理图书馆借书证”")
    )

    def clean(self) -> dict[str, Any]:
        """Ask for words where 其他 is chosen, and take them nowhere else."""
        given = super().clean() or {}
        if given.get("purpose") != OTHER:
            self.errors.pop("own_purpose", None)
        elif not given.get("own_purpose") and "own_purpose" not in self.errors:
            self.add_error("own_purpose", _("请写明用途，例如“办理图书馆借书证”"))
        return given

    def purpose_words(self) -> str:
        """Return the purpose as it is printed; call only when valid."""
        given = self.cleaned_data
        return str(given["own_purpose"] if given["purpose"] == OTHER else given["purpose"])


DAYS: Final = {
    "1": Option(_("1 天"), _("只在今天能用")),
    "7": Option(_("7 天")),
    "30": Option(_("30 天")),
    "90": Option(_("90 天"), _("最长的期限")),
}


class ShareForm(SheetForm):
    """A share code: for what, showing what, how long, and whether each use is told."""

    fields_shown = forms.MultipleChoiceField(
        label=_("让对方看到哪些"),
        widget=forms.CheckboxSelectMultiple,
        initial=[ShareField.STANDING.value, ShareField.VALID_THROUGH.value],
        choices=[
            (field.value, Option(text, SHARED_HINTS.get(field, "")))
            for field, text in SHARED.items()
        ],
        error_messages={
            "required": _("请至少选一项让对方看到"),
            "invalid_choice": _("请从下面选择让对方看到哪些"),
        },
    )
    days = forms.ChoiceField(
        label=_("多久之内能用"),
        initial="7",
        widget=forms.RadioSelect,
        choices=list(DAYS.items()),
        error_messages={
            "required": _("请选择多久之内能用"),
            "invalid_choice": _("请从下面选择多久之内能用"),
        },
    )
    tell_me = forms.BooleanField(required=False, initial=True)


class CheckForm(Form):
    """The twelve characters beside the QR."""

    code = CodeField(
        length=CHECK_CODE_LENGTH,
        label=_("核验码"),
        help_text=_("在单子的二维码旁边，12 位，不分大小写，横线不用填"),
        error_messages={"required": _("请填单子上的 12 位核验码")},
    )


class FileForm(Form):
    """A sheet as a PDF."""

    file = forms.FileField(
        label=_("信息单的 PDF 文件"),
        help_text=_("不超过 2 MB。只用来核验，不会保存"),
        allow_empty_file=True,
        widget=forms.FileInput(
            attrs={
                "class": "input",
                "accept": "application/pdf,.pdf",
                "data-most": str(MOST_FILE_BYTES),
            }
        ),
        error_messages={"required": _("请选择信息单的 PDF 文件")},
    )


class ShareCheckForm(Form):
    """A share code, and a fact about its holder that a finder of the code does not know."""

    code = CodeField(
        length=SHARE_CODE_LENGTH,
        label=_("共享码"),
        help_text=_("持证人给您的 9 位码，不分大小写，横线不用填"),
        error_messages={"required": _("请填持证人给您的 9 位共享码")},
    )
    birth_date = BirthDateField(label=_("持证人的出生日期"), help_text=_("8 位数字，例如 19900101"))
