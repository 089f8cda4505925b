// Starts `yishe demo` on a fresh data folder and a free port, waits until it is ready, and stops it again.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, existsSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "../../..");
/** The program under test. */
export const program = process.env.YISHE ?? join(process.env.CARGO_TARGET_DIR ?? join(root, "target"), "debug/yishe");

const freePort = () => new Promise((resolve, reject) => {
  const server = createServer();
  server.on("error", reject);
  server.listen(0, "127.0.0.1", () => { const { port } = server.address(); server.close(() => resolve(port)); });
});

/** { base, data, stop, password }; fails with what the program said if it is not ready in four minutes. */
export async function startDemo() {
  if (!existsSync(program)) throw new Error(`${program} is not built: cargo build -p yishe`);
  const data = mkdtempSync(join(tmpdir(), "yishe-demo-")), port = await freePort(), base = `http://127.0.0.1:${port}`;
  const child = spawn(program, ["demo", "--data", data, "--listen", `127.0.0.1:${port}`], { stdio: ["ignore", "pipe", "pipe"] });
  let said = "", ended = null;
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (bytes) => { said = (said + bytes).slice(-8000); });
  child.on("exit", (code) => { ended = code ?? 1; });
  const stop = async () => {
    if (ended === null) {
      child.kill("SIGTERM");
      for (let waited = 0; ended === null && waited < 100; waited++) await new Promise((done) => setTimeout(done, 100));
      if (ended === null) child.kill("SIGKILL");
    }
    rmSync(data, { recursive: true, force: true });
  };
  for (let waited = 0; waited < 480; waited++) {
    if (ended !== null) { await stop(); throw new Error(`yishe demo ended with ${ended}:\n${said}`); }
    const ready = await fetch(`${base}/readyz`).then((answer) => answer.ok, () => false);
    if (ready) return { base, data, stop, password: /密码都是 (\S+?)）/.exec(said)?.[1] };
    await new Promise((done) => setTimeout(done, 500));
  }
  await stop();
  throw new Error(`yishe demo was not ready in time:\n${said}`);
}
