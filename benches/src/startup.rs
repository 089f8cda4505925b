//! Start-up of the program on the full database, as an operator sees it: until it answers, until it is ready.
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};

use crate::Wish;
use crate::measure::{Report, Samples};

const STARTS: usize = 5;
/// Beyond this something is wrong.
const PATIENCE: Duration = Duration::from_mins(2);

/// Makes the installation (database, keys) that the bench fills and the program later serves.
pub fn install(wish: &Wish) -> Result<()> {
    if !wish.binary.exists() || wish.data.join("yishe.db").exists() {
        return Ok(());
    }
    let made = program(&wish.binary, &wish.data).args(["generate", "--organizations", "0", "--seed", "1"]).status()?;
    if made.success() { Ok(()) } else { bail!("the program could not make an installation: {made}") }
}

fn program(binary: &Path, data: &Path) -> Command {
    let mut command = Command::new(binary);
    command.arg("--data").arg(data).stdout(Stdio::null()).stderr(Stdio::null());
    command
}

/// Measures starts of the program.
pub fn measure(wish: &Wish, report: &mut Report) -> Result<()> {
    if !wish.binary.exists() || !wish.data.join("keys.json").exists() {
        report.note("start-up: not measured, the program was not built beside the bench");
        return Ok(());
    }
    report.section("Start-up on the full database");
    // The first start adds accounts and cases; what an operator sees every morning is the later ones.
    start(wish)?;
    let (mut healthy, mut ready) = (Vec::new(), Vec::new());
    for _ in 0..STARTS {
        let (health, whole) = start(wish)?;
        healthy.push(health);
        ready.push(whole);
    }
    report.line("until /healthz answers (5 starts)", Samples::from_times(healthy), None, Some(1_000.0));
    report.line("until /readyz answers (5 starts)", Samples::from_times(ready), None, None);
    Ok(())
}

/// Starts the program and stops it again: milliseconds until `/healthz` and until `/readyz` answer.
fn start(wish: &Wish) -> Result<(f64, f64)> {
    let at = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
    let begun = Instant::now();
    let mut child =
        program(&wish.binary, &wish.data).args(["demo", "--listen", &at.to_string()]).stdin(Stdio::null()).spawn()?;
    let times = until(at, "/healthz", begun, &mut child)
        .and_then(|health| Ok((health, until(at, "/readyz", begun, &mut child)?)));
    stop(&mut child)?;
    times
}

fn until(at: SocketAddr, path: &str, begun: Instant, child: &mut Child) -> Result<f64> {
    while begun.elapsed() < PATIENCE {
        if answers(at, path).unwrap_or(false) {
            return Ok(begun.elapsed().as_secs_f64() * 1000.0);
        }
        if let Some(status) = child.try_wait()? {
            bail!("the program ended by itself: {status}");
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    bail!("{path} did not answer")
}

fn answers(at: SocketAddr, path: &str) -> Result<bool> {
    let mut stream = TcpStream::connect_timeout(&at, Duration::from_millis(200))?;
    stream.set_read_timeout(Some(Duration::from_secs(5)))?;
    write!(stream, "GET {path} HTTP/1.1\r\nhost: {at}\r\nconnection: close\r\n\r\n")?;
    let mut head = [0; 12];
    stream.read_exact(&mut head)?;
    Ok(head.ends_with(b"200"))
}

fn stop(child: &mut Child) -> Result<()> {
    let asked = Command::new("kill").arg(child.id().to_string()).status().context("kill")?;
    if !asked.success() {
        child.kill()?;
    }
    child.wait()?;
    Ok(())
}
