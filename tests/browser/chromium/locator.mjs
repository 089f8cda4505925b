// A locator (定位): says how to find elements, looks when asked, and waits until what it is asked for can be done.
import { choose, heed, point, ready, resolve } from "./inside.mjs";

const WAIT = 30_000;
const GONE = /context was destroyed|Cannot find context|Inspected target navigated|Execution context|uniqueContextId not found/;
export const rest = (ms) => new Promise((done) => setTimeout(done, ms));

/** Reads `css`, `css:has-text("…")`, `text=…`, joined by ` >> `. */
function read(selector) {
  return selector.split(" >> ").flatMap((part) => {
    const text = /^text=("?)(.*)\1$/s.exec(part);
    if (text) return [{ text: text[2], exact: text[1] !== "" }];
    const has = /^(.*):has-text\((["'])(.*)\2\)$/s.exec(part);
    if (/:has-text\(/.test(has ? has[1] : part)) throw new Error(`:has-text stands at the end only: ${part}`);
    return has ? [{ css: has[1] || "*" }, { hasText: has[3] }] : [{ css: part }];
  });
}

export class Locator {
  constructor(page, steps) { Object.assign(this, { page, steps }); }
  static of(page, selector, { hasText } = {}) { return new Locator(page, []).locator(selector, { hasText }); }

  locator(selector, { hasText } = {}) { return new Locator(this.page, [...this.steps, ...read(selector), ...(hasText === undefined ? [] : [{ hasText }])]); }
  filter({ hasText }) { return new Locator(this.page, [...this.steps, { hasText }]); }
  nth(nth) { return new Locator(this.page, [...this.steps, { nth }]); }
  first() { return this.nth(0); }
  last() { return this.nth(-1); }
  toString() { return this.steps.map((step) => Object.values(step)[0]).join(" >> "); }

  /** `(elements, arg) => …` inside the page, over all that are there now. A page that is just changing is asked again. */
  async evaluateAll(act, arg) {
    const expression = `((steps, arg) => (${act})((${resolve})(steps), arg))(${JSON.stringify(this.steps)}, ${JSON.stringify(arg) ?? "undefined"})`;
    for (let turn = 0; ; turn++) {
      try { return await this.page.evaluate(expression); } catch (error) {
        if (turn > 20 || !GONE.test(error.message)) throw error;
        await rest(50);
      }
    }
  }

  /** The one element, as soon as it is there and `act` does not say why not: `{ not }`. */
  async #one(act, arg, { timeout = WAIT } = {}) {
    const until = Date.now() + timeout, look = `(found, arg) => found.length === 1 ? (${act})(found[0], arg) ?? null : { __not: found.length ? \`alone: \${found.length} of them\` : "there" }`;
    for (;;) {
      const got = await this.evaluateAll(look, arg), not = got?.__not ?? got?.not;
      if (not === undefined) return got;
      if (Date.now() > until || not.startsWith("alone")) throw new Error(`${this} is not ${not}, at ${this.page.url()}`);
      await rest(60);
    }
  }

  count() { return this.evaluateAll((found) => found.length); }
  allTextContents() { return this.evaluateAll((found) => found.map((one) => one.textContent)); }
  allInnerTexts() { return this.evaluateAll((found) => found.map((one) => one.innerText)); }
  async all() { return Array.from({ length: await this.count() }, (_, at) => this.nth(at)); }
  isVisible() { return this.evaluateAll((found) => found.length > 0 && found[0].checkVisibility({ visibilityProperty: true })); }

  innerText() { return this.#one((one) => one.innerText); }
  textContent() { return this.#one((one) => one.textContent); }
  inputValue() { return this.#one((one) => one.value); }
  isChecked() { return this.#one((one) => one.checked); }
  getAttribute(name) { return this.#one((one, name) => one.getAttribute(name), name); }
  boundingBox() { return this.#one((one) => { const { x, y, width, height } = one.getBoundingClientRect(); return { x, y, width, height }; }); }
  evaluate(act, arg) { return this.#one(act, arg); }
  focus() { return this.#one((one) => one.focus()); }

  /** Presses where the element stands still; again where the page moved under the press (a hint that appears when a field is left). */
  async click({ timeout } = {}) {
    for (let turn = 0; turn < 3; turn++) {
      await this.#press({ timeout });
      if (!this.page.runsScripts || (await this.page.evaluate("window.__heeded").catch(() => true)) !== false) return;
    }
  }

  async #press({ timeout }) {
    let at = await this.#one(point, null, { timeout });
    for (let before; before?.x !== at.x || before.y !== at.y; at = await this.#one(point, null, { timeout })) {
      before = at;
      await rest(16);
    }
    if (this.page.runsScripts) await this.#one(heed);
    await this.page.mouse(at.x, at.y);
  }

  /** A press that fell into a change of the page is made again. */
  async check() {
    for (let turn = 0; !(await this.isChecked()); turn++) {
      if (turn === 3) throw new Error(`${this} was pressed and is not checked, at ${this.page.url()}`);
      await this.click();
    }
  }

  async uncheck() {
    if (await this.isChecked()) await this.click();
  }

  async fill(value) {
    const { type } = await this.#one(ready, String(value));
    if (type) await this.page.send("Input.insertText", { text: String(value) });
  }

  async selectOption(value) { await this.#one(choose, value); }

  async press(key) {
    await this.focus();
    await this.page.keyboard.press(key);
  }

  /** Files as { name, buffer } or paths. */
  async setInputFiles(files) {
    await this.#one(() => null);
    await this.page.putFiles(this.steps, [files].flat());
  }

  /** state: visible (default), attached, hidden, detached */
  async waitFor({ state = "visible", timeout = WAIT } = {}) {
    const until = Date.now() + timeout;
    const holds = { visible: () => this.isVisible(), attached: async () => (await this.count()) > 0, hidden: async () => !(await this.isVisible()), detached: async () => (await this.count()) === 0 }[state];
    while (!(await holds())) {
      if (Date.now() > until) throw new Error(`${this} did not become ${state}, at ${this.page.url()}`);
      await rest(60);
    }
  }
}
