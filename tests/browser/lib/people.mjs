// People with browsers: each signs in once a run (binding a one-time code where the house asks for it) and is then remembered.
import { createHmac } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** The six digits of RFC 6238 for a base32 key, `ahead` steps from now. */
export function oneTimeCode(key, ahead = 0) {
  const bits = [...key.replace(/[\s=]/g, "").toUpperCase()].map((letter) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(letter).toString(2).padStart(5, "0")).join("");
  const bytes = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + ahead));
  const hash = createHmac("sha1", bytes).update(counter).digest(), at = hash[19] & 15;
  return String((hash.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}

/** Fills name and password and goes through what the house asks next. Gives the one-time key where one was bound. */
export async function signIn(page, base, login, password) {
  // Signing in is slowed down after ten from one address; everybody here has the same.
  for (let turn = 0; turn < 10; turn++) {
    await page.goto(`${base}/login`, { waitUntil: "load" });
    await page.fill("#f-name", login);
    await page.fill("#f-password", password);
    const [answer] = await Promise.all([page.waitForNavigation({ waitUntil: "load" }), page.click("main form button[type=submit]")]);
    if (answer.status() !== 429) break;
    await page.waitForTimeout(6_100);
  }
  if (await page.locator(".y-signin").count()) await page.goto(`${base}/account`, { waitUntil: "load" });
  if (!new URL(page.url()).pathname.startsWith("/login/bind")) return null;
  const key = (await page.locator(".y-secret").textContent()).trim();
  await page.fill("#f-code", oneTimeCode(key));
  await Promise.all([page.waitForNavigation({ waitUntil: "load" }), page.click("main form button[type=submit]")]);
  return key;
}

/** Who has signed in this run: login to what the browser keeps. YISHE_STATES=FOLDER keeps it for the next run against the same server. */
export class People {
  constructor(browser, base, check, password) { Object.assign(this, { browser, base, check, password, kept: new Map(), coming: new Map(), keys: new Map() }); }

  /** A browser context of this person (null: nobody), signed in. */
  async context(login, options = {}) {
    const storageState = login ? await this.state(login) : undefined;
    return this.browser.newContext({ locale: "zh-CN", storageState, ...options });
  }

  /** Two that ask for the same person at once get the same sign-in. */
  state(login) {
    if (!this.coming.has(login)) this.coming.set(login, this.signed(login));
    return this.coming.get(login);
  }

  async signed(login) {
    const folder = process.env.YISHE_STATES, file = folder && join(folder, `state-${login}.json`);
    if (file && !this.kept.has(login) && existsSync(file)) {
      const { state, key } = JSON.parse(readFileSync(file, "utf8"));
      this.kept.set(login, state);
      if (key) this.keys.set(login, key);
    }
    if (!this.kept.has(login)) {
      const context = await this.browser.newContext({ locale: "zh-CN" }), page = await context.newPage();
      const key = await signIn(page, this.base, login, this.password);
      if (key) this.keys.set(login, key);
      const path = new URL(page.url()).pathname;
      this.check(!path.startsWith("/login"), `signing in as ${login}: still at ${path}`);
      this.kept.set(login, await context.storageState());
      if (file) writeFileSync(file, JSON.stringify({ state: this.kept.get(login), key }));
      await context.close();
    }
    return this.kept.get(login);
  }
}
