// A tab: goes to addresses, waits for pages, hands out locators, types, takes pictures.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { clock, resolve } from "./inside.mjs";
import { strokes } from "./keys.mjs";
import { Locator, rest } from "./locator.mjs";

const WAIT = 30_000;

export class Page {
  #context; #session; #target; #url = "about:blank"; #answers = new Map(); #loaded = new Set(); #loader = null; #moves = 0; #asked = 0; #heard = [];

  static async open(context) {
    const page = new Page(), { pipe } = context.browser, { locale, viewport = { width: 1280, height: 720 }, javaScriptEnabled = true } = context.options;
    page.#context = context;
    page.runsScripts = javaScriptEnabled;
    page.#target = (await pipe.send("Target.createTarget", { url: "about:blank", browserContextId: context.id })).targetId;
    page.#session = (await pipe.send("Target.attachToTarget", { targetId: page.#target, flatten: true })).sessionId;
    page.#listen();
    await Promise.all([
      ...["Page", "Runtime", "Network", "Log"].map((domain) => page.send(`${domain}.enable`)),
      page.send("Page.setLifecycleEventsEnabled", { enabled: true }),
      page.send("Emulation.setFocusEmulationEnabled", { enabled: true }),
      page.setViewportSize(viewport),
      ...(locale ? [page.send("Emulation.setLocaleOverride", { locale }), page.send("Emulation.setUserAgentOverride", { userAgent: context.browser.agent, acceptLanguage: locale })] : []),
      ...(javaScriptEnabled ? [] : [page.send("Emulation.setScriptExecutionDisabled", { value: true })]),
    ]);
    return page;
  }

  send(method, params) { return this.#context.browser.pipe.send(method, params, this.#session); }
  hear(method, hear) { this.#context.browser.pipe.on(method, hear, this.#session); }

  #listen() {
    const own = (hear) => (event) => { if ((event.frameId ?? event.frame?.id) === this.#target) hear(event); };
    this.hear("Network.responseReceived", own(({ type, loaderId, response }) => { if (type === "Document") this.#answers.set(loaderId, response); }));
    this.hear("Page.frameNavigated", own(({ frame }) => { this.#url = frame.url + (frame.urlFragment ?? ""); this.#loader = frame.loaderId; this.#moves++; }));
    this.hear("Page.frameRequestedNavigation", own(({ disposition }) => { if (disposition === "currentTab") this.#asked++; }));
    this.hear("Page.navigatedWithinDocument", own(({ url }) => { this.#url = url; this.#moves++; }));
    this.hear("Page.lifecycleEvent", own(({ name, loaderId }) => { if (name === "load") this.#loaded.add(loaderId); }));
    this.hear("Page.javascriptDialogOpening", ({ type }) => this.send("Page.handleJavaScriptDialog", { accept: type === "beforeunload" }).catch(() => {}));
    this.hear("Runtime.consoleAPICalled", ({ type, args }) => this.#tell("console", type, args.map((one) => one.value ?? one.description ?? "").join(" ")));
    this.hear("Log.entryAdded", ({ entry }) => this.#tell("console", entry.level, `${entry.text} ${entry.url ?? ""}`.trim()));
    this.hear("Runtime.exceptionThrown", ({ exceptionDetails: { text, exception } }) => { for (const [what, hear] of this.#heard) if (what === "pageerror") hear(new Error(exception?.description ?? text)); });
  }

  #tell(what, type, text) { for (const [wanted, hear] of this.#heard) if (wanted === what) hear({ type: () => type, text: () => text }); }

  /** console (type(), text()) and pageerror */
  on(what, hear) { this.#heard.push([what, hear]); }
  context() { return this.#context; }
  url() { return this.#url; }

  /** Waits for the `load` of the document that is there after more than `moves` navigations; its answer, null within one document. */
  async #arrived(moves, timeout, what) {
    for (const until = Date.now() + timeout; ; await rest(10)) {
      const loader = this.#loader;
      if (this.#moves > moves && this.#loaded.has(loader)) return this.#answer(loader);
      if (Date.now() > until) throw new Error(`${what} took more than ${timeout / 1000} s, at ${this.#url}`);
    }
  }

  #answer(loader) {
    const answer = this.#answers.get(loader);
    return answer ? { status: () => answer.status, ok: () => answer.status < 400, url: () => answer.url, headers: () => Object.fromEntries(Object.entries(answer.headers).map(([name, value]) => [name.toLowerCase(), value])) } : null;
  }

  async goto(url, { timeout = WAIT } = {}) {
    const moves = this.#moves, { errorText } = await this.send("Page.navigate", { url });
    if (errorText) throw new Error(`${url}: ${errorText}`);
    return this.#arrived(moves, timeout, url);
  }

  async reload({ timeout = WAIT } = {}) {
    const moves = this.#moves;
    await this.send("Page.reload");
    return this.#arrived(moves, timeout, `reloading ${this.#url}`);
  }

  /** Call it before what navigates. */
  waitForNavigation({ timeout = WAIT } = {}) { return this.#arrived(this.#moves, timeout, "the next page"); }
  waitForTimeout(ms) { return rest(ms); }

  async waitForFunction(act, arg, { timeout = WAIT } = {}) {
    for (const until = Date.now() + timeout; !(await this.evaluate(act, arg).catch(() => false)); await rest(100)) if (Date.now() > until) throw new Error(`${act} did not come true, at ${this.#url}`);
  }

  /** A function with one argument, or an expression, inside the page; its value. */
  async evaluate(act, arg) {
    const expression = typeof act === "function" ? `(${act})(${JSON.stringify(arg) ?? "undefined"})` : act;
    const { result, exceptionDetails } = await this.send("Runtime.evaluate", { expression, awaitPromise: true, returnByValue: true, userGesture: true });
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    return result.value;
  }

  locator(selector, options) { return Locator.of(this, selector, options); }
  click(selector) { return this.locator(selector).first().click(); }
  fill(selector, value) { return this.locator(selector).first().fill(value); }
  check(selector) { return this.locator(selector).first().check(); }
  focus(selector) { return this.locator(selector).first().focus(); }
  inputValue(selector) { return this.locator(selector).first().inputValue(); }
  selectOption(selector, value) { return this.locator(selector).first().selectOption(value); }
  setInputFiles(selector, files) { return this.locator(selector).first().setInputFiles(files); }
  title() { return this.evaluate("document.title"); }
  content() { return this.evaluate("document.documentElement.outerHTML"); }

  keyboard = {
    press: async (key) => { for (const stroke of strokes(key)) await this.send("Input.dispatchKeyEvent", stroke); },
    type: async (text) => { for (const letter of text) await this.keyboard.press(letter); },
  };

  /** Presses there; where that leads to another page, it has arrived afterwards (or turned out to be a download). */
  async mouse(x, y) {
    const at = { x, y, button: "left", clickCount: 1 }, moves = this.#moves, asked = this.#asked;
    await this.send("Input.dispatchMouseEvent", { type: "mouseMoved", x, y });
    await this.send("Input.dispatchMouseEvent", { ...at, type: "mousePressed", buttons: 1 });
    await this.send("Input.dispatchMouseEvent", { ...at, type: "mouseReleased", buttons: 0 });
    await this.evaluate("0").catch(() => {});
    if (this.#asked > asked) await this.#arrived(moves, 10_000, "the next page").catch(() => {});
  }

  clock = {
    install: () => this.send("Page.addScriptToEvaluateOnNewDocument", { source: `(${clock})()` }),
    fastForward: (ms) => this.evaluate(`__forward(${Number(ms)})`),
    runFor: (ms) => this.evaluate(`__forward(${Number(ms)})`),
  };

  /** Puts files into the one input the steps lead to. */
  async putFiles(steps, files) {
    const paths = files.map((file) => {
      if (typeof file === "string") return file;
      const folder = join(this.#context.browser.folder, `files-${++this.#context.browser.files}`);
      mkdirSync(folder);
      writeFileSync(join(folder, file.name), file.buffer);
      return join(folder, file.name);
    });
    const { result } = await this.send("Runtime.evaluate", { expression: `(${resolve})(${JSON.stringify(steps)})[0]` });
    await this.send("DOM.setFileInputFiles", { files: paths, objectId: result.objectId });
  }

  setViewportSize({ width, height }) { return this.send("Emulation.setDeviceMetricsOverride", { width, height, deviceScaleFactor: 1, mobile: false }); }
  emulateMedia({ media }) { return this.send("Emulation.setEmulatedMedia", { media: media ?? "" }); }

  async screenshot({ path, fullPage = false } = {}) {
    const { cssContentSize: { width, height } } = await this.send("Page.getLayoutMetrics");
    const whole = fullPage ? { captureBeyondViewport: true, clip: { x: 0, y: 0, width, height, scale: 1 } } : {};
    const bytes = Buffer.from((await this.send("Page.captureScreenshot", { format: "png", ...whole })).data, "base64");
    if (path) writeFileSync(path, bytes);
    return bytes;
  }

  async pdf({ path } = {}) {
    const bytes = Buffer.from((await this.send("Page.printToPDF", { printBackground: true, preferCSSPageSize: true })).data, "base64");
    if (path) writeFileSync(path, bytes);
    return bytes;
  }

  async close() {
    const { pipe } = this.#context.browser;
    await pipe.send("Target.closeTarget", { targetId: this.#target });
    pipe.forget(this.#session);
  }
}
