"""What others have registered about the site, as its pages must show it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SiteMarks:
    """Registrations of a government portal (国办发〔2017〕47号); "" where there is none yet.

    Attributes:
        code: 网站标识码, ten digits.
        icp: ICP备案 number with its words, such as 粤ICP备12345678号.
        police: 公安备案 number with its words.

    """

    code: str
    icp: str
    police: str
