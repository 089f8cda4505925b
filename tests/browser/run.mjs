// Looks at pages in a real browser, then runs the journeys. Use:
//   [YISHE_PASSWORD=…] node run.mjs [BASE_URL] [--pages FILE] [--only PATH] [--journey NAME,…] [--no-pages]
// Without BASE_URL it starts `yishe demo` on a fresh folder itself (build it first) and stops it at the end.
// Each page of pages.json: wide (1440) and narrow (390), standard and 长者版 (lib/look.mjs says what is checked); first view at most
// 100 kB; the same without JavaScript. Then no link reachable from home, or from each role's first page, is dead (lib/crawl.mjs).
// Screenshots go to shots/. Journeys export default async (stage); files beginning with an underscore are not run.
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "./chromium/browser.mjs";
import { crawl } from "./lib/crawl.mjs";
import { program, startDemo } from "./lib/demo.mjs";
import { listen, look, outline, weigh } from "./lib/look.mjs";
import { People } from "./lib/people.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const given = process.argv.slice(2);
const base0 = given[0]?.startsWith("http") ? given[0].replace(/\/$/, "") : undefined;
const option = (name) => { const at = given.indexOf(name); return at < 0 ? undefined : given[at + 1] ?? ""; };
const listed = JSON.parse(readFileSync(option("--pages") ?? join(here, "pages.json"), "utf8"));
const shots = join(here, "shots");
mkdirSync(shots, { recursive: true });

const FLAGS = ["--headless", "--lang=zh-CN", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage", "--disable-background-timer-throttling", "--disable-renderer-backgrounding", "--hide-scrollbars", "--force-color-profile=srgb", "--mute-audio"];
const executablePath = process.env.CHROMIUM ?? process.env.PATH.split(delimiter).map((folder) => join(folder, "chromium")).find(existsSync);
if (!executablePath) { console.error("chromium is not on PATH; install it (Debian: apt-get install chromium fonts-noto-cjk)"); process.exit(2); }

const begun = Date.now(), seconds = () => `${((Date.now() - begun) / 1000).toFixed(0).padStart(4)} s`;
let faults = 0;
const check = (good, text) => { if (!good) { faults++; console.log(`  FAIL ${text}`); } return good; };

/** All four appearances of one page (one load each for standard and 长者版, at two widths), its weight, and the page without JavaScript. */
async function see(people, base, page) {
  const name = page.name ?? (page.path.replace(/\W+/g, "_").replace(/^_|_$/g, "") || "home"), who = page.as ? ` as ${page.as}` : "";
  const context = await people.context(page.as, { viewport: { width: 1440, height: 900 } });
  let first;
  // axe reads the same markup at both widths: once standard and wide, once large and narrow.
  for (const [elder, deepAt, widths] of [[false, 1440, [1440, 390]], [true, 390, [390, 1440]]]) {
    if (elder) await context.addCookies([{ name: "yishe_elder", value: "1", url: base }]);
    const tab = await context.newPage(), errors = listen(tab);
    await tab.setViewportSize({ width: widths[0], height: 900 });
    const answer = await tab.goto(base + page.path, { waitUntil: "load", timeout: 60_000 });
    check(answer.status() === (page.status ?? 200), `${page.path}${who}: status ${answer.status()}`);
    for (const width of widths) {
      await tab.setViewportSize({ width, height: 900 });
      const deep = width === deepAt;
      for (const fault of await look(tab, { elder, deep })) check(false, `${page.path}${who} ${width}${elder ? " elder" : ""}: ${fault}`);
      if (!elder || deep) await tab.screenshot({ path: join(shots, `${name}-${width}${elder ? "-elder" : ""}.png`), fullPage: true });
    }
    for (const error of errors) check(false, `${page.path}${who}: console: ${error}`);
    first ??= await outline(tab);
    await tab.close();
  }
  await context.close();
  // zoom 400 %: 1280 wide at four times is 320 CSS pixels
  const plain = await people.context(page.as, { viewport: { width: 320, height: 640 }, javaScriptEnabled: false });
  const { bytes, tab } = await weigh(plain, base + page.path);
  check(bytes > 0 && bytes <= 100_000, `${page.path}: first view ${bytes} bytes`);
  const got = { h1: await tab.locator("h1").first().textContent(), links: await tab.locator("main a[href]").count(), forms: await tab.locator("form").count() };
  check(JSON.stringify(got) === JSON.stringify(first), `${page.path}: without JavaScript ${JSON.stringify(got)}, with ${JSON.stringify(first)}`);
  await plain.close();
  return bytes;
}

async function lookAtPages(people, base) {
  const only = option("--only");
  const left = listed.filter((page) => !only || page.path === only);
  const worker = async () => {
    for (let page; (page = left.shift()); ) {
      const bytes = await see(people, base, page).catch((error) => { check(false, `${page.path}: ${error.message.split("\n")[0]}`); return 0; });
      console.log(`${seconds()}  ${page.path}${page.as ? ` (${page.as})` : ""}  ${(bytes / 1000).toFixed(1)} kB`);
    }
  };
  for (const page of listed) if (page.as) await people.state(page.as);
  await Promise.all([worker(), worker()]);
}

async function followLinks(people, base) {
  const roles = [["nobody", null, "/"], ...JSON.parse(readFileSync(join(here, "roles.json"), "utf8")).map((role) => [role.login, role.login, role.start])];
  for (const [name, login, start] of roles) {
    const state = login ? await people.state(login) : { cookies: [] };
    const { seen, dead } = await crawl(base, start, state.cookies.map(({ name, value }) => `${name}=${value}`).join("; "));
    for (const { path, status, from } of dead) check(false, `dead link as ${name}: ${path} (${status}) on ${from}`);
    console.log(`${seconds()}  links as ${name} from ${start}: ${seen} followed, ${dead.length} dead`);
  }
}

/** Journeys by people of their own, on cases of their own: three at a time, the longest first. */
async function runJourneys(people, base, files) {
  const long = ["founding.mjs", "founding-no-script.mjs", "founding-direct.mjs"];
  const left = [...long.filter((file) => files.includes(file)), ...files.filter((file) => !long.includes(file))];
  const stage = { browser, base, check, people, password: people.password, shots, program, look: (tab, label, how) => look(tab, how).then((list) => list.forEach((fault) => check(false, `${label}: ${fault}`))) };
  const worker = async () => {
    for (let file; (file = left.shift()); ) {
      const started = Date.now();
      try {
        await (await import(join(here, "journeys", file))).default(stage);
      } catch (error) { check(false, `journey ${file} broke off: ${error.stack ?? error}`); }
      console.log(`${seconds()}  journey ${file} (${Math.round((Date.now() - started) / 1000)} s)`);
    }
  };
  await Promise.all([worker(), worker(), worker()]);
}

const browserData = mkdtempSync(join(tmpdir(), "yishe-browser-"));
let demo, browser;
try {
  demo = base0 ? undefined : await startDemo();
  const base = base0 ?? demo.base;
  if (demo) console.log(`${seconds()}  demo is ready at ${base}`);
  browser = await chromium.launch({ executablePath, args: [...FLAGS, `--crash-dumps-dir=${browserData}`], timeout: 120_000 });
  const people = new People(browser, base, check, demo?.password ?? process.env.YISHE_PASSWORD);
  const journey = option("--journey");
  if (!journey && !given.includes("--no-pages")) {
    await lookAtPages(people, base);
    if (!option("--only")) await followLinks(people, base);
  }
  const files = readdirSync(join(here, "journeys")).filter((file) => file.endsWith(".mjs") && !file.startsWith("_")).sort();
  if (!option("--only")) await runJourneys(people, base, files.filter((file) => !journey || journey.split(",").some((one) => file.startsWith(one))));
} catch (error) {
  check(false, String(error.stack ?? error));
} finally {
  await browser?.close();
  await demo?.stop();
  rmSync(browserData, { recursive: true, force: true });
}
console.log(faults ? `${seconds()}  ${faults} faults` : `${seconds()}  all good`);
process.exit(faults ? 1 : 0);
