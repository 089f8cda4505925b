// Refusals as pages: not yours (403), not there (404), changed meanwhile (409), too large (413), too often (429). Each says what, why and what
// next, keeps the way home, and is as clean as every other page. (422 is in pages.json; 500 has no address: its page is the same template.)
import { Buffer } from "node:buffer";
import { createServer, request } from "node:http";

const press = (tab, what) => Promise.all([tab.waitForNavigation({ waitUntil: "load" }), tab.locator(what).first().click()]);

async function wellSaid(stage, tab, status, label) {
  stage.check((await tab.locator("h1").count()) === 1 && (await tab.locator("main a[href]").count()) > 0, `errors: ${status} ${label} has a title and a way on`);
  for (const width of [1440, 390]) { await tab.setViewportSize({ width, height: 844 }); await stage.look(tab, `error ${status} ${label} ${width}`); }
  await tab.screenshot({ path: `${stage.shots}/error-${status}.png`, fullPage: true });
}

/** From an address of its own, so that nobody else is slowed down. */
const knock = (base, path) => new Promise((resolve, reject) => {
  const asked = request(base + path, { localAddress: "127.0.0.9", headers: { accept: "text/html" } }, (answer) => { let text = ""; answer.on("data", (part) => { text += part; }); answer.on("end", () => resolve({ status: answer.statusCode, text })); });
  asked.on("error", reject); asked.end();
});

export default async function (stage) {
  const { base, check, people } = stage;
  const context = await people.context("jingban"), tab = await context.newPage();
  for (const [path, status] of [["/admin/accounts", 403], ["/desk/queue/intake", 403], ["/my/cases/999999999999999", 404], ["/orgs/53100000500021676X", 404]]) {
    const answer = await tab.goto(base + path, { waitUntil: "load" });
    check(answer.status() === status, `errors: ${path} gives ${answer.status()}`);
    await wellSaid(stage, tab, status, path.split("/")[1]);
  }

  // two windows on one page of a draft
  await tab.goto(`${base}/matters/found-association?area=2101`, { waitUntil: "load" });
  await press(tab, "aside.y-start form button.btn-primary");
  const draft = new URL(tab.url()).pathname;
  await press(tab, "main a.btn-primary");
  const other = await context.newPage();
  await other.goto(tab.url(), { waitUntil: "load" });
  await tab.locator('input[name="route"][value="dual"]').check();
  await press(tab, 'button[name="_then"][value="list"]');
  await other.locator('input[name="route"][value="direct"]').check();
  const [late] = await Promise.all([other.waitForNavigation({ waitUntil: "load" }), other.locator('button[name="_then"][value="list"]').click()]);
  check([409, 422].includes(late.status()), `errors: the second window does not overwrite the first (${late.status()})`);
  await wellSaid(stage, other, 409, "draft");
  await other.goto(`${base}${draft}/delete`, { waitUntil: "load" });
  await press(other, "main form button");
  await context.close();

  const desk = await people.context("shuju"), page = await desk.newPage();
  await page.goto(`${base}/desk/import`, { waitUntil: "load" });
  await page.setInputFiles("main input[type=file]", [{ name: "太大.csv", mimeType: "text/csv", buffer: Buffer.alloc(21 * 1024 * 1024, 0x31) }]);
  const [big] = await Promise.all([page.waitForNavigation({ waitUntil: "load", timeout: 60_000 }), page.locator("main form button.btn-primary").first().click()]);
  check([413, 422].includes(big.status()), `errors: 21 MB are too much (${big.status()})`);
  await wellSaid(stage, page, 413, "import");

  let answer;
  for (let turn = 0; turn < 2000 && answer?.status !== 429; turn += 40) for (const one of await Promise.all(Array.from({ length: 40 }, () => knock(base, "/verify?q=1")))) if (answer?.status !== 429) answer = one;
  check(answer.status === 429, `errors: somebody who asks too often is slowed down (${answer.status})`);
  // shown once more from a server of our own, which never says no
  const again = createServer((_, reply) => { reply.writeHead(429, { "content-type": "text/html; charset=utf-8" }); reply.end(answer.text.replace(/(href|src)="\/assets/g, `$1="${base}/assets`)); });
  await new Promise((ready) => again.listen(0, "127.0.0.1", ready));
  await page.goto(`http://127.0.0.1:${again.address().port}/`, { waitUntil: "load" });
  await wellSaid(stage, page, 429, "verify");
  again.close();
  await desk.close();
}
