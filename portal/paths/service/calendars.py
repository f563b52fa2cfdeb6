"""Sessions as files that every calendar reads (iCalendar, RFC 5545)."""

from datetime import timedelta

from icalendar import Calendar, Event

from portal import clock
from portal.paths.service.steps import StepPage


def session_file(page: StepPage, url: str) -> bytes:
    """The session of a step as an iCalendar file. Raises ValueError for a step without one."""
    if page.session is None:
        raise ValueError("this step is no session")
    event = Event()
    event.add("uid", f"{page.id}@waymark")
    event.add("dtstamp", clock.now())
    event.add("dtstart", page.session.starts_at)
    event.add("dtend", page.session.starts_at + timedelta(minutes=page.session.minutes))
    event.add("summary", page.title)
    event.add("location", page.session.place)
    event.add("url", url)
    calendar = Calendar()
    calendar.add("prodid", "-//Waymark//EN")
    calendar.add("version", "2.0")
    calendar.add_component(event)
    return bytes(calendar.to_ical())
