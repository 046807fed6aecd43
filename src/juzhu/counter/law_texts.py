"""What the law's numbers are called on the pages of reference data."""

from collections.abc import Mapping
from typing import Final

NAMES: Final[Mapping[str, str]] = {
    "residence_months": "申领：连续居住满",
    "max_gap_days": "申领：两段居住登记间隔不超过",
    "insurance_run_months": "申领：连续参保满",
    "insurance_total_months": "申领：累计参保满",
    "insurance_total_span": "申领：累计参保看最近",
    "kinds_counted_together": "申领：合并计算的险种数",
    "posting_lag_months": "社保入账可以晚",
    "validity_years": "每次签注的有效期",
    "window_days": "期满前可以签注",
    "year_residence_months": "签注：上一年居住满",
    "year_residence_days": "签注：居住满的月数折合",
    "year_insurance_months": "签注：上一年参保满",
    "year_span_months": "签注：上一年指",
    "suspension_years": "中止使用满多久注销",
    "extension_last_days": "期满前多少天内的故障要顺延",
    "fee_first_issue": "首次申领工本费",
    "fee_endorsement": "签注费",
    "fee_reapplication": "再次申领工本费",
    "fee_reissue": "补领工本费",
    "fee_replacement": "换领工本费",
    "issue_working_days": "受理后最晚签发",
    "refusal_working_days": "不通过最晚答复",
    "written_answer_working_days": "书面答复期限",
    "department_check_working_days": "部门核实期限",
    "reissue_working_days": "补领换领缴费后最晚做好",
    "payment_days": "批准后缴费期限",
    "unclaimed_days": "没人领的卡保管",
    "unclaimed_reminder_days": "没领的卡多久提醒一次",
    "hearing_working_days": "注销前等持证人说明",
    "review_days": "申请行政复议期限",
    "suit_months": "起诉期限",
}
