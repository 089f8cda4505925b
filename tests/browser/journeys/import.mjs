// The data desk imports a messy list, as CSV and as a workbook: the columns are guessed and shown, a dry run writes nothing, refused rows
// come back as a file with reason and suggestion, the import is watched to its end and can be left and come back to.
import { Buffer } from "node:buffer";
import { faultsOn } from "../lib/desk.mjs";
import { workbook } from "../lib/xlsx.mjs";

const press = (tab, what) => Promise.all([tab.waitForNavigation({ waitUntil: "load" }), tab.locator(what).first().click()]);
const HEAD = ["社会组织名称", "统一社会信用代码", "登记管理机关", "成立登记日期", "注册资金", "备注"];
// one good row; a code of full-width digits with a wrong check character and 万元; a date nobody knows; a name that is none; somebody else's
const rows = (mark, code) => [
  [`沈阳市${mark}书画协会`, "", "沈阳市民政局", "2017-12-01", "50000元", ""],
  [`沈阳市${mark}合唱协会`, code, "沈阳市民政局", "2018年3月5日", "3万元", "全角"],
  [`沈阳市${mark}垂钓协会`, "", "沈阳市民政局", "1900-01-01", "", "日期不详"],
  ["=SUM(1)", "", "沈阳市民政局", "2018-12-01", "", ""],
  [`浙江省${mark}茶艺协会`, "", "浙江省民政厅", "2017-12-01", "", "不归沈阳"],
];

async function bring(stage, tab, file, mark) {
  const { base, check } = stage;
  await tab.goto(`${base}/desk/import`, { waitUntil: "load" });
  await tab.setInputFiles("main input[type=file]", [file]);
  await press(tab, "main form button.btn-primary");
  const here = new URL(tab.url()).pathname;
  check(/^\/desk\/import\/.+/.test(here), `import: ${file.name} is taken, at ${here}: ${await faultsOn(tab)}`);
  const meanings = await tab.locator("#f-columns select").evaluateAll((all) => all.map((one) => one.value));
  check(["name", "code", "registrar", "registered_on"].every((meaning) => meanings.includes(meaning)), `import: ${file.name}: the columns are guessed: ${meanings}`);
  await stage.look(tab, `import mapping ${file.name}`);
  await press(tab, "main form button.btn-primary");
  const settled = async (words) => { await tab.waitForFunction((words) => new RegExp(words).test(document.querySelector("#import-state .lead")?.textContent ?? ""), words, { timeout: 60_000, polling: 300 }).catch(() => {}); return tab.locator("#import-state").innerText(); };
  const checked = await settled("核对完了|没有完成");
  check(/核对完了，还没有写入/.test(checked), `import: ${file.name}: the dry run ends and wrote nothing: ${checked.slice(0, 200)}`);
  check(/可收\s*3\s*行，退回\s*2\s*行/.test(checked), `import: ${file.name}: the figures of the dry run: ${checked.slice(0, 300)}`);
  const searched = async () => { const other = await tab.context().newPage(); await other.goto(`${base}/orgs?q=${encodeURIComponent(`${mark}书画`)}`, { waitUntil: "load" }); const count = await other.locator("ol.y-list > li").count(); await other.close(); return count; };
  check((await searched()) === 0, `import: ${file.name}: nothing is in the register after the dry run`);
  const refused = await tab.context().request.get(`${base}${here}/rejects.csv`), text = await refused.text();
  check(refused.ok() && text.split(/\r?\n/).filter(Boolean).length === 3 && text.includes(`浙江省${mark}茶艺协会`), `import: ${file.name}: the refused rows as a file: ${text.slice(0, 300)}`);
  await stage.look(tab, `import dry run ${file.name}`);
  await tab.locator('button[name="go"][value="import"]').click();
  // leave the page and come back: the work goes on in the background
  await tab.goto(`${base}/desk/import`, { waitUntil: "load" });
  check((await tab.locator(`main a[href="${here}"]`).count()) > 0, `import: ${file.name} is on the list of imports`);
  await tab.goto(base + here, { waitUntil: "load" });
  check(/导入完成/.test(await settled("导入完成|中断")), `import: ${file.name}: the import ends: ${(await tab.locator("#import-state").innerText()).slice(0, 200)}`);
  let found = 0;
  for (let waited = 0; !found && waited < 20; waited++) { found = await searched(); if (!found) await tab.waitForTimeout(500); }
  check(found === 1, `import: ${file.name}: what came in is found`);
}

export default async function (stage) {
  const context = await stage.people.context("shuju", { viewport: { width: 1440, height: 900 } }), tab = await context.newPage();
  const quoted = (row) => row.map((cell) => `"${cell.replace(/"/g, '""')}"`).join(",");
  const csv = Buffer.from("\ufeff" + [HEAD, ...rows("青石", "５１２１０１００５０００２１６７６Ａ")].map(quoted).join("\r\n") + "\r\n");
  await bring(stage, tab, { name: "名册.csv", mimeType: "text/csv", buffer: csv }, "青石");
  await bring(stage, tab, { name: "名册.xlsx", mimeType: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", buffer: workbook([HEAD, ...rows("白桥", "５１２１０１００５０００３１６７６Ａ")]) }, "白桥");
  await tab.goto(`${stage.base}/desk/import`, { waitUntil: "load" });
  await tab.setInputFiles("main input[type=file]", [{ name: "不是表格.xlsx", mimeType: "application/octet-stream", buffer: Buffer.from("MZ not a workbook at all") }]);
  await press(tab, "main form button.btn-primary");
  stage.check((await faultsOn(tab)).length > 0, "import: what is no table is refused with words");
  await context.close();
}
