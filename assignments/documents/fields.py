"""What a template may name, for each kind of document, and what each field is.

The names are Vietnamese without diacritics: offices write them into their templates.
"""

from django.utils.translation import gettext_lazy as _

from ..choices import DocumentKind

PLAIN = None  # of a list whose items are texts themselves

COMMON = {
    "cap_tren": _("the organization above, in capitals; empty for the highest"),
    "co_quan": _("the issuing organization, in capitals"),
    "so_ky_hieu": _("the number, as 05-QĐ/ĐU"),
    "dia_danh": _("the place"),
    "ngay_thang": _("the date in words: ngày 05 tháng 3 năm 2026"),
    "trich_yeu": _("what the document is about"),
    "tham_quyen": _("the body that decides, in capitals"),
    "thay_mat": _("on whose behalf it is signed: T/M BAN THƯỜNG VỤ"),
    "chuc_vu_ky": _("the post of who signs, in capitals"),
    "nguoi_ky": _("the name of who signs"),
    "can_cu": _("the grounds, a list of texts"),
    "noi_nhan": _("the recipients, a list of texts"),
}
ASSIGNED = {
    "tong_so": _("how many assignments there are"),
    "phan_cong": _("the assignments, a list"),
}
PLANNED = {
    "nam": _("the year"),
    "doan": _("the team"),
    "noi_den": _("where the team goes"),
    "truong_doan": _("the leader"),
    "chuc_vu_truong_doan": _("the leader's post"),
    "van_ban": _("the document under which the team was formed, with its date"),
    "thanh_vien": _("the members, a list"),
    "chi_tieu": _("the year's targets, a list"),
    "nhiem_vu": _("the year's tasks, a list"),
}
FIELDS = {
    DocumentKind.DECISION: COMMON | ASSIGNED,
    DocumentKind.LIST: COMMON | ASSIGNED | {"kem_theo": _("with what it goes")},
    DocumentKind.PLAN: COMMON | PLANNED,
}
# The fields of one item of each list.
ITEMS = {
    "can_cu": PLAIN,
    "noi_nhan": PLAIN,
    "phan_cong": (
        "stt",
        "ho_ten",
        "chuc_vu",
        "noi_phu_trach",
        "vai_tro",
        "so_lan_du",
        "tu_ngay",
        "den_ngay",
    ),
    "thanh_vien": ("stt", "ho_ten", "chuc_vu", "chi_bo", "so_lan_du"),
    "chi_tieu": ("stt", "ten", "muc_giao", "don_vi"),
    "nhiem_vu": ("stt", "noi_dung", "nguoi", "han"),
}
