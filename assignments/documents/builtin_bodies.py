"""What stands between head and foot of the templates that come with the application."""

ASSIGNED_COLUMNS = (
    ("STT", "{{ dong.stt }}", 12),
    ("Họ và tên", "{{ dong.ho_ten }}", 43),
    ("Chức vụ", "{{ dong.chuc_vu }}", 40),
    ("Nơi phụ trách", "{{ dong.noi_phu_trach }}", 45),
    ("Từ ngày", "{{ dong.tu_ngay }}", 25),
)


def write_decision(sheet):
    sheet.title("QUYẾT ĐỊNH", "{{ trich_yeu }}")
    sheet.each("muc in can_cu", "- {{ muc }}")
    sheet.centred("{{ tham_quyen }} QUYẾT ĐỊNH:", bold=True)
    sheet.paragraph("Điều 1. Phân công {{ tong_so }} đồng chí phụ trách như sau:")
    sheet.table("dong in phan_cong", ASSIGNED_COLUMNS)
    sheet.paragraph(
        "Điều 2. Các đồng chí được phân công dự sinh hoạt hằng tháng với chi bộ; hướng dẫn, đôn "
        "đốc, kiểm tra việc thực hiện nhiệm vụ công tác Đảng; nắm tình hình, tiếp nhận ý kiến và "
        "báo cáo kết quả với cấp ủy."
    )
    sheet.paragraph(
        "Điều 3. Văn phòng cấp ủy, các tổ chức đảng có liên quan và các đồng chí có tên tại Điều 1 "
        "chịu trách nhiệm thi hành Quyết định này. Quyết định có hiệu lực kể từ ngày ký."
    )


def write_list(sheet):
    sheet.title("DANH SÁCH", "{{ trich_yeu }}")
    sheet.tag("if kem_theo")
    sheet.centred("({{ kem_theo }})", italic=True)
    sheet.tag("endif")
    sheet.table(
        "dong in phan_cong",
        (
            ("STT", "{{ dong.stt }}", 12),
            ("Họ và tên", "{{ dong.ho_ten }}", 38),
            ("Chức vụ", "{{ dong.chuc_vu }}", 32),
            ("Nơi phụ trách", "{{ dong.noi_phu_trach }}", 35),
            ("Vai trò", "{{ dong.vai_tro }}", 24),
            (
                "Thời gian",
                "{{ dong.tu_ngay }}{% if dong.den_ngay %} – {{ dong.den_ngay }}{% endif %}",
                24,
            ),
        ),
    )
    sheet.paragraph("Danh sách có {{ tong_so }} phân công.")


def write_plan(sheet):
    sheet.title("KẾ HOẠCH", "{{ trich_yeu }}")
    sheet.each("muc in can_cu", "- {{ muc }}")
    sheet.paragraph("I. MỤC ĐÍCH, YÊU CẦU", bold=True)
    sheet.paragraph(
        "{{ doan }} được lập theo {{ van_ban }}, cùng {{ noi_den }} lãnh đạo, chỉ đạo thực hiện "
        "nhiệm vụ năm {{ nam }}; mỗi thành viên phụ trách một chi bộ, dự sinh hoạt và giúp chi bộ "
        "hoàn thành nhiệm vụ."
    )
    sheet.paragraph("II. TRƯỞNG ĐOÀN VÀ THÀNH VIÊN", bold=True)
    sheet.paragraph(
        "Trưởng đoàn: đồng chí {{ truong_doan }}"
        "{% if chuc_vu_truong_doan %}, {{ chuc_vu_truong_doan }}{% endif %}."
    )
    sheet.table(
        "dong in thanh_vien",
        (
            ("STT", "{{ dong.stt }}", 12),
            ("Họ và tên", "{{ dong.ho_ten }}", 43),
            ("Chức vụ", "{{ dong.chuc_vu }}", 40),
            ("Chi bộ phụ trách", "{{ dong.chi_bo }}", 45),
            ("Số lần dự", "{{ dong.so_lan_du }}", 25),
        ),
    )
    sheet.paragraph("III. CHỈ TIÊU NĂM {{ nam }}", bold=True)
    sheet.table(
        "dong in chi_tieu",
        (
            ("STT", "{{ dong.stt }}", 12),
            ("Chỉ tiêu", "{{ dong.ten }}", 93),
            ("Mức giao", "{{ dong.muc_giao }}", 30),
            ("Đơn vị tính", "{{ dong.don_vi }}", 30),
        ),
    )
    sheet.paragraph("IV. NHIỆM VỤ", bold=True)
    sheet.table(
        "dong in nhiem_vu",
        (
            ("STT", "{{ dong.stt }}", 12),
            ("Nhiệm vụ", "{{ dong.noi_dung }}", 75),
            ("Người thực hiện", "{{ dong.nguoi }}", 48),
            ("Thời hạn", "{{ dong.han }}", 30),
        ),
    )
    sheet.paragraph("V. TỔ CHỨC THỰC HIỆN", bold=True)
    sheet.paragraph(
        "Trưởng đoàn phân công, đôn đốc các thành viên; hằng tháng các thành viên báo cáo trưởng "
        "đoàn, cuối năm đoàn báo cáo cấp ủy kết quả thực hiện Kế hoạch này."
    )


MEMBERS_LINE = (
    "Tổng số đảng viên: {{ tong_so }} (chính thức {{ chinh_thuc }}, dự bị {{ du_bi }}, sinh hoạt "
    "tạm thời {{ sinh_hoat_tam }}). Được miễn công tác và sinh hoạt đảng: {{ mien }}; sinh hoạt "
    "tạm thời nơi khác: {{ tam_vang }}; đình chỉ sinh hoạt: {{ dinh_chi }}."
)
PRESENT_LINE = (
    "Có mặt: {{ co_mat }} (chính thức {{ co_mat_chinh_thuc }}, dự bị {{ co_mat_du_bi }}, sinh hoạt "
    "tạm thời {{ co_mat_tam }})."
)


def write_minutes(sheet):
    sheet.title("BIÊN BẢN", "{{ trich_yeu }}")
    sheet.paragraph("I. THỜI GIAN, ĐỊA ĐIỂM", bold=True)
    sheet.paragraph(
        "{{ loai_hop }} khai mạc {% if gio_khai_mac %}hồi {{ gio_khai_mac }}, {% endif %}"
        "{{ ngay_hop }}{% if dia_diem %}, tại {{ dia_diem }}{% endif %}."
    )
    sheet.paragraph("II. THÀNH PHẦN", bold=True)
    sheet.paragraph(MEMBERS_LINE)
    sheet.paragraph(PRESENT_LINE)
    sheet.paragraph("Vắng mặt có lý do: {{ so_vang_co_ly_do }}.")
    sheet.each(
        "dong in vang_co_ly_do",
        "- {{ dong.ho_ten }}{% if dong.ly_do %}: {{ dong.ly_do }}{% endif %}",
    )
    sheet.paragraph("Vắng mặt không có lý do: {{ so_vang_khong_ly_do }}.")
    sheet.each("ten in vang_khong_ly_do", "- {{ ten }}")
    sheet.tag("if chua_ghi")
    sheet.paragraph("Chưa ghi trong điểm danh:")
    sheet.each("ten in chua_ghi", "- {{ ten }}")
    sheet.tag("endif")
    sheet.tag("if khach_moi")
    sheet.paragraph("Đại biểu, khách mời:")
    sheet.each("khach in khach_moi", "- {{ khach }}")
    sheet.tag("endif")
    sheet.paragraph("Chủ tọa: đồng chí {{ chu_toa }}. Thư ký: đồng chí {{ thu_ky }}.")
    sheet.paragraph("III. NỘI DUNG", bold=True)
    sheet.each("dong in chuong_trinh", "{{ dong }}")
    sheet.paragraph("IV. THẢO LUẬN", bold=True)
    sheet.each("dong in thao_luan", "{{ dong }}")
    sheet.tag("if y_kien")
    sheet.paragraph("Ý kiến, kiến nghị:")
    sheet.each(
        "dong in y_kien",
        "- {{ dong.noi_dung }}{% if dong.xu_ly %} ({{ dong.xu_ly }}){% endif %}",
    )
    sheet.tag("endif")
    sheet.paragraph("V. KẾT LUẬN, NGHỊ QUYẾT", bold=True)
    sheet.each("dong in ket_luan", "{{ dong }}")
    sheet.tag("if so_nghi_quyet")
    sheet.paragraph("Chi bộ ban hành Nghị quyết số {{ so_nghi_quyet }}.")
    sheet.tag("endif")
    sheet.each("dong in nghi_quyet", "{{ dong }}")
    sheet.tag("if tan_thanh")
    sheet.paragraph(
        "Biểu quyết: tán thành {{ tan_thanh }}, không tán thành {{ khong_tan_thanh }}, ý kiến khác "
        "{{ y_kien_khac }}."
    )
    sheet.tag("endif")
    sheet.tag("if gio_be_mac")
    sheet.paragraph("Cuộc họp kết thúc hồi {{ gio_be_mac }} cùng ngày.")
    sheet.tag("endif")
