// A browser, its contexts (people with cookies of their own) and tabs, in the words journeys know from Playwright.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Page } from "./page.mjs";
import { Pipe } from "./pipe.mjs";

/** Starts Chromium with an empty profile. */
export async function launch({ executablePath, args = [] }) {
  const folder = mkdtempSync(join(tmpdir(), "yishe-chromium-"));
  const pipe = new Pipe(executablePath, [...args, `--user-data-dir=${folder}`, "about:blank"]);
  const { userAgent } = await pipe.send("Browser.getVersion");
  return new Browser(pipe, folder, userAgent);
}

class Browser {
  constructor(pipe, folder, agent) { Object.assign(this, { pipe, folder, agent, files: 0 }); }

  /** Options: locale, viewport { width, height }, javaScriptEnabled, storageState (of another context). */
  async newContext({ storageState, ...options } = {}) {
    const { browserContextId } = await this.pipe.send("Target.createBrowserContext", { disposeOnDetach: true });
    const context = new Context(this, browserContextId, options);
    if (storageState?.cookies.length) await context.addCookies(storageState.cookies);
    return context;
  }

  async close() {
    await this.pipe.close();
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
}

class Context {
  constructor(browser, id, options) {
    Object.assign(this, { browser, id, options });
    this.request = { get: (url) => this.#get(url) };
  }

  newPage() { return Page.open(this); }

  /** Cookies as the protocol writes them; `url` stands for domain and path. */
  async addCookies(cookies) {
    const plain = ({ name, value, url, domain, path, secure, httpOnly, sameSite, expires }) => ({ name, value, url, domain, path, secure, httpOnly, sameSite, expires: expires > 0 ? expires : undefined });
    await this.browser.pipe.send("Storage.setCookies", { cookies: cookies.map(plain), browserContextId: this.id });
  }

  async cookies() { return (await this.browser.pipe.send("Storage.getCookies", { browserContextId: this.id })).cookies; }
  async storageState() { return { cookies: await this.cookies() }; }

  /** A request with this context's cookies, beside the tabs. */
  async #get(url) {
    const { hostname } = new URL(url), own = (await this.cookies()).filter(({ domain }) => domain.replace(/^\./, "") === hostname);
    const answer = await fetch(url, { headers: own.length ? { cookie: own.map(({ name, value }) => `${name}=${value}`).join("; ") } : {} });
    return { ok: () => answer.ok, status: () => answer.status, headers: () => Object.fromEntries(answer.headers), text: () => answer.text(), body: async () => Buffer.from(await answer.arrayBuffer()) };
  }

  /** The protocol itself, for what is not said otherwise. */
  newCDPSession(page) { return { send: (method, params) => page.send(method, params), on: (method, hear) => page.hear(method, hear) }; }

  close() { return this.browser.pipe.send("Target.disposeBrowserContext", { browserContextId: this.id }); }
}

export const chromium = { launch };
