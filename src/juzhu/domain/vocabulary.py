"""The words of the Regulations that every part of the system shares, as enums."""

from enum import StrEnum


class Business(StrEnum):
    """What a person applies for (业务)."""

    FIRST_ISSUE = "first-issue"  # 申领; after a cancellation 再次申领
    ENDORSEMENT = "endorsement"  # 签注; after a suspension 补办签注
    REISSUE = "reissue"  # 补领: the card is lost or destroyed
    REPLACEMENT = "replacement"  # 换领: the card is damaged, or what it shows has changed


class Route(StrEnum):
    """The ground on which a person qualifies (条例 第十九条)."""

    STABLE = "STABLE"  # 合法稳定居所 + 合法稳定职业
    TALENT = "TALENT"  # 人才引进
    STUDENT = "STUDENT"  # 全日制中高等学历(职业)教育


class Outcome(StrEnum):
    """The answer of a decision. Unknown is an answer of its own and never a no."""

    APPROVED = "approved"
    REFUSED = "refused"
    UNKNOWN = "unknown"


class PermitState(StrEnum):
    """The state of a permit on one civil day."""

    NOT_YET_ISSUED = "not_yet_issued"
    VALID = "valid"  # 有效
    IN_WINDOW = "in_window"  # 有效，可签注
    SUSPENDED = "suspended"  # 使用功能中止
    CANCELLED = "cancelled"  # 注销


class Source(StrEnum):
    """A department's register that a decision rests on; the names used in a facts file."""

    POPULATION = "population"  # 人口库: name, sex, alive
    HUKOU = "hukou"  # 户籍
    REGISTRATIONS = "registrations"  # 居住登记
    INSURANCE = "insurance"  # 社会保险
    TALENT = "talent"  # 人才
    ENROLMENT = "enrolment"  # 学籍
    PERMIT = "permit"  # our own register


class Insurance(StrEnum):
    """The five social insurances (五险)."""

    PENSION = "pension"  # 养老
    MEDICAL = "medical"  # 医疗
    INJURY = "injury"  # 工伤
    UNEMPLOYMENT = "unemployment"  # 失业
    MATERNITY = "maternity"  # 生育


class TalentKind(StrEnum):
    """Who counts as introduced talent (人才引进; list of the Shenzhen guide, regulations 1.2)."""

    HIGH_LEVEL = "high_level"  # 高层次专业人才, also after the qualification has expired
    OVERSEAS_HIGH_LEVEL = "overseas_high_level"  # 海外高层次人才
    RETURNED_STUDENT = "returned_student"  # 出国留学人员资格证明
    DEGREE = "degree"  # 全日制大专及以上学历; counts only when full-time
    SKILL_CERTIFICATE = "skill_certificate"  # 高级工及以上; counts only when issued by Shenzhen


class EducationLevel(StrEnum):
    """Levels that Article 19 names (中高等); lower ones give no route."""

    SECONDARY = "secondary"
    HIGHER = "higher"
