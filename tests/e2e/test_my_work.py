"""A cadre on a phone: a visit in two taps, put right, taken back; with and without JavaScript."""

import struct
import zlib
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import expect

from assignments.models import Visit
from branches.models import MeetingPlan
from tests import builders as make

from .looking import serious_faults, small_targets, wide_parts

PHONE = {"width": 390, "height": 844}


@pytest.fixture
def cadre(transactional_db):
    """A cadre with a branch that meets today, and a ward with two more."""
    ward, (first, *_others) = make.make_ward("W", branches=3)
    _office, (home,) = make.make_ward("CQ")
    user = make.make_user("canbo", member=make.make_member(home, full_name="Trần Văn Cán"))
    make.make_assignment(user.member, first, visits_due=2)
    make.make_assignment(user.member, ward)
    today = timezone.localdate()
    MeetingPlan.objects.create(branch=first, planned_on=today, place="Nhà văn hóa")
    MeetingPlan.objects.create(branch=first, planned_on=today + timedelta(days=7))
    make.make_task(user.member, first, today.year, state="in_progress", due_on=today)
    return user


@pytest.fixture(params=[True, False], ids=["script", "no script"])
def phone(request, browser, base_url, cadre):
    context = browser.new_context(viewport=PHONE, java_script_enabled=request.param)
    yield signed_in(context, cadre, base_url)
    context.close()


@pytest.fixture
def scripted(browser, base_url, cadre):
    context = browser.new_context(viewport=PHONE, locale="vi-VN")
    yield signed_in(context, cadre, base_url)
    context.close()


def signed_in(context, user, base_url):
    client = Client()
    client.force_login(user)
    cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": base_url}
    context.add_cookies([cookie])
    page = context.new_page()
    page.goto(f"{base_url}/my/")
    return page


def state_of(page):
    return page.locator("main .head [data-visit-state]")


def test_two_taps_log_a_visit_that_is_put_right_and_taken_back(phone):
    phone.locator(".my-card .my-log.btn-primary").click()
    assert phone.locator("[name=what]:checked").get_attribute("value").startswith("plan-")
    phone.locator(".my-send button").click()
    expect(state_of(phone)).to_have_attribute("data-visit-state", "logged")
    visit = Visit.objects.get()
    assert (visit.held_on, visit.state) == (timezone.localdate(), "logged")
    phone.locator("a[href*='/correct/']").click()
    phone.locator("#id_note").fill("Đến sau 15 phút")
    phone.locator(".my-send button").click()
    expect(phone.get_by_text("Đến sau 15 phút").first).to_be_visible()
    phone.locator(".tabs a").first.click()
    expect(phone.locator(".my-waiting").first).to_be_visible()
    phone.locator(".my-card a:has(+ [data-visit-state=logged])").first.click()
    phone.locator("a[href*='/withdraw/']").click()
    phone.locator(".my-send button").click()
    expect(phone.locator(".note-success")).to_be_visible()
    expect(state_of(phone)).to_have_count(0)
    visit.refresh_from_db()
    assert (visit.note, visit.state, visit.is_claimed) == ("Đến sau 15 phút", "", False)


def test_a_double_tap_is_one_visit(scripted):
    scripted.locator(".my-card .my-log.btn-primary").click()
    scripted.locator(".my-send button").dblclick()
    expect(state_of(scripted)).to_have_attribute("data-visit-state", "logged")
    assert Visit.objects.count() == 1


def test_a_large_photo_is_made_small_before_it_is_sent(scripted):
    scripted.locator(".my-card .my-log.btn-primary").click()
    scripted.locator("details.my-more summary").first.click()
    picture = {"name": "a.png", "mimeType": "image/png", "buffer": png(3200, 1000)}
    scripted.locator("#id_picture").set_input_files(picture)
    expect(scripted.locator("#photo_size")).to_contain_text("kB")
    scripted.locator(".my-send button").click()
    expect(scripted.locator(".my-photo")).to_be_visible()
    photo = Visit.objects.get().photo
    assert photo.media_type == "image/jpeg"
    assert size_of_jpeg(bytes(photo.content)) == (1600, 500)


def test_the_pages_fit_and_read(scripted, base_url, cadre):
    assignment = cadre.member.assignments.order_by("pk").first()
    visit = make.make_visit(assignment, assignment.target, timezone.localdate(), note="Đã dự")
    addresses = (
        "/my/",
        "/my/visits/log/",
        "/my/visits/log/?q=nothing",
        f"/my/visits/log/?branch={assignment.target_id}",
        f"/visits/{visit.pk}/",
        f"/visits/{visit.pk}/correct/",
        f"/visits/{visit.pk}/withdraw/",
    )
    found = {}
    for address in addresses:
        scripted.goto(base_url + address)
        for part in scripted.locator("details.my-more > summary").all():
            part.click()
        faults = serious_faults(scripted) + wide_parts(scripted) + small_targets(scripted)
        found[address] = faults
    assert {address: faults for address, faults in found.items() if faults} == {}


def png(width, height):
    """A picture of one colour."""

    def chunk(name, content):
        crc = zlib.crc32(name + content)
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", crc)

    rows = (b"\0" + b"\x9b\x1c\x1f" * width) * height
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = chunk(b"IHDR", head), chunk(b"IDAT", zlib.compress(rows)), chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def size_of_jpeg(content):
    """(width, height) as the frame of a JPEG says."""
    place = 2
    while content[place + 1] not in (0xC0, 0xC2):
        place += 2 + int.from_bytes(content[place + 2 : place + 4])
    height, width = struct.unpack(">HH", content[place + 5 : place + 9])
    return width, height
