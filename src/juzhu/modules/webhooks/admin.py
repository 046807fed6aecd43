"""Partners' addresses and what was sent to them, on the pages of reference data."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Final
from uuid import UUID

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from juzhu.modules.panel import BY_PARTNER, Panel, Site, column, titled
from juzhu.modules.webhooks import services, signing
from juzhu.modules.webhooks.contracts import DeliveryState, TargetState
from juzhu.modules.webhooks.models import Delivery, Target

STATES: Final[Mapping[str, str]] = {
    TargetState.ACTIVE: "在用",
    TargetState.RESTING: "放慢",
    TargetState.DISABLED: "停用",
    DeliveryState.PENDING: "等待发送",
    DeliveryState.DELIVERED: "已送达",
    DeliveryState.FAILED: "没有送达",
}


class TargetPanel(Panel):
    """Where partners want to be nudged; they change it by themselves."""

    ordering = ("partner__code", "created_at")
    list_filter = (BY_PARTNER, titled("state", "状态"))
    list_select_related = ("partner",)
    columns = (
        column("url_shown", "地址", lambda row: row.url),
        column("partner_shown", "部门", lambda row: row.partner.name, order="partner__code"),
        column("state_shown", "状态", lambda row: STATES[row.state], order="state"),
        column("why_shown", "原因", lambda row: row.why),
        column("failures_shown", "连续失败", lambda row: row.failures),
        column("created", "登记时间", lambda row: row.created_at),
    )


class DeliveryPanel(Panel):
    """What was sent, what became of it, and sending it again."""

    actions = ("replay",)
    ordering = ("-made_at",)
    list_filter = (
        titled("state", "状态"),
        titled("target__partner", "部门", admin.RelatedFieldListFilter),
    )
    list_select_related = ("target__partner",)
    columns = (
        column("id_shown", "编号", lambda row: signing.name_of(row.pk)),
        column("partner_shown", "部门", lambda row: row.target.partner.name),
        column("url_shown", "地址", lambda row: row.target.url),
        column("state_shown", "状态", lambda row: STATES[row.state], order="state"),
        column("made", "生成时间", lambda row: row.made_at, order="made_at"),
        column("tries_shown", "试过几次", lambda row: row.tries),
        column("outcome_shown", "最近一次", lambda row: row.outcome or "—"),
        column("next_try", "下次", lambda row: row.next_try_at),
    )

    @admin.action(description="重新发送")
    def replay(self, request: HttpRequest, chosen: QuerySet[Delivery]) -> None:
        """Send hints again, under the ids they had."""
        by_partner: defaultdict[int, list[UUID]] = defaultdict(list)
        for row in chosen.select_related("target"):
            by_partner[row.target.partner_id].append(row.pk)
        count = sum(
            services.replay_these(
                partner_id=partner_id,
                deliveries=keys,
                actor=self.admin_site.actor(request),
                at=self.admin_site.machine_now(),
            )
            for partner_id, keys in by_partner.items()
        )
        self.message_user(request, f"{count} 条提醒马上重新发送")


def register(site: Site) -> None:
    """Put the pages of this module on a site."""
    site.register(Target, TargetPanel)
    site.register(Delivery, DeliveryPanel)
