// Runs inside Thunderbird: gives one iTIP message to its calendar, as a press of the button over
// the mail does (promptInvitedAttendee and the action of executeAction in calItipUtils), and
// lets it send its own reply. Returns what Thunderbird calls the message, and what its calendar
// then holds of the meeting.
const [method, text, answer, done] = arguments;

const { cal } = ChromeUtils.importESModule("resource:///modules/calendar/calUtils.sys.mjs");

function calendarOfInvitee() {
  const known = cal.manager.getCalendars().find((each) => each.name === "Kutsutu");
  if (known) return known;
  const uri = Services.io.newURI("moz-memory-calendar://");
  const made = cal.manager.createCalendar("memory", uri);
  made.name = "Kutsutu";
  cal.manager.registerCalendar(made);
  made.setProperty("imip.identity.key", "id1");
  return made;
}

async function take(calendar) {
  const message = Cc["@mozilla.org/calendar/itip-item;1"].createInstance(Ci.calIItipItem);
  message.init(text);
  message.receivedMethod = method;
  message.targetCalendar = calendar;
  message.isSend = false;
  const act = await new Promise((resolve) => {
    cal.itip.processItipItem(message, (_message, _result, action) => resolve(action));
  });
  // Without an action the message says nothing new: there is no button over such a mail.
  if (act) {
    if (act.method === "REQUEST") {
      cal.itip.promptInvitedAttendee(null, message, Ci.calIItipItem.AUTO);
    }
    const status = await new Promise((resolve) => {
      const listener = {
        QueryInterface: ChromeUtils.generateQI(["calIOperationListener"]),
        onOperationComplete: (_calendar, result) => resolve(result),
        onGetResult() {},
      };
      act(listener, answer, { responseMode: Ci.calIItipItem.AUTO });
    });
    if (!Components.isSuccessCode(status)) throw new Error(`status ${status}`);
  }
  cal.itip.cleanupItipItem(message);
  return { action: act?.method ?? "", uid: message.getItemList()[0].id };
}

async function held(calendar, uid) {
  const all = Ci.calICalendar.ITEM_FILTER_ALL_ITEMS;
  const items = await calendar.getItemsAsArray(all, 0, null, null);
  return items.filter((item) => item.id === uid).map((item) => ({
    uid: item.id,
    sequence: cal.itip.getSequence(item),
    begins: item.startDate.nativeTime / 1000000,
    ends: item.endDate.nativeTime / 1000000,
    status: item.status,
    place: item.getProperty("LOCATION"),
    answer: cal.itip.getInvitedAttendee(item).participationStatus,
  }));
}

const calendar = calendarOfInvitee();
take(calendar)
  .then(async ({ action, uid }) => done({ action, events: await held(calendar, uid) }))
  .catch((error) => done({ error: `${error} ${error.stack}` }));
