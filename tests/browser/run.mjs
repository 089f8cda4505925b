// Visits pages in a real browser and checks what DESIGN and ux.md ask of every page. Use:
//   node run.mjs http://127.0.0.1:8080 [--pages pages.json] [--login name:password] [--only /path]
// Each page, wide (1440) and narrow (390), standard and 长者版: axe finds nothing, nothing scrolls sideways, one h1, no console error.
// Once per page: first view at most 100 kB on the wire; the same heading, links and forms without JavaScript. 长者版: text at least
// 18 px and lines at least 1.5. Screenshots go to shots/. Then journeys/*.mjs run; each exports default async (browser, base, check).
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const here = dirname(fileURLToPath(import.meta.url));
const [base, ...rest] = process.argv.slice(2);
if (!base) { console.error("usage: node run.mjs BASE_URL [--pages FILE] [--login NAME:PASSWORD] [--only PATH]"); process.exit(2); }
const option = (name) => { const at = rest.indexOf(name); return at < 0 ? undefined : rest[at + 1]; };
const listed = JSON.parse(readFileSync(option("--pages") ?? join(here, "pages.json"), "utf8"));
const pages = listed.filter((page) => !option("--only") || page.path === option("--only"));
const [name, password] = (option("--login") ?? "lin:demo").split(":");
const axe = readFileSync(join(here, "node_modules/axe-core/axe.min.js"), "utf8");
const shots = join(here, "shots");
mkdirSync(shots, { recursive: true });

const FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];
const executablePath = process.env.CHROMIUM ?? process.env.PATH.split(delimiter).map((folder) => join(folder, "chromium")).find(existsSync);
if (!executablePath) { console.error("chromium is not on PATH; install it (Debian: apt-get install chromium fonts-noto-cjk)"); process.exit(2); }
const data = mkdtempSync(join(tmpdir(), "yishe-browser-"));
let faults = 0;
const check = (good, text) => { if (!good) { faults++; console.log(`  FAIL ${text}`); } };

async function signIn(context) {
  const page = await context.newPage();
  await page.goto(`${base}/login`, { waitUntil: "load" });
  await page.fill("#f-name", name);
  await page.fill("#f-password", password);
  await page.click("main button[type=submit]");
  await page.waitForLoadState("load");
  check(!page.url().includes("/login"), `signing in as ${name}`);
  await page.close();
}

async function visit(context, page, size, elder) {
  const tab = await context.newPage();
  const errors = [];
  tab.on("console", (message) => { if (message.type() === "error" && !/status of (4|5)\d\d/.test(message.text())) errors.push(message.text()); });
  tab.on("pageerror", (error) => errors.push(String(error)));
  const answer = await tab.goto(base + page.path, { waitUntil: "load", timeout: 60_000 });
  const label = `${page.path} ${size}${elder ? " elder" : ""}`;
  check(answer.status() === (page.status ?? 200), `${label}: status ${answer.status()}`);
  const found = await tab.evaluate(() => {
    const wide = [...document.querySelectorAll("body *")].filter((e) => e.getBoundingClientRect().right > innerWidth + 1 && !e.closest(".visually-hidden, thead")).slice(0, 3).map((e) => `${e.tagName}.${e.className}`);
    return { overflow: document.documentElement.scrollWidth - innerWidth, wide, h1: document.querySelectorAll("h1").length };
  });
  check(found.overflow <= 0, `${label}: scrolls sideways by ${found.overflow}px (${found.wide})`);
  check(found.h1 === 1, `${label}: ${found.h1} h1`);
  check(!errors.length, `${label}: console: ${errors.join(" | ")}`);
  if (elder) {
    const small = await tab.evaluate(() => {
      const out = new Set(), walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
      for (let node; (node = walker.nextNode()); ) {
        const e = node.parentElement, style = getComputedStyle(e);
        if (!node.data.trim() || !e.checkVisibility() || e.closest(".visually-hidden, svg, option")) continue;
        if (parseFloat(style.fontSize) < 18) out.add(`${e.tagName}.${e.className} ${style.fontSize}`);
        else if (parseFloat(style.lineHeight) / parseFloat(style.fontSize) < 1.3) out.add(`${e.tagName}.${e.className} line ${style.lineHeight}`);
      }
      const low = [...document.querySelectorAll("a, button, input:not([type=hidden],[type=radio],[type=checkbox]), select, summary")].filter((e) => e.checkVisibility() && !e.closest(".visually-hidden, .y-skip, p, li > ul span, dd, td, th") && e.getBoundingClientRect().height < 43.5 && !e.classList.contains("y-skip"));
      return [...out, ...low.map((e) => `${e.tagName}.${e.className} only ${e.getBoundingClientRect().height}px high: ${e.textContent.slice(0, 12)}`)];
    });
    check(!small.length, `${label}: too small: ${small.slice(0, 6).join("; ")}`);
  }
  await tab.evaluate(axe);
  const result = await tab.evaluate(() => window.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] }));
  for (const violation of result.violations) check(false, `${label}: axe ${violation.id}: ${violation.nodes.slice(0, 3).map((node) => `${node.target} ${node.any[0]?.message ?? ""}`).join(" | ")}`);
  await tab.screenshot({ path: join(shots, `${page.path.replace(/\W+/g, "_").replace(/^_|_$/g, "") || "home"}-${size}${elder ? "-elder" : ""}.png`), fullPage: true });
  const outline = await tab.evaluate(() => ({ h1: document.querySelector("h1")?.textContent, links: document.querySelectorAll("main a[href]").length, forms: document.forms.length }));
  await tab.close();
  return outline;
}

async function weigh(browser, page, cookies) {
  const context = await browser.newContext({ locale: "zh-CN" });
  await context.addCookies(cookies);
  const tab = await context.newPage(), session = await context.newCDPSession(tab);
  let bytes = 0;
  await session.send("Network.enable");
  session.on("Network.loadingFinished", (event) => { bytes += event.encodedDataLength; });
  await tab.goto(base + page.path, { waitUntil: "load" });
  check(bytes > 0 && bytes <= 100_000, `${page.path}: first view ${bytes} bytes`);
  await context.close();
  return bytes;
}

async function without(browser, page, cookies, outline) {
  const context = await browser.newContext({ locale: "zh-CN", javaScriptEnabled: false });
  await context.addCookies(cookies);
  const tab = await context.newPage();
  await tab.goto(base + page.path, { waitUntil: "load" });
  const got = { h1: await tab.locator("h1").first().textContent(), links: await tab.locator("main a[href]").count(), forms: await tab.locator("form").count() };
  check(JSON.stringify(got) === JSON.stringify(outline), `${page.path}: without JavaScript ${JSON.stringify(got)}, with ${JSON.stringify(outline)}`);
  await context.close();
}

const browser = await chromium.launch({ executablePath, args: [...FLAGS, `--crash-dumps-dir=${data}`], timeout: 120_000 });
try {
  const member = await browser.newContext({ locale: "zh-CN" });
  if (pages.some((page) => page.signed)) await signIn(member);
  const signed = await member.cookies();
  for (const page of pages) {
    const cookies = page.signed ? signed : [];
    let outline;
    for (const [size, width] of [["1440", 1440], ["390", 390]]) for (const elder of [false, true]) {
      const context = await browser.newContext({ locale: "zh-CN", viewport: { width, height: 900 } });
      await context.addCookies([...cookies, ...(elder ? [{ name: "yishe_elder", value: "1", url: base }] : [])]);
      const seen = await visit(context, page, size, elder);
      outline ??= seen;
      await context.close();
    }
    const bytes = await weigh(browser, page, cookies);
    await without(browser, page, cookies, outline);
    console.log(`${page.path}: seen, ${(bytes / 1000).toFixed(1)} kB`);
  }
  const folder = join(here, "journeys");
  if (!option("--only") && existsSync(folder)) for (const file of readdirSync(folder).filter((file) => file.endsWith(".mjs")).sort()) {
    console.log(`journey ${file}`);
    await (await import(join(folder, file))).default(browser, base, check, { name, password });
  }
} finally {
  await browser.close();
  rmSync(data, { recursive: true, force: true });
}
console.log(faults ? `${faults} faults` : "all good");
process.exit(faults ? 1 : 0);
