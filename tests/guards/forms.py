"""What each form takes, so that tests can post to every address."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.guards.scene import KNOWN_ELSEWHERE, Scene, Side

Form = dict[str, Any]
PASSWORD = "a long enough password"
PEOPLE = Path(__file__).parent / "people.csv"
"""A file of people: one of ours, one whom only the other customer knows, and somebody new."""
LOGO = Path(__file__).parents[2] / "docs" / "screenshots" / "home-phone.png"
"""Any picture of ours."""


def forms(scene: Scene, endpoint: str, side: Side) -> list[Form]:
    """Forms for one address, with the ids of one organization; KeyError for an unknown one."""
    return FORMS[endpoint](scene, side)


def _comments(_scene: Scene, _side: Side) -> list[Form]:
    return [{"state": "seen", "reply": ""}, {"state": "done", "reply": "It is mended."}]


def _nothing(_scene: Scene, _side: Side) -> list[Form]:
    return [{}]


def _revisions(scene: Scene) -> list[str]:
    return [str(revision_id) for revision_id in scene.library.revision_ids]


def _answers(scene: Scene, _side: Side) -> list[Form]:
    answers = ("partly", "yes", "no")
    return [{"revision": r, "answer": a} for r in _revisions(scene) for a in answers]


def _reasons(_scene: Scene, _side: Side) -> list[Form]:
    return [
        {"reason": "unclear", "comment": "Which button?", "failed_at": "Steps"},
        {"reason": "other", "comment": ""},
    ]


def _beacons(scene: Scene, _side: Side) -> list[Form]:
    kinds = ("opened", "shown")
    return [{"revision": r, "kind": kind} for r in _revisions(scene) for kind in kinds]


def _invitations(_scene: Scene, _side: Side) -> list[Form]:
    who = {"display_name": "Ida Invited", "roles": ["end_user", "usm"]}
    return [
        who | {"email": "ida@aurora.example", "team_name": "Finance"},
        who | {"email": KNOWN_ELSEWHERE},
        who | {"email": "not an address"},
    ]


def _csms(scene: Scene, _side: Side) -> list[Form]:
    return [{"person_id": str(scene.world.csm.viewer.person_id)}]


def _teams(_scene: Scene, side: Side) -> list[Form]:
    return [{"name": "Controlling"}, {"name": "Treasury", "parent": str(side.team_id)}]


def _later(scene: Scene, _side: Side) -> list[Form]:
    return [{"revision": r, "later": "1"} for r in _revisions(scene)]


def _enrollments(scene: Scene, side: Side) -> list[Form]:
    onto = {"onto": str(scene.library.path_id)}
    return [
        onto | {"who": side.member_id.hex, "due_on": "2026-12-31"},
        onto | {"everybody": "1", "team": str(side.team_id)},
        onto | {"who": side.member_id.hex, "due_on": "2020-01-01"},
    ]


def _changes_of_a_path(scene: Scene, _side: Side) -> list[Form]:
    optional, required, _session = scene.step_ids
    deeds = ("up", "leave_out", "put_back", "down")
    changes = [*(f"{deed}:{optional}" for deed in deeds), "undo", f"leave_out:{required}"]
    changes += ["vendor", "all"]
    return [{"change": change} for change in changes]


FORMS: dict[str, Callable[[Scene, Side], list[Form]]] = {
    "effectiveness.answer": _comments,
    "effectiveness.put_away": _nothing,
    "accounts.ask_to_stand_in": _nothing,
    "accounts.assign_csm": _csms,
    "accounts.allow_names": _nothing,
    "accounts.ask_for_export": _nothing,
    "accounts.choose_organization": lambda _scene, side: [
        {"organization": str(side.organization_id)}
    ],
    "accounts.branding": lambda _scene, _side: [
        {"name": "Aurora at work", "accent": "#1a56c4"},
        {"name": "Aurora", "accent": "red", "preview": "1"},
    ],
    "accounts.consent": lambda scene, _side: [
        {"person_id": str(scene.world.csm.viewer.person_id), "last_day": "2026-11-20"},
        {"person_id": str(scene.world.csm.viewer.person_id), "last_day": "2026-10-20"},
    ],
    "accounts.contact": lambda _scene, _side: [
        {"service": "y", "quiet_from": "22:00", "quiet_until": "07:00", "most_success": "1"},
        {"quiet_from": "22:00"},
    ],
    "accounts.end_consent": _csms,
    "accounts.discard_import": _nothing,
    "accounts.end_team": _nothing,
    "accounts.erase_by_address": lambda scene, _side: [
        {"email": "nobody@nowhere.example"},
        {"email": KNOWN_ELSEWHERE},
    ],
    "accounts.erase_leaver": _nothing,
    "accounts.erase_me": _nothing,
    "accounts.import_people": lambda _scene, _side: [
        {"meaning": "everybody"},
        {"meaning": "everybody", "file": (str(PEOPLE),)},
        {"meaning": "these", "file": (str(PEOPLE),)},
    ],
    "accounts.forbid_names": _nothing,
    "accounts.invite": _invitations,
    "accounts.bring_staff_back": _nothing,
    "accounts.colleague": lambda _scene, _side: [{"roles": ["csm"]}, {"roles": ["usm"]}],
    "accounts.deactivate_staff": _nothing,
    "accounts.invite_staff": lambda _scene, _side: [
        {"display_name": "Nils New", "email": "nils@tallybrook.example", "roles": ["csm"]},
        {"display_name": "Nils New", "email": KNOWN_ELSEWHERE, "roles": ["csm"]},
        {"display_name": "Nils New", "email": "nils@tallybrook.example", "roles": ["usm"]},
    ],
    "accounts.invite_into": _invitations,
    "accounts.let_leave": _nothing,
    "accounts.lift_limit": _nothing,
    "accounts.limit_to_team": lambda scene, side: [
        {"member": str(side.member_id)},
        {"member": str(scene.double.member_id)},
    ],
    "accounts.leave_alone": _nothing,
    "accounts.lift": _nothing,
    "accounts.me": lambda _scene, _side: [{"display_name": "Renamed Person", "zone": "UTC"}],
    "accounts.leave_stand_in": _nothing,
    "accounts.new_organization": lambda _scene, _side: [{"name": "Fresh", "zone": "UTC"}],
    "accounts.new_team": _teams,
    "accounts.organization_settings": lambda _scene, _side: [
        {
            "zone": "Europe/Rome",
            "locale": "en",
            "experience": "high_touch",
            "working_days": ["1", "2"],
            "working_from": "08:00",
            "working_until": "16:00",
        }
    ],
    "accounts.own_address_page": lambda _scene, _side: [
        {"email": "another@aurora.example"},
        {"email": KNOWN_ELSEWHERE},
    ],
    "accounts.password": lambda _scene, _side: [{"password": PASSWORD}],
    "accounts.person": lambda _scene, side: [
        {"display_name": "Nora Changed", "team": str(side.team_id), "roles": ["end_user"]},
    ],
    "accounts.release_csm": _csms,
    "accounts.put_logo_back": _nothing,
    "accounts.remove_logo": _nothing,
    "accounts.remove_quiet_period": _nothing,
    "accounts.remove_seats": lambda _scene, _side: [{"day": "2026-12-24"}],
    "accounts.reopen_team": _nothing,
    "accounts.reset_password": lambda scene, _side: [{"email": scene.world.usm.email}],
    "accounts.save_quiet_period": lambda _scene, _side: [
        {"name": "Company day", "starts_on": "2026-12-01", "ends_on": ""}
    ],
    # By its path, since every post reads it anew.
    "accounts.set_logo": lambda _scene, _side: [{"logo": (str(LOGO),)}],
    "accounts.set_seats": lambda _scene, _side: [{"number": "30", "seats_from": "2026-12-01"}],
    "accounts.sign_in": lambda _scene, _side: [
        {"email": KNOWN_ELSEWHERE, "password": PASSWORD},
        {"email": "nobody@nowhere.example", "password": PASSWORD},
    ],
    "accounts.sign_in_link": lambda scene, _side: [{"email": scene.world.team_mate.email}],
    "accounts.sign_out": _nothing,
    "accounts.sign_out_everywhere": _nothing,
    "accounts.stand_in": _nothing,
    "accounts.start_import": _nothing,
    "accounts.try_import_again": _nothing,
    "accounts.take_back": _nothing,
    "accounts.team": _teams,
    "accounts.stop": lambda _scene, _side: [
        {"what": "class"},
        {"List-Unsubscribe": "One-Click"},
        {"what": "all"},
    ],
    "accounts.undo_erase_leaver": _nothing,
    "accounts.undo_erase_me": _nothing,
    "accounts.use_link": lambda _scene, _side: [
        {
            "password": PASSWORD,
            "vendor_name": "Tallybrook",
            "display_name": "First Admin",
            "email": "first@tallybrook.example",
            "zone": "UTC",
        }
    ],
    "guides.ask_for_kit_pdf": _nothing,
    "guides.ask_for_pdf": _nothing,
    "guides.kit_document": lambda _scene, _side: [
        {"number": "0", "field_hours": "3"},
        {"number": "1", "field_hours": "4"},
    ],
    "accounts.invite_again": lambda _scene, _side: [{}, {"next": "/today"}],
    "adoption.bring_back": _nothing,
    "adoption.enroll": _enrollments,
    "adoption.fit_path": _changes_of_a_path,
    "adoption.guide_note": lambda _scene, _side: [{"text": "Ask Ursula."}, {"text": " "}],
    "adoption.nudge": lambda _scene, _side: [{}, {"next": "/people"}],
    "adoption.put_off": lambda _scene, side: [
        {"kind": "invited", "subject": str(side.member_id), "until": until}
        for until in ("done", "tomorrow", "next_week", "never")
    ],
    "adoption.put_note_back": _nothing,
    "adoption.remove_note": _nothing,
    "adoption.step_note": lambda _scene, _side: [{"text": "Ask Ursula."}, {"text": "x" * 1001}],
    "adoption.undo_enroll": _nothing,
    "help.ask": lambda scene, _side: [
        {"words": "Where is it?", "guide": scene.library.guide_slugs[0]},
        {"words": "Anything", "guide": "", "revision": "no id"},
        {"words": ""},
    ],
    "help.close": lambda _scene, _side: [{"helped": "yes"}, {"helped": "perhaps"}],
    "help.hand_on": _nothing,
    "help.risen": lambda _scene, _side: [{"words": "Here it is."}],
    "help.thread": lambda _scene, _side: [{"words": "Here it is."}, {"words": " "}],
    "paths.attended": lambda _scene, _side: [{"attended": "no"}],
    "paths.check": lambda _scene, _side: [{"question_0": "0"}, {"question_0": "1"}],
    "paths.ease": lambda _scene, _side: [{"ease": "5"}],
    "paths.follow_up": lambda _scene, _side: [
        {"answer": "partly", "comment": "Half of it."},
        {"answer": "no_occasion", "again_on": "2027-01-15"},
    ],
    "paths.follow_up_goal": lambda _scene, _side: [{"said": "not_yet"}],
    "paths.give_up_place": _nothing,
    "paths.if_then": lambda _scene, _side: [
        {"line": "When it is due, I will do it."},
        {"line": ""},
    ],
    "paths.obstacle": lambda _scene, _side: [{"obstacle": "no_time"}],
    "paths.obstacle_gone": _nothing,
    "paths.reached": lambda _scene, _side: [{"said": "yes", "felt_speed": "quicker"}],
    "paths.take_place": _nothing,
    "paths.task_done": _nothing,
    "operations.dismiss": lambda _scene, _side: [{"kind": "usm"}, {"kind": "?"}],
    "operations.try_again": _nothing,
    "paths.answer": _answers,
    "paths.beacon": _beacons,
    "paths.choose_goal": _nothing,
    "paths.choose_path": _nothing,
    "paths.dismiss": lambda scene, _side: [{"revision": r} for r in _revisions(scene)],
    "paths.finish": _nothing,
    "paths.reason": _reasons,
    "paths.ticks": lambda scene, _side: [
        {"revision": r, "ticks": ["0", "1"]} for r in _revisions(scene)
    ],
}
