// What runs inside the page. Each function is sent as text, so it names nothing outside itself.

/** The elements a chain of steps leads to: { css }, { text, exact }, { hasText }, { nth }. */
export function resolve(steps) {
  const norm = (text) => text.replace(/\s+/g, " ").trim(), low = (text) => norm(text).toLowerCase();
  const says = (element, wanted) => low(element.textContent ?? "").includes(wanted.toLowerCase());
  let found = [document];
  for (const step of steps) {
    if (step.nth !== undefined) found = [found.at(step.nth)].filter(Boolean);
    else if (step.hasText !== undefined) found = found.filter((element) => says(element, step.hasText));
    else if (step.css !== undefined) found = [...new Set(found.flatMap((root) => [...root.querySelectorAll(step.css)]))];
    else {
      const bears = (element) => (step.exact ? norm(element.textContent ?? "") === step.text : says(element, step.text));
      const all = [...new Set(found.flatMap((root) => [...root.querySelectorAll("*:not(script, style, head, head *)")]))].filter(bears);
      found = all.filter((element) => ![...element.children].some((child) => all.includes(child)));
    }
  }
  return found;
}

/** Where to press: scrolled into view, visible, enabled, and nothing over it; or why not yet. */
export function point(element) {
  if (!element.isConnected || !element.checkVisibility({ visibilityProperty: true })) return { not: "visible" };
  if (element.matches(":disabled")) return { not: "enabled" };
  element.scrollIntoView({ block: "center", inline: "center", behavior: "instant" });
  const box = [...element.getClientRects()].find(({ width, height }) => width > 0 && height > 0);
  if (!box) return { not: "visible" };
  const x = box.x + box.width / 2, y = box.y + box.height / 2, hit = document.elementFromPoint(x, y);
  const own = hit && (element.contains(hit) || hit.contains(element) && hit.closest("label, a, button, summary") === hit || hit.closest("label")?.control === element);
  return own ? { x, y } : { not: `reached, ${hit ? `${hit.tagName}.${hit.className}` : "nothing"} is over it` };
}

/** Notes in `__heeded` whether the next press reaches the element. */
export function heed(element) {
  window.__heeded = false;
  const stop = new AbortController();
  document.addEventListener("click", (event) => {
    const over = event.target.contains(element) && event.target.matches("label, a, button, summary");
    if (event.composedPath().includes(element) || over) { window.__heeded = true; stop.abort(); }
  }, { capture: true, signal: stop.signal });
}

/** Makes a field ready for typing; one that takes no typing (days, numbers' pickers, an empty value) gets its value at once. */
export function ready(element, value) {
  if (!element.checkVisibility({ visibilityProperty: true }) || element.matches(":disabled, [readonly]")) return { not: "editable" };
  element.focus();
  if (element.isContentEditable) { getSelection().selectAllChildren(element); return { type: true }; }
  if (value !== "" && !["date", "time", "month", "week", "datetime-local", "color", "range"].includes(element.type)) { element.select(); return { type: true }; }
  element.value = value;
  element.dispatchEvent(new Event("input", { bubbles: true }));
  element.dispatchEvent(new Event("change", { bubbles: true }));
  return { type: false };
}

/** Chooses an option by its value or its words. */
export function choose(element, wanted) {
  const option = [...element.options].find(({ value, label }) => value === wanted || label === wanted);
  if (!option) return { not: `offering ${wanted}` };
  element.value = option.value;
  element.dispatchEvent(new Event("input", { bubbles: true }));
  element.dispatchEvent(new Event("change", { bubbles: true }));
  return {};
}

/** A clock that can be put forward: dates and timers of the page follow it. */
export function clock() {
  const { setTimeout: later, clearTimeout: stop, Date: RealDate } = window, timers = new Map();
  let ahead = 0, last = 1_000_000;
  const now = () => RealDate.now() + ahead;
  window.Date = class extends RealDate { constructor(...given) { if (given.length) super(...given); else super(now()); } static now() { return now(); } };
  const plan = (id) => { const timer = timers.get(id); stop(timer.real); timer.real = later(() => fire(id), Math.max(0, timer.due - now())); };
  const fire = (id) => { const timer = timers.get(id); if (!timer) return; if (timer.every === undefined) timers.delete(id); else { timer.due += Math.max(1, timer.every); plan(id); } timer.run(); };
  const add = (run, due, every) => { const id = ++last; timers.set(id, { run, due, every }); plan(id); return id; };
  window.setTimeout = (run, wait = 0, ...given) => add(() => run(...given), now() + wait);
  window.setInterval = (run, every = 0, ...given) => add(() => run(...given), now() + every, every);
  window.clearTimeout = window.clearInterval = (id) => { const timer = timers.get(id); if (timer) { stop(timer.real); timers.delete(id); } else stop(id); };
  window.__forward = (ms) => {
    const until = now() + ms;
    for (let due; (due = [...timers].filter(([, timer]) => timer.due <= until).sort(([, a], [, b]) => a.due - b.due)[0]); ) { ahead += Math.max(0, due[1].due - now()); fire(due[0]); }
    ahead += Math.max(0, until - now());
    for (const id of timers.keys()) plan(id);
  };
}
