// Reads a calendar from standard input with ical.js (Thunderbird's parser), by the
// time zone that stands in it, and writes its events as JSON.
import { readFileSync } from "node:fs";
import ICAL from "ical.js";

const calendar = new ICAL.Component(ICAL.parse(readFileSync(0, "utf8")));
for (const zone of calendar.getAllSubcomponents("vtimezone")) ICAL.TimezoneService.register(zone);
const events = calendar.getAllSubcomponents("vevent").map((component) => {
  const event = new ICAL.Event(component);
  return {
    uid: event.uid,
    begins: event.startDate.toUnixTime(),
    ends: event.endDate.toUnixTime(),
    status: component.getFirstPropertyValue("status"),
    sequence: event.sequence,
    title: event.summary,
    place: event.location,
  };
});
console.log(JSON.stringify(events));
