"""What else becomes of organizations, and who may do it."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied

from accounts.choices import Role
from assignments.models import Assignment
from assignments.reorganizing import plans
from assignments.services import reorganizing
from branches.models import (
    Member,
    Organization,
)
from tests import builders as make

from .world import DAY, DAY_BEFORE, TODAY


class TestOthers:
    def test_create(self, place):
        new = plans.NewOrganization("Chi bộ 9", "W-9", "branch", place.ward)
        place.do(plans.Create(on=DAY, organization=new))
        assert Organization.objects.children_of(place.ward, on=DAY).filter(code="W-9").exists()
        assert not Organization.objects.valid_on(DAY_BEFORE).filter(code="W-9").exists()

    def test_a_child_may_stand_under_a_parent_that_began_later(self, place):
        new = plans.NewOrganization("Đảng ủy mới", "N", "grassroots_committee", place.district)
        place.do(plans.Create(on=DAY, organization=new))
        parent = Organization.objects.get(code="N")
        place.do(plans.Move(on=DAY, organizations=(place.one,), parent=parent))
        assert Organization.objects.above(place.one, on=DAY)[1] == parent
        assert Organization.objects.above(place.one, on=DAY_BEFORE)[1] == place.ward

    def test_rename_keeps_the_name_of_before(self, place):
        place.do(plans.Rename(on=DAY, organization=place.one, name="Chi bộ Một"))
        on = Organization.objects.on
        assert on(DAY_BEFORE).get(pk=place.one.pk).name_on == "W-1"
        assert on(DAY).get(pk=place.one.pk).name_on == "Chi bộ Một"
        place.refused(
            plans.Rename(on=date(2026, 3, 1), organization=place.one, name="Khác"),
            "01/07/2026",
            field="on",
        )

    def test_change_of_grassroots_and_of_kind(self, place):
        plan = plans.Change(on=DAY, organization=place.one, to_kind="branch", grassroots=True)
        place.do(plan)
        assert Organization.objects.on(DAY).get(pk=place.one.pk).grassroots_on
        assert not Organization.objects.on(DAY_BEFORE).get(pk=place.one.pk).grassroots_on
        wrong = plans.Change(on=DAY, organization=place.two, to_kind="cell", grassroots=False)
        place.refused(wrong, "2 members", "cannot stand under", field="to_kind")

    def test_move_and_what_it_refuses(self, place):
        place.do(plans.Move(on=DAY, organizations=(place.one, place.two), parent=place.other))
        assert Member.objects.in_organization(place.other, on=DAY).count() == 5
        again = plans.Move(on=date(2026, 6, 1), organizations=(place.one,), parent=place.ward)
        place.refused(again, "01/07/2026", field="on")
        wrong = plans.Move(on=TODAY, organizations=(place.ward,), parent=place.three)
        place.refused(wrong, "cannot stand under", "below", field="parent")

    def test_dissolve_refuses_who_and_what_has_no_place(self, place):
        place.refused(
            plans.Dissolve(on=DAY, organizations=(place.one,)),
            "2 members",
            "W-1-M1",
            field="organizations",
        )
        place.refused(
            plans.Dissolve(on=DAY, organizations=(place.ward,)),
            "3 organizations",
            field="organizations",
        )
        empty = make.make_organization(parent=place.ward, code="E")
        make.make_assignment(place.cadre, empty, code="AE")
        place.do(plans.Dissolve(on=DAY, organizations=(empty,)))
        empty.refresh_from_db()
        assert empty.validity.upper == DAY
        assert Assignment.objects.get(code="AE").validity.upper == DAY
        assert not Assignment.objects.filter(code__startswith="AE-").exists()


class TestWhoMay:
    def test_the_action_is_needed_on_everything_that_is_touched(self, place):
        ward_board = make.make_user()
        make.grant(ward_board, Role.BOARD, place.ward)
        place.do(place.merge(), by=ward_board)
        elsewhere = plans.Move(on=DAY, organizations=(place.three,), parent=place.other)
        with pytest.raises(PermissionDenied):
            place.do(elsewhere, by=ward_board)
        with pytest.raises(PermissionDenied):
            reorganizing.preview(elsewhere, by=ward_board, today=TODAY)

    def test_nobody_ends_the_organization_that_they_answer_for(self, place):
        ward_board = make.make_user()
        make.grant(ward_board, Role.BOARD, place.ward)
        with pytest.raises(PermissionDenied):
            place.do(plans.Dissolve(on=DAY, organizations=(place.ward,)), by=ward_board)

    def test_other_roles_may_not(self, place):
        for role in set(Role.values) - {Role.BOARD}:
            user = make.make_user()
            make.grant(user, role, place.district)
            with pytest.raises(PermissionDenied):
                place.do(place.merge(), by=user)

    def test_nothing_that_stands_alone_is_made_by_a_user(self, place):
        alone = plans.NewOrganization("Huyện ủy", "D2", "district", None)
        with pytest.raises(PermissionDenied):
            place.do(plans.Create(on=DAY, organization=alone))
        place.do(plans.Create(on=DAY, organization=alone), by=None)
