"""Partners on the pages of reference data: every form calls a service, as `juzhu partner` does."""

from datetime import timedelta
from typing import Any, Final

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ActionForm
from django.db.models import QuerySet
from django.http import HttpRequest

from juzhu.modules.panel import BY_PARTNER, Panel, Site, column, titled
from juzhu.modules.partners import services
from juzhu.modules.partners.contracts import AnswerField, Grant, Scope
from juzhu.modules.partners.forms import GrantForm, KeyForm, PartnerForm
from juzhu.modules.partners.models import (
    Partner,
    PartnerChange,
    PartnerGrant,
    PartnerKey,
    Usage,
    Warned,
)
from juzhu.modules.partners.texts import ACTS, SCOPES
from juzhu.modules.partners.warnings import How

HOW: Final = {How.TOLD: "已通知", How.UNTOLD: "没有可用的联系方式"}
OVERLAP: Final = timedelta(hours=24)


class WhyForm(ActionForm):
    """An action and why it is taken."""

    why = forms.CharField(label="原因", required=False, max_length=200)


@admin.display(description="状态")
def standing(row: Partner) -> str:
    """Return how a partner stands."""
    return "停用" if row.suspended_at else "在用"


class PartnerPanel(Panel):
    """The departments that ask."""

    may_add = may_change = True
    form = PartnerForm
    action_form = WhyForm
    actions = ("suspend", "resume")
    ordering = ("code",)
    search_fields = ("code", "name", "contact")
    columns = (
        column("code_shown", "代码", lambda row: row.code, order="code"),
        column("name_shown", "名称", lambda row: row.name),
        standing,
        column("limit", "每分钟上限", lambda row: row.calls_per_minute),
        column("contact_shown", "联系人", lambda row: row.contact),
    )

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:  # noqa: ARG002
        """A code stands in the ledger for ever."""
        return self.columns[:3:2] if obj else ()

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Show the code of a partner there is, and ask for that of a new one."""
        return (*(self.get_readonly_fields(request, obj) or ("code",)), *services.AMENDABLE)

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **more: Any
    ) -> Any:
        """Leave the code out where it cannot change."""
        form = super().get_form(request, obj, change, **more)
        if obj is not None:
            del form.base_fields["code"]
        return form

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Register a partner, or amend it."""
        given = {name: form.cleaned_data[name] for name in services.AMENDABLE}
        actor, at = self.admin_site.actor(request), self.admin_site.now()
        if change:
            services.amend(code=obj.code, changes=given, actor=actor, at=at)
        else:
            obj.pk = services.register(code=obj.code, actor=actor, at=at, **given)

    @admin.action(description="停用（填原因）")
    def suspend(self, request: HttpRequest, chosen: QuerySet[Partner]) -> None:
        """Shut partners out."""
        why = request.POST.get("why", "").strip()
        if not why:
            self.message_user(request, "停用要填原因", messages.ERROR)
            return
        for row in chosen:
            services.suspend(
                code=row.code,
                why=why,
                actor=self.admin_site.actor(request),
                at=self.admin_site.now(),
            )
        self.message_user(request, f"已停用 {len(chosen)} 个部门，两秒内生效")

    @admin.action(description="恢复")
    def resume(self, request: HttpRequest, chosen: QuerySet[Partner]) -> None:
        """Let partners in again."""
        for row in chosen:
            services.resume(
                code=row.code, actor=self.admin_site.actor(request), at=self.admin_site.now()
            )
        self.message_user(request, f"已恢复 {len(chosen)} 个部门")


class GrantPanel(Panel):
    """Who may ask for what, by which law."""

    may_add = may_change = True
    form = GrantForm
    list_filter = (BY_PARTNER,)
    list_select_related = ("partner",)
    ordering = ("partner__code", "scope")
    columns = (
        column("partner_shown", "部门", lambda row: row.partner.name, order="partner__code"),
        column("scope_shown", "用途", lambda row: SCOPES[Scope(row.scope)], order="scope"),
        column("basis", "法律依据", lambda row: row.legal_basis),
        column("first", "第一天", lambda row: row.valid_from),
        column("last", "最后一天", lambda row: row.valid_to or "不限"),
    )

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:  # noqa: ARG002
        """What a grant is for does not change; it ends, and another begins."""
        return self.columns[:2] if obj else ()

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Show partner and purpose of a grant there is, and ask for those of a new one."""
        asked = ("legal_basis", "shown", *GrantForm.Meta.fields[3:])
        return (*(self.get_readonly_fields(request, obj) or ("partner", "scope")), *asked)

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **more: Any
    ) -> Any:
        """Leave out what cannot change."""
        form = super().get_form(request, obj, change, **more)
        if obj is not None:
            del form.base_fields["partner"], form.base_fields["scope"]
        return form

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:  # noqa: ARG002
        """Grant, or change what was granted."""
        given = form.cleaned_data
        granted = Grant(
            scope=Scope(obj.scope),
            legal_basis=given["legal_basis"],
            fields=tuple(AnswerField(name) for name in given["shown"]),
            confidential_days=given["confidential_days"],
            valid_from=given["valid_from"],
            valid_to=given["valid_to"],
            per_subject_per_day=given["per_subject_per_day"],
        )
        actor, at = self.admin_site.actor(request), self.admin_site.now()
        services.grant(code=obj.partner.code, grant=granted, actor=actor, at=at)
        obj.pk = PartnerGrant.objects.get(partner=obj.partner, scope=obj.scope).pk


class KeyPanel(Panel):
    """The keys by which partners prove themselves."""

    may_add = True
    form = KeyForm
    actions = ("end_tomorrow", "end_now")
    list_filter = (BY_PARTNER,)
    list_select_related = ("partner",)
    ordering = ("partner__code", "-pk")
    columns = (
        column("kid_shown", "名称", lambda row: row.kid),
        column("partner_shown", "部门", lambda row: row.partner.name, order="partner__code"),
        column("print", "指纹", lambda row: row.thumbprint),
        column("added", "登记时间", lambda row: row.added_at),
        column("ends", "失效时间", lambda row: row.ends_at),
    )

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:  # noqa: ARG002
        """Show a key there is, and ask for a new one."""
        return self.columns if obj else ("partner", "text", "name")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:  # noqa: ARG002
        """A key never changes."""
        return self.columns if obj else ()

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:  # noqa: ARG002
        """Register the key."""
        given = form.cleaned_data
        services.add_key(
            code=given["partner"].code,
            key=given["key"],
            kid=given["kid"],
            actor=self.admin_site.actor(request),
            at=self.admin_site.machine_now(),
        )
        registered = PartnerKey.objects.get(partner=given["partner"], kid=given["kid"])
        obj.pk, obj.kid = registered.pk, registered.kid

    @admin.action(description="24 小时后失效")
    def end_tomorrow(self, request: HttpRequest, chosen: QuerySet[PartnerKey]) -> None:
        """Let keys be good for a day yet."""
        self._end(request, chosen, OVERLAP)

    @admin.action(description="立即失效（泄露时用）")
    def end_now(self, request: HttpRequest, chosen: QuerySet[PartnerKey]) -> None:
        """Let keys be good no longer."""
        self._end(request, chosen, timedelta())

    def _end(self, request: HttpRequest, chosen: QuerySet[PartnerKey], left: timedelta) -> None:
        now = self.admin_site.machine_now()
        for row in chosen.select_related("partner"):
            services.end_key(
                code=row.partner.code,
                kid=row.kid,
                ends_at=now + left,
                actor=self.admin_site.actor(request),
                at=now,
            )
        self.message_user(request, f"已处理 {len(chosen)} 把公钥")


def _member(pair: tuple[str, object]) -> str:
    return f"{pair[0]}：{pair[1]}"


class ChangePanel(Panel):
    """What was done to partners' entries, by whom."""

    ordering = ("-at", "-pk")
    list_filter = (titled("code", "部门"), titled("what", "做了什么"))
    search_fields = ("code", "actor")
    columns = (
        column("at_shown", "时间", lambda row: row.at, order="at"),
        column("code_shown", "部门", lambda row: row.code, order="code"),
        column("what_shown", "做了什么", lambda row: ACTS[row.what], order="what"),
        column("actor_shown", "谁", lambda row: row.actor, order="actor"),
        column("detail_shown", "内容", lambda row: "；".join(map(_member, row.detail.items()))),
    )


class UsagePanel(Panel):
    """How much partners call."""

    ordering = ("-day", "partner__code", "operation", "status")
    list_filter = (BY_PARTNER, titled("day", "日期", admin.DateFieldListFilter))
    list_select_related = ("partner",)
    columns = (
        column("day_shown", "日期", lambda row: row.day, order="day"),
        column("partner_shown", "部门", lambda row: row.partner.name, order="partner__code"),
        column("operation_shown", "接口", lambda row: row.operation, order="operation"),
        column("status_shown", "状态码", lambda row: row.status, order="status"),
        column("calls_shown", "次数", lambda row: row.calls, order="calls"),
    )


class WarnedPanel(Panel):
    """What partners' contacts were warned of."""

    ordering = ("-at", "-pk")
    list_filter = (BY_PARTNER, titled("how", "结果"))
    list_select_related = ("partner",)
    columns = (
        column("at_shown", "时间", lambda row: row.at, order="at"),
        column("partner_shown", "部门", lambda row: row.partner.name, order="partner__code"),
        column("text_shown", "内容", lambda row: row.text),
        column("how_shown", "结果", lambda row: HOW[How(row.how)], order="how"),
    )


def register(site: Site) -> None:
    """Put the pages of this module on a site."""
    site.register(Partner, PartnerPanel)
    site.register(PartnerGrant, GrantPanel)
    site.register(PartnerKey, KeyPanel)
    site.register(Usage, UsagePanel)
    site.register(Warned, WarnedPanel)
    site.register(PartnerChange, ChangePanel)
