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
