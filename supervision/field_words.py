"""What the scripts of the page for visits say, in the language of the page; kept with it on the device."""

from django.utils.translation import gettext as _


def words() -> dict[str, str]:
    """Words by the name the scripts know them by; {0}, {1} are filled in there."""
    return _states() | _form() | _sending()


def _states() -> dict[str, str]:
    return {
        "state_draft": _("Draft"),
        "state_waiting": _("Waiting for network"),
        "state_sending": _("Being sent: {0} of {1}"),
        "state_sent": _("Sent"),
        "sent_visit": _("Sent: {0}"),
        "state_conflict": _("Conflict"),
        "state_refused": _("Not taken in"),
        "state_signin": _("Sign in to send"),
        "online": _("Network: connected"),
        "offline": _("Network: none. Everything is kept on this device."),
        "data_of": _("Data of {0}"),
        "no_data": _("No data on this device yet. Connect to the network once."),
        "person": _("Signed in: {0}"),
        "signed_out": _("You are not signed in on this device. Drafts are kept and shown after signing in."),
        "session_over": _("Your session is over. Drafts are kept. Sign in to go on sending."),
        "not_allowed": _("This account records no visits."),
        "no_visits": _("No visits on this device."),
        "no_place": _("Place not chosen"),
    }


def _form() -> dict[str, str]:
    return {
        "kept": _("Kept on this device, {0}"),
        "not_kept": _("Not kept: this device has no room left. Delete sent visits or photos."),
        "changed_elsewhere": _("This visit was changed in another window. That version is shown now."),
        "choose": _("Please choose"),
        "no_checklist": _("Without checklist"),
        "yes": _("Yes"),
        "no": _("No"),
        "na": _("Does not apply"),
        "note": _("Note"),
        "note_on": _("Note: {0}"),
        "finding": _("Finding {0}"),
        "owner_area": _("County or park"),
        "owner_unit": _("The unit visited"),
        "working_days": _("{0}, {1} working days"),
        "photo": _("Photo {0}"),
        "photo_note": _("Note on photo {0}"),
        "photo_place": _("Keep where this photo was taken"),
        "photo_remove": _("Delete photo {0}"),
        "photo_unreadable": _("“{0}” is not a picture this device can read."),
        "photos_most": _("A visit holds at most {0} photos."),
        "finding_remove": _("Delete finding {0}"),
        "finding_added": _("Finding {0} added"),
        "place_found": _("Position added, accurate to {0} m"),
        "place_failed": _("The device gave no position. The visit can be sent without."),
        "place_searching": _("Looking for the position …"),
        "open_findings": _("Open findings here: {0}"),
        "due": _("due {0}"),
        "plan_day": _("Plan: {0}"),
        "plan_days": _("Plan: {0} to {1}"),
        "need_place": _("Choose the site or unit that was visited."),
        "need_date": _("Enter the date of the visit."),
        "late_date": _("The visit cannot lie in the future."),
        "need_finding": _("Finding {0}: choose its kind and severity and write what was found."),
    }


def _sending() -> dict[str, str]:
    return {
        "will_send": _("Kept. It is sent as soon as there is a network."),
        "cut": _("The connection was cut off. It goes on where it stopped."),
        "photos_n": _("Photos: {0}"),
        "findings_n": _("Findings: {0}"),
        "delete": _("Delete"),
        "delete_sure": _("Delete this visit from the device? It was not sent."),
        "delete_sent": _("Remove from this device"),
        "edit": _("Go on"),
        "record": _("Record a visit"),
        "record_of": _("Record a visit: {0}"),
        "open_sent": _("Open the record"),
        "send": _("Send"),
        "sign_in": _("Sign in"),
        "resolve": _("Compare"),
        "similar": _("A photo looks like one of an earlier visit: {0}"),
        "received": _("Received {0}"),
        "no_answer": _("The server did not answer as expected. It is tried again."),
        "not_found": _("The server does not take this visit from you. The leadership office can help."),
        "photo_lost": _(
            "A photo is no longer on this device. The leadership office can declare the visit void."
        ),
        "kept_theirs": _("The version on the server is kept."),
    }
