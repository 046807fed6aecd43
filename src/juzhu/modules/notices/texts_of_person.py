"""The part of `notices.texts` about the person: phone, agent, and what registers told of them."""

from collections.abc import Mapping
from typing import Final, NamedTuple

from juzhu.modules.notices.contracts import Occasion


class Text(NamedTuple):
    """One edition of a text: what the SMS says, and the same in English."""

    chinese: str
    english: str


OF_THE_PERSON: Final[Mapping[Occasion, tuple[Text, ...]]] = {
    Occasion.CANCELLED_HUKOU: (
        Text(
            "您已转为深圳户籍，居住证自{cancelled_on}注销。有误请到“居住证服务-我的信息”提出。",
            "You hold a Shenzhen hukou now, so your permit is cancelled from {cancelled_on}. If that is wrong, say so under My data.",
        ),
    ),
    Occasion.RESTORED: (
        Text(
            "居住证因登记有误被注销，向您道歉。现已恢复，视为从未注销，有效至{valid_through}。",
            "Your permit was cancelled because of a wrong record. We apologise. It is restored as if never cancelled, valid through {valid_through}.",
        ),
    ),
    Occasion.END_ANNULLED: (
        Text(
            "已查实居住证不是您要求注销的，向您道歉。现已恢复，视为从未注销，有效至{valid_through}。",
            "Your permit was cancelled without your asking. We apologise. It is restored as if never cancelled, valid through {valid_through}.",
        ),
    ),
    Occasion.END_STANDS: (
        Text(
            "您提出居住证不是本人注销的，已经核实，注销有效。理由和救济办法在“居住证服务-我的信息”。",
            "You said you did not ask for the cancellation. It has been looked into and stands. The reasons and remedies are under My data.",
        ),
    ),
    Occasion.NUMBER_CORRECTED: (
        Text(
            "您的身份号码登记已更正，居住证和全部记录照旧。不是您的情况，请拨12345。",
            "Your citizen number was corrected in the registers. Your permit and all records stay yours. If this is wrong, call 12345.",
        ),
    ),
    Occasion.PHONE_CHANGED: (
        Text(
            "您的预留手机号已在受理点更改。不是您本人办的，请拨12345。",
            "Your reserved phone was changed at an acceptance point. If this was not you, call 12345.",
        ),
        Text(
            "您的预留手机号已经换成这个号码。不是您本人办的，请拨12345。",
            "This is your reserved phone now. If you did not change it, call 12345.",
        ),
    ),
    Occasion.AGENT_CHANGED: (
        Text(
            "领卡的代领人已按您的要求更改。不是您本人办的，请拨12345。受理号{number}。",
            "The person who may collect your card was changed as you asked. If this was not you, call 12345. Ref {number}.",
        ),
    ),
    Occasion.HELPER_NAMED: (
        Text(
            "您授权了一位亲友替您办居住证，到{until}为止。不是您的意思，请拨12345收回。",
            "You let a relative or friend act for you in residence permit matters through {until}. If you did not, call 12345.",
        ),
    ),
    Occasion.HELPER_APPLIED: (
        Text(
            "您授权的亲友替您提交了居住证申请，受理号{number}。不是您的意思，请拨12345。",
            "The person you authorised has applied for you, ref {number}. If you did not want this, call 12345.",
        ),
    ),
    Occasion.HELPER_PAYS: (
        Text(
            "您授权的亲友正在替您缴工本费，单号{number}。不是您的意思，请拨12345。",
            "The person you authorised is paying the card fee for you, no. {number}. If you did not want this, call 12345.",
        ),
    ),
    Occasion.HELPER_SHEET: (
        Text(
            "您授权的亲友替您开了一张信息单，单号{number}。不是您的意思，请拨12345。",
            "The person you authorised had an information sheet made for you, no. {number}. If you did not want this, call 12345.",
        ),
    ),
    Occasion.HELPER_ENDED: (
        Text(
            "您给亲友的居住证代办授权结束了，他不能再替您办。不是您的意思，请拨12345。",
            "The person you authorised can no longer act for you in residence permit matters. If you did not want this, call 12345.",
        ),
    ),
    Occasion.PHONE_DOUBTED: (
        Text(
            "您预留的手机号已经收不到短信，可能换了人用，所以停用了。请到任一受理点更新。",
            "Your mobile number receives no SMS and may be somebody else's now; it is no longer used. Update it at any acceptance point.",
        ),
        Text(
            "您预留的手机号收不到短信，可能换了人用，已停用。请在“我的信息”更改，或到任一受理点。",
            "Your mobile number receives no SMS and may be somebody else's now; it is no longer used. Change it under My data or at any counter.",
        ),
    ),
    Occasion.FRAUD_NOTICE: (
        Text(
            "工作人员对您居住证的申领情况提出疑问，请在{hear_by}前到“居住证服务-我的信息”说明。",
            "There are doubts about how your permit was obtained. Please answer by {hear_by} under My data. Nothing is decided yet.",
        ),
    ),
    Occasion.FRAUD_DROPPED: (
        Text(
            "关于您居住证的疑问已经核实，没有问题，居住证照常有效。",
            "The doubts about your permit have been looked into: all is in order, and the permit stays as it is.",
        ),
    ),
    Occasion.FRAUD_CANCELLED: (
        Text(
            "您的居住证已于{cancelled_on}被注销，理由和复议、诉讼的办法在“居住证服务-我的信息”。",
            "Your permit was cancelled on {cancelled_on}. The reasons, and how to ask for a review or go to court, are under My data.",
        ),
    ),
    Occasion.COPY_READY: (
        Text(
            "您要的信息副本做好了，{until}前可到“居住证服务-我的信息”下载。不是您要的，请拨12345。",
            "The copy of your data is ready; download it by {until} under My data. If you did not ask for it, call 12345.",
        ),
    ),
    Occasion.DATA_ANSWERED: (
        Text(
            "您{on}提出的信息有误，已经有答复，请到“居住证服务-我的信息”查看。",
            "There is an answer to what you said on {on} is wrong in your data. See My data.",
        ),
    ),
}
