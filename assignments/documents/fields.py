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
MINUTES = {
    "loai_hop": _("the kind of meeting"),
    "ngay_hop": _("the day of the meeting"),
    "gio_khai_mac": _("when it was opened; empty where nobody wrote it down"),
    "gio_be_mac": _("when it was closed"),
    "dia_diem": _("where it was held"),
    "chu_toa": _("the chair"),
    "thu_ky": _("who kept the minutes"),
    "tong_so": _("how many members the branch has"),
    "chinh_thuc": _("how many of them are official"),
    "du_bi": _("how many of them are on probation"),
    "sinh_hoat_tam": _("how many of them are temporarily active in the branch"),
    "mien": _("how many are exempt"),
    "tam_vang": _("how many are temporarily active elsewhere"),
    "dinh_chi": _("how many are suspended"),
    "co_mat": _("how many were present"),
    "co_mat_chinh_thuc": _("how many official members were present"),
    "co_mat_du_bi": _("how many members on probation were present"),
    "co_mat_tam": _("how many of those temporarily active were present"),
    "so_vang_co_ly_do": _("how many were absent with reason"),
    "vang_co_ly_do": _("who was absent with reason, a list"),
    "so_vang_khong_ly_do": _("how many were absent without reason"),
    "vang_khong_ly_do": _("who was absent without reason, a list of names"),
    "chua_ghi": _("who stands on no roster, a list of names; empty when it is whole"),
    "khach_moi": _("the guests, a list of texts"),
    "chuong_trinh": _("the agenda, a list of texts"),
    "thao_luan": _("what was discussed, a list of texts"),
    "y_kien": _("opinions raised at the meeting, a list"),
    "ket_luan": _("the conclusions, a list of texts"),
    "so_nghi_quyet": _("the number of the resolution"),
    "nghi_quyet": _("the resolution, a list of texts"),
    "tan_thanh": _("votes for; empty where none were counted"),
    "khong_tan_thanh": _("votes against"),
    "y_kien_khac": _("who abstained"),
}
FIELDS = {
    DocumentKind.DECISION: COMMON | ASSIGNED,
    DocumentKind.LIST: COMMON | ASSIGNED | {"kem_theo": _("with what it goes")},
    DocumentKind.PLAN: COMMON | PLANNED,
    DocumentKind.MINUTES: COMMON | MINUTES,
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
    "vang_co_ly_do": ("ho_ten", "ly_do"),
    "vang_khong_ly_do": PLAIN,
    "chua_ghi": PLAIN,
    "khach_moi": PLAIN,
    "chuong_trinh": PLAIN,
    "thao_luan": PLAIN,
    "y_kien": ("noi_dung", "xu_ly"),
    "ket_luan": PLAIN,
    "nghi_quyet": PLAIN,
}
