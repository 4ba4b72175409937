// Small comforts on top of pages that work without any of this.
(() => {
  const focusable = "a[href], button:not([disabled]), input:not([type=hidden]), select, textarea, [tabindex]";
  const reach = (element) => {
    if (!element) return;
    if (!element.matches(focusable)) element.tabIndex = -1;
    element.focus();
  };

  // Errors first, else what the new part names.
  const settle = (root) => {
    const named = (name) => (root.matches(name) ? root : root.querySelector(name));
    reach(named(".tp-errors") || named("[data-focus]"));
  };

  const region = () => document.getElementById("notice");
  let timer;
  const say = (text) => {
    if (!region()) return;
    region().textContent = text;
    clearTimeout(timer);
    timer = setTimeout(() => (region().textContent = ""), 8000);
  };

  // A second press while the first is on its way would send the form twice.
  const sent = new Set();
  const release = () => {
    sent.forEach((button) => (button.disabled = false));
    sent.clear();
  };

  document.addEventListener("DOMContentLoaded", () => {
    const summary = document.querySelector(".tp-errors");
    if (summary) summary.focus();
    // What stands beside on a wide screen stands below on a phone, and is long there.
    if (matchMedia("(max-width: 48rem)").matches) {
      document.querySelectorAll("details[data-fold]").forEach((each) => (each.open = false));
    }
  });
  addEventListener("pageshow", release);
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post") return;
    // After the browser has read the form: a disabled button is not sent.
    setTimeout(() => {
      form.querySelectorAll("button:not([type=button]):not([disabled])").forEach((button) => {
        button.disabled = true;
        sent.add(button);
      });
    });
    // A download leaves the page as it is.
    setTimeout(release, 10000);
  });

  // An error about a group of choices leads to the first of them.
  document.addEventListener("click", (event) => {
    const link = event.target.closest(".tp-errors a[href^='#']");
    const target = link && document.getElementById(link.hash.slice(1));
    if (!target) return;
    event.preventDefault();
    reach(target.matches(focusable) ? target : target.querySelector(focusable));
  });

  document.addEventListener("notice", (event) => say(event.detail.value));
  const failed = () => region() && say(region().dataset.failed);
  document.addEventListener("htmx:responseError", failed);
  document.addEventListener("htmx:sendError", failed);

  let place = null;
  document.addEventListener("htmx:beforeRequest", (event) => {
    const { target, elt } = event.detail;
    target.setAttribute("aria-busy", "true");
    const row = elt.closest("[data-row]");
    const list = row && row.closest("[data-rows]");
    place = list && { id: list.id, heading: list.getAttribute("aria-labelledby"), index: [...list.querySelectorAll("[data-row]")].indexOf(row) };
  });
  document.addEventListener("htmx:afterSettle", (event) => settle(event.target));
  document.addEventListener("htmx:afterRequest", (event) => {
    event.detail.target.removeAttribute("aria-busy");
    release();
    const { id, heading, index } = place || {};
    place = null;
    // After htmx has settled: the row that held the focus may be gone.
    setTimeout(() => {
      if (!id || document.activeElement !== document.body) return;
      const rows = document.getElementById(id)?.querySelectorAll("[data-row]") || [];
      const next = rows[Math.min(index, rows.length - 1)];
      reach(next ? next.querySelector(focusable) || next : document.getElementById(heading));
    }, 50);
  });
})();
