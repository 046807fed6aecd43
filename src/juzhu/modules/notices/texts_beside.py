"""Texts that stand in no inbox: codes, and a word to a number that is somebody else's now."""

from collections.abc import Mapping
from typing import Final

BESIDE: Final[Mapping[str, tuple[str, ...]]] = {
    "sign_in_code": ("登录验证码{code}，5分钟内有效。工作人员不会向您要这个码。",),
    "phone_code": ("更改预留手机号的验证码{code}，10分钟内有效。不是您在办，不用理会。",),
    "mandate_code": (
        "{helper}想替您办居住证：{tasks}，到{through}为止。同意就把验证码{code}念给他，10分钟内有效；不同意，别告诉任何人。",
    ),
    "call_code": (
        "您打电话办居住证的验证码{code}，10分钟内有效，念给接电话的工作人员。您没有打电话，别告诉任何人。",
    ),
    "share_code": ("您在电话里要的居住证共享码{code}，到{until}为止，只给要看证件的人。",),
    "phone_left": ("这个号码不再是居住证的预留手机号。不是您本人改的，请拨12345。",),
}
"""Each in its editions; a text that was sent is never changed."""
