"""What stands on the papers of the year end, from top to bottom: one description from which both
the Word template (builtin.py) and the PDF (typst/layout.typ) are made.

`{name}` is a field of fields.py. The forms of HD 43-HD/BTCTW are set as far as their text is known;
until somebody has laid the original beside one, it says so (comparing.py).
"""

from dataclasses import dataclass, field

from ..choices import DocumentKind


@dataclass(frozen=True)
class Title:
    text: str


@dataclass(frozen=True)
class Centred:
    text: str


@dataclass(frozen=True)
class Line:
    text: str
    bold: bool = False


@dataclass(frozen=True)
class Each:
    """A paragraph for each text of a list."""

    items: str


@dataclass(frozen=True)
class Table:
    """columns: (heading, name of the item's field, width in mm)."""

    items: str
    columns: tuple


@dataclass(frozen=True)
class Signed:
    """Who signs, side by side: (post, name of the field with the person, or "")."""

    people: tuple


@dataclass(frozen=True)
class Foot:
    """Recipients on the left; on whose behalf and who signs on the right."""


@dataclass(frozen=True)
class Layout:
    """numbered: whether it has a number in its head, as what an office sends out has."""

    blocks: tuple
    numbered: bool = field(default=False)


PERSON = (
    Line("Họ và tên: {ho_ten}. Ngày sinh: {ngay_sinh}."),
    Line("Ngày vào Đảng: {ngay_vao_dang}; chính thức: {ngay_chinh_thuc}."),
    Line("Chức vụ: {chuc_vu}."),
    Line("Nghề nghiệp, nơi công tác: {nghe_nghiep}."),
    Line("Đơn vị: {don_vi}."),
)
OWN_POINTS = Table(
    "nhom_diem",
    (
        ("Nhóm tiêu chí", "ten", 95),
        ("Điểm tối đa", "toi_da", 35),
        ("Tự chấm", "tu_cham", 35),
    ),
)
WORK = Table(
    "nhiem_vu_nam",
    (
        ("STT", "stt", 12),
        ("Nhiệm vụ, sản phẩm", "noi_dung", 78),
        ("Thời hạn", "han", 30),
        ("Kết quả", "ket_qua", 45),
    ),
)


def _review(form, what, results):
    """The self-review (bản kiểm điểm) of one class of persons."""
    return Layout(
        (
            Title("BẢN KIỂM ĐIỂM"),
            Centred(f"({form}: {what})"),
            *PERSON,
            Line("I. ƯU ĐIỂM, KẾT QUẢ CÔNG TÁC", bold=True),
            Each("uu_diem"),
            Line("Theo dõi trong năm: {theo_doi}"),
            *results,
            Line("II. HẠN CHẾ, KHUYẾT ĐIỂM VÀ NGUYÊN NHÂN", bold=True),
            Each("han_che"),
            Each("nguyen_nhan"),
            Line("III. KẾT QUẢ KHẮC PHỤC HẠN CHẾ, KHUYẾT ĐIỂM ĐÃ ĐƯỢC CHỈ RA", bold=True),
            Each("khac_phuc"),
            Line("IV. PHƯƠNG HƯỚNG, BIỆN PHÁP", bold=True),
            Each("phuong_huong"),
            Line("V. TỰ CHẤM ĐIỂM, TỰ NHẬN MỨC XẾP LOẠI", bold=True),
            OWN_POINTS,
            Line("Tổng điểm: {tong_tu_cham}/100. Tự nhận mức: {muc_tu_nhan}."),
            Signed((("", ""), ("NGƯỜI TỰ KIỂM ĐIỂM", "ho_ten"))),
            Line("VI. ĐÁNH GIÁ, XẾP LOẠI CỦA CẤP ỦY, CHI BỘ", bold=True),
            Line("Chi ủy đề xuất: {muc_chi_uy}."),
            Line("Chi bộ biểu quyết: {muc_chi_bo}."),
            Line("Cấp có thẩm quyền quyết định: {muc_quyet_dinh}."),
            Signed((("T/M CHI ỦY", ""), ("T/M CẤP ỦY CƠ SỞ", ""))),
            Line("PHỤ LỤC. Kết quả thực hiện nhiệm vụ năm {nam}", bold=True),
            WORK,
        )
    )


LEVEL_COLUMNS = (
    ("Xuất sắc", "xuat_sac", 20),
    ("Tốt", "tot", 20),
    ("Hoàn thành", "hoan_thanh", 24),
    ("Không HT", "khong", 20),
)
LAYOUTS = {
    DocumentKind.REVIEW_LEADER: _review(
        "Mẫu 2A",
        "cá nhân giữ chức vụ lãnh đạo, quản lý",
        (Line("Kết quả của tập thể, đơn vị trực tiếp lãnh đạo:"), Each("ket_qua_don_vi")),
    ),
    DocumentKind.REVIEW_STAFF: _review("Mẫu 2B", "cá nhân không giữ chức vụ lãnh đạo, quản lý", ()),
    DocumentKind.REVIEW_OUTSIDE: _review(
        "Mẫu 2C", "đảng viên không làm việc trong hệ thống chính trị", ()
    ),
    DocumentKind.SELF_RATING: Layout(
        (
            Title("BẢN TỰ ĐÁNH GIÁ, XẾP LOẠI CỦA CÁ NHÂN"),
            Centred("(Mẫu 05, năm {nam})"),
            *PERSON,
            Line("I. KẾT QUẢ THỰC HIỆN NHIỆM VỤ", bold=True),
            WORK,
            Line("Theo dõi trong năm: {theo_doi}"),
            Line("II. TỰ CHẤM ĐIỂM", bold=True),
            OWN_POINTS,
            Line("Tổng điểm: {tong_tu_cham}/100."),
            Line("III. TỰ NHẬN MỨC XẾP LOẠI: {muc_tu_nhan}", bold=True),
            Signed((("", ""), ("NGƯỜI TỰ ĐÁNH GIÁ", "ho_ten"))),
        )
    ),
    DocumentKind.RE_RATING: Layout(
        (
            Title("QUYẾT ĐỊNH"),
            Each("can_cu"),
            Centred("{tham_quyen} QUYẾT ĐỊNH:"),
            Line(
                "Điều 1. Đánh giá, xếp loại lại chất lượng năm {nam} đối với đồng chí {ho_ten}, "
                "{chi_bo}: từ “{muc_cu}” thành “{muc_moi}”."
            ),
            Line("Lý do: {ly_do}"),
            Table(
                "thay_doi",
                (
                    ("STT", "stt", 12),
                    ("Nội dung thay đổi", "noi_dung", 83),
                    ("Trước", "truoc", 35),
                    ("Sau", "sau", 35),
                ),
            ),
            Line(
                "Điều 2. Quyết định này thay thế kết quả đánh giá, xếp loại đã quyết định ngày "
                "{ngay_cu}."
            ),
            Line(
                "Điều 3. Văn phòng cấp ủy, {chi_bo} và đồng chí {ho_ten} chịu trách nhiệm thi hành "
                "Quyết định này."
            ),
            Foot(),
        ),
        numbered=True,
    ),
    DocumentKind.DOSSIER: Layout(
        (
            Title("DANH MỤC HỒ SƠ"),
            Centred("(Mẫu 04: hồ sơ kiểm điểm, đánh giá, xếp loại cá nhân)"),
            Line("Họ và tên: {ho_ten}. Chức vụ: {chuc_vu}."),
            Line("Đơn vị: {don_vi}. Năm {nam}."),
            Table(
                "danh_muc",
                (
                    ("STT", "stt", 12),
                    ("Tên tài liệu", "ten", 93),
                    ("Có trong hồ sơ", "co", 30),
                    ("Ghi chú", "ghi_chu", 30),
                ),
            ),
            Signed((("", ""), ("NGƯỜI LẬP DANH MỤC", ""))),
        )
    ),
    DocumentKind.BALLOT: Layout(
        (
            Title("PHIẾU BIỂU QUYẾT MỨC XẾP LOẠI"),
            Line("Đánh dấu X vào một ô ở mỗi dòng. {huong_dan}"),
            Table(
                "phieu_muc",
                (("STT", "stt", 12), ("Họ và tên", "ho_ten", 69), *LEVEL_COLUMNS),
            ),
            Line("Phiếu không ghi tên người biểu quyết."),
        )
    ),
    DocumentKind.PICK: Layout(
        (
            Title("PHIẾU BÌNH CHỌN HOÀN THÀNH XUẤT SẮC NHIỆM VỤ"),
            Line("Đánh dấu X vào một ô ở mỗi dòng."),
            Table(
                "phieu_chon",
                (
                    ("STT", "stt", 12),
                    ("Họ và tên", "ho_ten", 83),
                    ("Đồng ý", "dong_y", 35),
                    ("Không đồng ý", "khong_dong_y", 35),
                ),
            ),
            Line("Phiếu không ghi tên người biểu quyết."),
        )
    ),
    DocumentKind.COUNT: Layout(
        (
            Title("BIÊN BẢN KIỂM PHIẾU"),
            Line("Hội nghị họp {ngay_hop}. Tổ kiểm phiếu: {to_kiem_phieu}."),
            Line(
                "Đảng viên chính thức được triệu tập: {trieu_tap}; sinh hoạt tạm thời nơi khác: "
                "{tam_vang}; được miễn, vắng mặt: {mien_vang}; cơ sở tính tỷ lệ: {co_so}."
            ),
            Line("Có mặt, được biểu quyết: {co_mat}. Phải được hơn {nguong} của cơ sở tính."),
            Line(
                "Phiếu phát ra: {phat_ra}; thu về: {thu_ve}; hợp lệ: {hop_le}; không hợp lệ: "
                "{khong_hop_le}."
            ),
            Table(
                "ket_qua_phieu",
                (
                    ("STT", "stt", 12),
                    ("Họ và tên", "ho_ten", 40),
                    ("Xuất sắc", "xuat_sac", 16),
                    ("Tốt", "tot", 14),
                    ("Hoàn thành", "hoan_thanh", 18),
                    ("Không HT", "khong", 16),
                    ("Trống", "trong", 15),
                    ("Kết quả", "muc", 34),
                ),
            ),
            Signed((("TỔ KIỂM PHIẾU", ""), ("CHỦ TỌA", ""))),
        )
    ),
    DocumentKind.SUMMARY: Layout(
        (
            Title("BẢNG TỔNG HỢP"),
            Line("Bộ tiêu chí: {bo_tieu_chi}. Số liệu: {so_lieu}."),
            Table(
                "tong_hop",
                (
                    ("Đơn vị", "ten", 45),
                    ("Đảng viên", "tong", 17),
                    ("Được xếp loại", "duoc_xep", 18),
                    ("Xuất sắc", "xuat_sac", 17),
                    ("Tốt", "tot", 14),
                    ("Hoàn thành", "hoan_thanh", 19),
                    ("Không HT", "khong", 17),
                    ("Chưa, không xếp", "chua", 18),
                ),
            ),
            Foot(),
        ),
        numbered=True,
    ),
}
