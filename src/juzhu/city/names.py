"""Made-up names: common surnames with common characters, and a few minority names."""

from juzhu.city.draws import Draws

_SURNAMES = (
    "王王王李李李张张张刘刘陈陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜"
    "叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严"
)
_DOUBLE_SURNAMES = ("欧阳", "司徒", "上官", "诸葛", "司马", "夏侯")
_MALE = "伟强磊军洋勇杰涛明超刚平辉鹏斌波宇浩凯健俊帆帅旭宁龙林建国志文德海山永贵宏东峰晨泽睿轩阳"
_FEMALE = "芳娜敏静丽艳娟霞燕玲桂兰英萍红梅琴云莲秀珍慧玉华雪婷倩欣怡雨佳琪梦洁悦涵诗妍晓春"
_MINORITIES = (
    "壮",
    "苗",
    "土家",
    "侗",
    "瑶",
    "彝",
    "布依",
    "满",
    "回",
    "蒙古",
    "黎",
    "畲",
    "白",
    "傣",
)
_UYGHUR = ("阿不都", "买买提", "艾力", "吐尔逊", "热合曼", "艾合买提")
_UYGHUR_FEMALE = ("阿依古丽", "古丽娜尔", "热依汗", "帕提古丽", "米热班")


def draw_ethnic_group(draws: Draws, region: str) -> str:
    """Return an ethnic group's name (GB/T 3304), Han for nine in ten."""
    if region.startswith("65") and draws.chance(60):
        return "维吾尔"
    return "汉" if draws.chance(91) else draws.pick(_MINORITIES)


def draw_name(draws: Draws, *, male: bool, ethnic_group: str) -> str:
    """Return a name that suits sex and ethnic group."""
    if ethnic_group == "维吾尔":
        own = draws.pick(_UYGHUR) if male else draws.pick(_UYGHUR_FEMALE)
        return f"{own}·{draws.pick(_UYGHUR)}"
    surname = draws.pick(_DOUBLE_SURNAMES) if draws.chance(1) else draws.pick(_SURNAMES)
    letters = _MALE if male else _FEMALE
    given = draws.pick(letters)
    return surname + given + (draws.pick(letters) if draws.chance(75) else "")
