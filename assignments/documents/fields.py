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
HEAD = {name: COMMON[name] for name in ("cap_tren", "co_quan", "dia_danh", "ngay_thang")}
HEAD["trich_yeu"] = COMMON["trich_yeu"]
PERSON = {
    "nam": _("the year"),
    "ho_ten": _("the member"),
    "ngay_sinh": _("the birth date"),
    "ngay_vao_dang": _("the day of admission"),
    "ngay_chinh_thuc": _("the day of becoming an official member"),
    "chuc_vu": _("the posts, on 31 December"),
    "nghe_nghiep": _("the occupation"),
    "don_vi": _("the unit"),
}
OWN = {
    "theo_doi": _("attendance and duty visits of the year, in one sentence"),
    "nhom_diem": _("the groups of the rating set with one's own points, a list"),
    "tong_tu_cham": _("the sum of one's own points"),
    "muc_tu_nhan": _("one's own level"),
    "nhiem_vu_nam": _("the tasks of the year, a list"),
}
REVIEW = {
    "uu_diem": _("strengths and results, a list of texts"),
    "han_che": _("shortcomings, a list of texts"),
    "nguyen_nhan": _("their causes, a list of texts"),
    "khac_phuc": _("what was mended, a list of texts"),
    "phuong_huong": _("how they will be mended, a list of texts"),
    "muc_chi_uy": _("the level that the branch committee proposes"),
    "muc_chi_bo": _("the level that the branch voted"),
    "muc_quyet_dinh": _("the level that was decided"),
}
RE_RATING = {
    "nam": _("the year"),
    "ho_ten": _("the member"),
    "chi_bo": _("the branch"),
    "muc_cu": _("the level before"),
    "muc_moi": _("the new level"),
    "ly_do": _("the reason"),
    "ngay_cu": _("the day of the decision before"),
    "thay_doi": _("what changed, a list"),
}
COUNT = {
    "ngay_hop": _("the day of the meeting"),
    "to_kiem_phieu": _("the tellers"),
    "trieu_tap": _("how many official members were convened"),
    "tam_vang": _("how many of them are away"),
    "mien_vang": _("how many of them are exempt and were absent"),
    "co_so": _("the base of the vote"),
    "co_mat": _("how many were present"),
    "nguong": _("the share that a vote must exceed"),
    "phat_ra": _("ballot papers given out"),
    "thu_ve": _("ballot papers that came back"),
    "hop_le": _("of them valid"),
    "khong_hop_le": _("of them invalid"),
    "ket_qua_phieu": _("the votes on each member, a list"),
}
FIELDS = {
    DocumentKind.DECISION: COMMON | ASSIGNED,
    DocumentKind.LIST: COMMON | ASSIGNED | {"kem_theo": _("with what it goes")},
    DocumentKind.PLAN: COMMON | PLANNED,
    DocumentKind.MINUTES: COMMON | MINUTES,
    DocumentKind.REVIEW_LEADER: HEAD
    | PERSON
    | OWN
    | REVIEW
    | {"ket_qua_don_vi": _("the levels of the organizations that one heads, a list of texts")},
    DocumentKind.REVIEW_STAFF: HEAD | PERSON | OWN | REVIEW,
    DocumentKind.REVIEW_OUTSIDE: HEAD | PERSON | OWN | REVIEW,
    DocumentKind.SELF_RATING: HEAD | PERSON | OWN,
    DocumentKind.RE_RATING: COMMON | RE_RATING,
    DocumentKind.DOSSIER: HEAD
    | {name: PERSON[name] for name in ("nam", "ho_ten", "chuc_vu", "don_vi")}
    | {"danh_muc": _("the papers, a list")},
    DocumentKind.BALLOT: HEAD
    | {"huong_dan": _("which levels are voted on"), "phieu_muc": _("the members, a list")},
    DocumentKind.PICK: HEAD | {"phieu_chon": _("those voted good, a list")},
    DocumentKind.COUNT: HEAD | COUNT,
    DocumentKind.SUMMARY: COMMON
    | {
        "bo_tieu_chi": _("the rating set"),
        "so_lieu": _("what is counted: decided or suggested levels"),
        "tong_hop": _("the units and all together, a list"),
    },
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
    "uu_diem": PLAIN,
    "han_che": PLAIN,
    "nguyen_nhan": PLAIN,
    "khac_phuc": PLAIN,
    "phuong_huong": PLAIN,
    "ket_qua_don_vi": PLAIN,
    "nhom_diem": ("ten", "toi_da", "tu_cham"),
    "nhiem_vu_nam": ("stt", "noi_dung", "han", "ket_qua"),
    "thay_doi": ("stt", "noi_dung", "truoc", "sau"),
    "danh_muc": ("stt", "ten", "co", "ghi_chu"),
    "phieu_muc": ("stt", "ho_ten", "xuat_sac", "tot", "hoan_thanh", "khong"),
    "phieu_chon": ("stt", "ho_ten", "dong_y", "khong_dong_y"),
    "ket_qua_phieu": (
        "stt",
        "ho_ten",
        "xuat_sac",
        "tot",
        "hoan_thanh",
        "khong",
        "trong",
        "muc",
    ),
    "tong_hop": (
        "ten",
        "tong",
        "duoc_xep",
        "xuat_sac",
        "tot",
        "hoan_thanh",
        "khong",
        "chua",
    ),
}
