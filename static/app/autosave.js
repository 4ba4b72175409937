// Saves what is typed in a form on the server, and says what became of it.
// Nothing is kept in the browser: machines are shared.
(() => {
  const QUIET = 2000, LONGEST = 15000, PATIENCE = 20000;
  const PAUSES = [2000, 4000, 8000, 15000, 30000, 60000];
  const box = document.querySelector("[data-autosave]");
  const form = box && box.closest("form");
  if (!form) return;
  const { autosave: url, writer, offline, signedOut, refused } = box.dataset;
  const line = box.querySelector("[role=status]");
  const newer = box.querySelector("[data-newer]");
  const own = ["csrfmiddlewaretoken", "tab_key", "tab_version", "tab_turn", "version"];

  const field = (name) => form.elements[name];
  const typed = () => JSON.stringify([...new FormData(form)].filter(([name]) => !own.includes(name)));
  const say = (words) => {
    if (line.textContent !== words) line.textContent = words;
  };

  // `kept` is what the server has; `taken`: another tab has saved something newer.
  let kept = typed(), taken = false, leaving = false, failures = 0;
  let timer, waitingSince = null, flight = null;
  const unsaved = () => typed() !== kept;

  const ask = (address, options) => fetch(address, { redirect: "manual", signal: AbortSignal.timeout(PATIENCE), ...options });
  const read = async (answer) => {
    try {
      return await answer.json();
    } catch {
      return {};
    }
  };

  // A login in another tab makes this page's token worthless, for its other forms too.
  const renewToken = async () => {
    const answer = await ask(`${url}?writer=${writer}`);
    const facts = await read(answer);
    if (!facts.token) return judge(answer, facts);
    document.querySelectorAll("[name=csrfmiddlewaretoken]").forEach((each) => (each.value = facts.token));
    document.body.setAttribute("hx-headers", JSON.stringify({ "X-CSRFToken": facts.token }));
    return "renewed";
  };

  const post = (keepalive = false) => {
    field("tab_turn").value = Number(field("tab_turn").value) + 1;
    const body = new FormData(form);
    body.append("writer", writer);
    return ask(url, { method: "POST", body, keepalive });
  };

  // What became of a request: "saved", "newer", "out", "offline", "refused" or "barred".
  const judge = (answer, { said, version, texts }, text) => {
    if (answer.ok && version) {
      kept = text;
      field("tab_version").value = version;
      say(said);
      return "saved";
    }
    if (answer.type === "opaqueredirect") {
      say(signedOut);
      return "out";
    }
    if (answer.status === 409) {
      taken = true;
      show(said, version, texts);
      return "newer";
    }
    if (answer.status >= 400 && answer.status < 500) {
      say(said || refused);
      return answer.status === 422 ? "refused" : "barred";
    }
    say(offline);
    return "offline";
  };

  const show = (said, version, texts) => {
    newer.dataset.newer = version;
    newer.querySelector("dl").replaceChildren(
      ...texts.flatMap(({ label, text }) => {
        const [term, words] = [document.createElement("dt"), document.createElement("dd")];
        [term.textContent, words.textContent] = [label, text];
        return [term, words];
      }),
    );
    newer.hidden = false;
    say(said);
  };

  const guarded = async (work) => {
    try {
      return await work();
    } catch {
      say(offline);
      return "offline";
    }
  };

  const attempt = async () => {
    const text = typed();
    let answer = await post();
    let facts = await read(answer);
    if (answer.status === 403 && !facts.said) {
      const outcome = await renewToken();
      if (outcome !== "renewed") return outcome;
      answer = await post();
      facts = await read(answer);
    }
    return judge(answer, facts, text);
  };

  // One at a time; whoever asks meanwhile waits for the one under way.
  const save = async () => {
    while (flight) await flight;
    clearTimeout(timer);
    waitingSince = null;
    flight = guarded(attempt);
    const outcome = await flight;
    flight = null;
    failures = ["out", "offline"].includes(outcome) ? failures + 1 : 0;
    if (failures) timer = setTimeout(save, PAUSES[Math.min(failures, PAUSES.length) - 1]);
    else if (outcome === "saved" && unsaved()) soon();
    return outcome;
  };

  const soon = () => {
    if (taken || leaving || failures) return;
    const now = Date.now();
    waitingSince ??= now;
    clearTimeout(timer);
    timer = setTimeout(save, Math.max(0, Math.min(QUIET, waitingSince + LONGEST - now)));
  };

  const retry = () => {
    if (failures && !flight && !leaving) save();
  };

  // The page may be gone before an answer comes; one under way may be lost with the line.
  const last = () => {
    if (taken || leaving || !unsaved()) return;
    const text = typed();
    // A long text may be more than a closing page is allowed to send.
    post(true)
      .then(async (answer) => judge(answer, await read(answer), text))
      .catch(() => {});
  };

  form.addEventListener("input", () => unsaved() && soon());
  form.addEventListener("change", () => unsaved() && soon());
  // Beside the field that is typed in: on a phone the others are off the screen.
  form.addEventListener("focusin", ({ target }) => target.matches("textarea") && target.after(box));
  addEventListener("pagehide", last);
  addEventListener("online", retry);
  addEventListener("focus", retry);
  document.addEventListener("visibilitychange", () => (document.hidden ? last() : retry()));
  addEventListener("beforeunload", (event) => {
    if (unsaved() && !leaving) event.preventDefault();
  });

  newer.querySelector("button").addEventListener("click", () => {
    taken = false;
    newer.hidden = true;
    field("tab_version").value = newer.dataset.newer;
    save();
  });

  // Before the form is sent for good: without login or line its words would be lost on the way.
  const ready = () => (taken ? guarded(renewToken) : save());
  form.addEventListener("submit", async (event) => {
    if (leaving) return;
    event.preventDefault();
    const outcome = await ready();
    if (leaving || ["out", "offline", "barred"].includes(outcome)) return;
    leaving = true;
    clearTimeout(timer);
    form.requestSubmit(event.submitter);
    // Whoever stops the browser on its way types on.
    setTimeout(() => (leaving = false), 10000);
  });
  addEventListener("pageshow", () => (leaving = false));

  // A form that came back with errors is not saved anywhere yet.
  if ("unsent" in box.dataset) {
    kept = "";
    soon();
  }
})();
